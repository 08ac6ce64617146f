"""The arguments of a Web API call, in every encoding the SDK uses."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.playground.slack.refusal import MethodError

Arguments = Mapping[str, Any]

_STRUCTURED = ("blocks", "metadata", "view")  # JSON within a form or a query


async def arguments(request: web.Request) -> dict[str, Any]:
    """Return query and body as one mapping.

    Raises: MethodError when the body is not what its type says.
    """
    found: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        found |= _json_object(await request.text())
    else:
        found |= await request.post()
    for name in _STRUCTURED:
        if isinstance(found.get(name), str):
            found[name] = _json(found[name], f"invalid_{name}")
    return found


def flag(args: Arguments, name: str) -> bool:
    """Return a boolean argument; queries and forms write it `1` or `true`."""
    return args.get(name) in (True, 1, "1", "true", "True")


def whole(args: Arguments, name: str, default: int) -> int:
    """Return a whole number argument.

    Raises: MethodError when it is something else.
    """
    try:
        return int(args.get(name) or default)
    except (TypeError, ValueError):
        raise MethodError("invalid_arguments") from None


def _json_object(text: str) -> dict[str, Any]:
    content = _json(text, "invalid_json") if text else {}
    if not isinstance(content, dict):
        raise MethodError("json_not_object")
    return content


def _json(text: str, error: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise MethodError(error) from None
