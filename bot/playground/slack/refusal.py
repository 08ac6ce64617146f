"""How a method says no."""

import re
from typing import Any

from bot.slack import limits


class MethodError(Exception):
    """A Web API error: its name, and what else the answer carries."""

    def __init__(self, name: str, *, retry_after_s: int | None = None, **details: Any) -> None:
        super().__init__(name)
        self.name = name
        self.retry_after_s = retry_after_s
        self.details = details


def refuse_beyond_limits(content: dict[str, Any]) -> None:
    """Raise the MethodError that Slack answers to text, blocks or metadata it does not take."""
    found = limits.find(content)
    if not found:
        return
    name = found[0].error
    if name != "invalid_blocks":
        raise MethodError(name)
    errors = [f"{problem.what} [json-pointer:{_pointer(problem.where)}]" for problem in found]
    messages = [f"[ERROR] {error}" for error in errors]
    raise MethodError(name, errors=errors, response_metadata={"messages": messages})


def refuse_view(view: object) -> None:
    """Raise the MethodError that Slack answers to a view it does not take."""
    found = limits.find_in_view(view)
    if not found:
        return
    messages = [f"[ERROR] {one.what} [json-pointer:/view{_pointer(one.where)}]" for one in found]
    raise MethodError(found[0].error, response_metadata={"messages": messages})


def _pointer(where: str) -> str:
    return "/" + re.sub(r"\[(\d+)\]", r"/\1", where).replace(".", "/")
