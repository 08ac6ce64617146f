"""How a channel fares."""

from __future__ import annotations

from datetime import datetime

from bot.core.events import Record


class Failure(Record):
    """A message that was given up, and why."""

    event_row: int | None = None
    title: str
    reason: str
    detail: str = ""
    at: datetime


class Health(Record):
    """When a channel was last told something, how much waits, and what was given up lately."""

    channel_id: str
    said_at: datetime | None = None
    held: int = 0
    failures: tuple[Failure, ...] = ()
