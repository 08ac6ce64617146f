"""`/monitors edit`: what can be changed in place, and the way round for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.commands.permission import Permission
from bot.commands.phrases import pace
from bot.commands.register import Register
from bot.commands.sighting import Sighting
from bot.commands.watching import cost_now, options
from bot.core.answers import Answer, Line, answer, bold, code, line
from bot.core.errors import CommandError
from bot.core.monitors import FIXED, Definition, Pause
from bot.core.ports import Clock
from bot.core.requests import Request

_EVENT_STREAM = "event_stream"
_MOST_TYPED = 300
_OF_ANY_KIND = {"frequency", "processor"}


class Editing:
    """Changes what a monitor does; the same change twice is the same as once."""

    def __init__(self, register: Register, permission: Permission, clock: Clock) -> None:
        self._register = register
        self._permission = permission
        self._clock = clock

    async def edit(self, request: Request, monitor_id: str, wanted: Mapping[str, Any]) -> Answer:
        """Change the fields of a definition that are named, and say what it costs then."""
        seen = await self._register.look(request, monitor_id)
        await self._permission.check(request, created_by=seen.created_by)
        stopped = seen.pause is Pause.STOP
        if seen.ended and not stopped:
            raise CommandError(f"{monitor_id} is cancelled; nothing of it can be changed.")
        record = seen.record(request, self._clock())
        before = record.definition
        after = before.model_copy(update=dict(wanted))
        names = {name for name in wanted if getattr(before, name) != getattr(after, name)}
        if not names:
            return answer(line("Monitor ", code(monitor_id), " is like that already."))
        _check(seen, after, names, _as_typed(request, monitor_id))
        if not stopped:
            # Slowed, it keeps its pace of 30 days and remembers the one to go back to.
            now = names - {"frequency"} if seen.pause is Pause.SLOW else names
            if now:
                await self._register.api.update(monitor_id, after, now)
        await self._register.store.save(record.model_copy(update={"definition": after}))
        return answer(*_told(seen, before, after, names))


def _as_typed(request: Request, monitor_id: str) -> str:
    """Return the line to type once more; a form has none, and a long one is not repeated."""
    typed = request.text if request.kind == "command" else ""
    return (
        f"/monitors {typed}" if 0 < len(typed) <= _MOST_TYPED else f"/monitors edit {monitor_id} …"
    )


def _check(seen: Sighting, after: Definition, names: set[str], typed: str) -> None:
    """Raise `CommandError` for what Parallel does not do, naming the way round."""
    if after.include_domains and after.exclude_domains:
        raise CommandError(
            "Parallel overlooks what is left out where domains are named: "
            "say “domains none” or “without none” as well."
        )
    if seen.pause is Pause.STOP:
        return
    if seen.live is not None and seen.live.kind != _EVENT_STREAM and names - _OF_ANY_KIND:
        raise CommandError(
            f"{seen.id} is a {seen.live.kind} monitor: only every and processor can be changed."
        )
    if names & FIXED:
        raise CommandError(
            "Parallel lets nobody change fields or backfill of a monitor that runs; query, every, "
            "processor, location, domains and without can be. To make it anew with a new history, "
            "type these three:",
            shown=(
                f"/monitors pause {seen.id} stop confirm",
                typed,
                f"/monitors resume {seen.id}",
            ),
        )


def _told(seen: Sighting, before: Definition, after: Definition, names: set[str]) -> list[Line]:
    told = [line("Monitor ", code(seen.id), " is changed: ", bold(after.query))]
    match seen.pause:
        case Pause.STOP:
            resume = code(f"/monitors resume {seen.id}")
            told.append(line("It is stopped; ", resume, " makes it anew like this."))
        case Pause.SLOW if "frequency" in names:
            told.append(line(f"It stays slowed; on resume it runs every {after.frequency} again."))
    when = "" if seen.pause not in {Pause.STOP, Pause.SLOW} else "Running again: "
    told.append(line(f"{when}It runs {pace(after)}. {options(after)}".rstrip()))
    told.append(line(f"{when}{cost_now(before, after)}"))
    if "query" in names and seen.pause is not Pause.STOP:
        told.append(
            line(
                "Parallel compares with what it has seen for the old words, so for another "
                "question make another monitor."
            )
        )
    return told
