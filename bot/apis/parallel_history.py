"""A monitor's events as runs: rows of one group belong together.

Rows of runs without findings have no id, and findings have no time but a day, which is
that of the run. Source: docs.parallel.ai, API reference, List monitor events.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime

from bot.apis.parallel_calls import unreadable
from bot.apis.parallel_models import EventPage
from bot.core.events import Payload
from bot.core.history import MOST_WORDS, Entry, History, Outcome
from bot.core.wording import clip, words

MOST_FINDINGS = 3
MOST_PAGES = 8
"""Pages that are read for one answer; Parallel keeps about 300 runs."""

_PREFIX = re.compile(r"^(?:completed|error)_")

ReadPage = Callable[[str | None], Awaitable[EventPage]]


class _Output(Payload):
    content: Any = None


class _Row(Payload):
    """One row, with the names of the list and those that webhooks use."""

    event_type: str = ""
    event_group_id: str = ""
    event_date: str = ""
    output: _Output = _Output()
    changed_output: _Output = _Output()
    timestamp: AwareDatetime | None = None
    monitor_ts: str = ""
    date: str = ""
    error_message: str = ""
    error: str = ""

    @property
    def at(self) -> datetime | None:
        """Return when a run without findings was."""
        return self.timestamp or _moment(self.monitor_ts) or _moment(self.date)

    @property
    def failed(self) -> bool:
        """Return whether the run failed; rows of no known type with a reason did, too."""
        return self.event_type == "error" or bool(self.error_message or self.error)


async def read_history(read: ReadPage, *, first: int, count: int) -> History:
    """Return `count` runs after the newest `first`; a cursor that comes back ends it."""
    entries: list[Entry] = []
    async for row in _rows(read):
        if entries and row.event_group_id and entries[-1].group_id == row.event_group_id:
            entries[-1] = _joined(entries[-1], row)
        elif len(entries) == first + count:
            return History(entries=tuple(entries[first:]), more=True)
        else:
            entries.append(_entry(row))
    return History(entries=tuple(entries[first:]))


async def _rows(read: ReadPage) -> AsyncIterator[_Row]:
    seen: set[str | None] = set()
    cursor: str | None = None
    while cursor not in seen and len(seen) < MOST_PAGES:
        seen.add(cursor)
        page = await read(cursor)
        if page.events is None:
            raise unreadable()
        for row in page.events:
            if isinstance(row, dict):
                yield _Row.model_validate(row)
        cursor = page.next_cursor or None


def _entry(row: _Row) -> Entry:
    if row.event_group_id:
        found = Entry(outcome=Outcome.FOUND, group_id=row.event_group_id, date=row.event_date)
        return _joined(found, row)
    if row.failed:
        text = clip(row.error_message or row.error, MOST_WORDS)
        return Entry(outcome=Outcome.FAILED, at=row.at, failure=text)
    return Entry(outcome=Outcome.NOTHING_NEW, at=row.at)


def _joined(entry: Entry, row: _Row) -> Entry:
    content = row.output.content if row.output.content is not None else row.changed_output.content
    text = clip(words(content), MOST_WORDS) if content is not None else ""
    findings = entry.findings
    if text and len(findings) < MOST_FINDINGS:
        findings = (*findings, text)
    return entry.model_copy(update={"findings": findings, "count": entry.count + 1})


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(_PREFIX.sub("", text))
    except ValueError:
        return None
    return at if at.tzinfo else None
