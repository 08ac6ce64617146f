"""`/monitors events`: what a monitor did lately."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from bot.commands.register import Register
from bot.core.answers import Answer, Line, answer, bold, code, line
from bot.core.history import Entry, Outcome
from bot.core.requests import Request
from bot.core.wording import count

RUNS_A_PAGE = 20
MOST_PAGES = 20


class Recent:
    """Tells a monitor's runs, page by page; changes nothing."""

    def __init__(self, register: Register) -> None:
        self._register = register

    async def events(self, request: Request, monitor_id: str, page: int) -> Answer:
        """Return one page of runs, newest first; pages are counted from 1."""
        seen = await self._register.look(request, monitor_id)
        first = (page - 1) * RUNS_A_PAGE
        history = await self._register.api.history(monitor_id, first=first, count=RUNS_A_PAGE)
        query = seen.running.query
        title = line("Monitor ", code(monitor_id), *((": ", bold(query)) if query else ()))
        if not history.entries:
            nothing = "Nothing yet: a first run takes minutes." if page == 1 else "Nothing older."
            return answer(title, nothing)
        older = code(f"/monitors events {monitor_id} page {page + 1}")
        more = (line("Older: ", older),) if history.more and page < MOST_PAGES else ()
        return answer(title, *_lines(history.entries), *more)


def _lines(entries: Sequence[Entry]) -> Iterator[Line]:
    """Yield a line for each run; those without news that follow each other share one."""
    for outcome, some in groupby(entries, key=lambda one: one.outcome):
        if outcome is Outcome.NOTHING_NEW:
            yield _quiet(list(some))
            continue
        for one in some:
            yield _found(one) if outcome is Outcome.FOUND else _failed(one)


def _found(entry: Entry) -> Line:
    parts = [f"Found {count(entry.count, 'thing')}{_reported(entry)}"]
    parts += [f"{': ' if not number else ' · '}{one}" for number, one in enumerate(entry.findings)]
    rest = entry.count - len(entry.findings)
    if entry.findings and rest:
        parts.append(f" · and {rest} more")
    return line(*parts, bullet=True)


def _reported(entry: Entry) -> str:
    return f", reported {entry.date}" if entry.date else ""


def _failed(entry: Entry) -> Line:
    why = f": {entry.failure}" if entry.failure else ", without a reason"
    return line(bold("Failed"), f"{_at(entry.at)}{why}", bullet=True)


def _quiet(entries: Sequence[Entry]) -> Line:
    times = [one.at for one in entries if one.at is not None]
    when = _at(times[0]) if times else ""
    if len(times) > 1:
        when = f", {_minute(times[-1])} to {_minute(times[0])} UTC"
    return line(f"{count(len(entries), 'run')} without news{when}", bullet=True)


def _at(moment: datetime | None) -> str:
    return f", {_minute(moment)} UTC" if moment else ""


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
