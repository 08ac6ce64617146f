"""The real program, which kills itself at a named point: `saboteur.py POINT[=WORD] N serve …`.

A point is `Class.method:moment`. Moments are `before` and `after` a call, and, for what the
store does, `begun` and `inside`: within its transaction, before the first statement and
after the last. `=WORD` lets only calls count that have the word in their arguments; the
Nth such call is the last thing the process does.
"""

from __future__ import annotations

import inspect
import os
import signal
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from bot import cli
from bot.apis.parallel import ParallelApi
from bot.core.sources import Source
from bot.slack.messenger import SlackMessenger
from bot.slack.responder import SlackResponder
from bot.store.groups import Groups
from bot.store.inbox import Inbox
from bot.store.messages import Messages
from bot.store.monitors import Monitors
from bot.store.mutes import Mutes
from bot.store.outbox import Outbox
from bot.store.requests import Requests
from bot.store.routing import Router
from bot.store.subscriptions import Subscriptions
from bot.store.writer import Writer

OWNERS = {
    one.__name__: one
    for one in (
        Groups, Inbox, Messages, Monitors, Mutes, Outbox, ParallelApi, Requests, Router,
        SlackMessenger, SlackResponder, Source, Subscriptions,
    )
}  # fmt: skip


JOINT = {
    "accept_all": "Inbox.accept",
    "_claim_all": "Outbox.claim",
    "Outbox._sent": "Outbox.sent",
    "Router._route_all": "Router.route",
}
"""The work that many calls of a method share, and that method."""


class Trap:
    """Ends the process as a power cut would, the Nth time it is stepped on."""

    def __init__(self, word: str, nth: int) -> None:
        self._word = word
        self._left = nth

    def step(self, *seen: object) -> None:
        """Count this call if it is one of those that count."""
        if self._word not in repr(seen):
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def arm(point: str, nth: int) -> None:
    """Put the trap at its point."""
    place, _, word = point.partition("=")
    name, moment = place.split(":")
    owner, method = name.split(".")
    trap = Trap(word, nth)
    if moment in {"begun", "inside"}:
        _in_transactions(name, moment, trap)
    else:
        _around(OWNERS[owner], method, moment, trap)


def _around(owner: type, method: str, moment: str, trap: Trap) -> None:
    """Set the trap before or after every call of a method; an empty claim is none."""
    original = getattr(owner, method)

    def before(*seen: object) -> None:
        if moment == "before":
            trap.step(*seen)

    def after(result: object, *seen: object) -> None:
        if moment == "after" and (result or method != "claim"):
            trap.step(result, *seen)

    @wraps(original)
    async def awaited(self: object, *args: Any, **named: Any) -> Any:
        before(args, named)
        result = await original(self, *args, **named)
        after(result, args, named)
        return result

    @wraps(original)
    def plain(self: object, *args: Any, **named: Any) -> Any:
        before(args, named)
        result = original(self, *args, **named)
        after(result, args, named)
        return result

    setattr(owner, method, awaited if inspect.iscoroutinefunction(original) else plain)


def _in_transactions(name: str, moment: str, trap: Trap) -> None:
    """Set the trap within the transactions of a method, which their function's name tells."""
    run, run_together, run_each = Writer.run, Writer.run_together, Writer.run_each

    def trapped(work: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*given: Any) -> Any:
            if moment == "begun":
                trap.step()
            result = work(*given)
            if moment == "inside" and (not name.endswith(".claim") or _any(result)):
                trap.step(result)
            return result

        return stepped

    async def alone(self: Writer, work: Callable[..., Any]) -> Any:
        own = work.__qualname__.startswith(f"{name}.")
        return await run(self, trapped(work) if own else work)

    async def together(self: Writer, work: Callable[..., Any], item: Any) -> Any:
        own = JOINT.get(work.__qualname__) == name
        return await run_together(self, trapped(work) if own else work, item)

    async def each(self: Writer, work: Callable[..., Any], items: Any) -> Any:
        own = JOINT.get(work.__qualname__) == name
        return await run_each(self, trapped(work) if own else work, items)

    setattr(Writer, "run", alone)  # noqa: B010 - an assignment is what mypy refuses
    setattr(Writer, "run_together", together)  # noqa: B010
    setattr(Writer, "run_each", each)  # noqa: B010


def _any(claimed: Any) -> bool:
    return any(claimed) if isinstance(claimed, list) else bool(claimed)


if __name__ == "__main__":
    arm(sys.argv[1], int(sys.argv[2]))
    cli.main(sys.argv[3:])
