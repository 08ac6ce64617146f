"""What an operator should know: nothing failed, but somebody has to look."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bot.core.events import Record


class Kind(StrEnum):
    """What is the matter: a closed list that is also a metric label."""

    TYPE = "type"  # a source sends a type that no handler describes
    UNREADABLE = "unreadable"  # a verified body in which there is no event
    CONFLICT = "conflict"  # a known id with another body
    BURIED = "buried"  # an event that cannot be routed
    DEAD = "dead"  # a message that was given up
    HELD = "held"  # a channel that does not take our messages


HOURLY = frozenset({Kind.DEAD, Kind.HELD})
"""Told once an hour at most; the others once a day."""


class Trouble(Record):
    """What happened alike in a period, some of it not told yet.

    `about` is the type or the channel, `since` the start of the day or hour, `count` how
    often it happened since, by `reasons`; `events` are the rows and ids of the newest.
    """

    kind: Kind
    source: str = ""
    about: str = ""
    since: datetime
    count: int
    reasons: tuple[tuple[str, int], ...] = ()
    events: tuple[tuple[int, str], ...] = ()


def period(kind: Kind, now: datetime) -> datetime:
    """Return when the day or the hour began in which `now` is."""
    hour = now.hour if kind in HOURLY else 0
    return now.replace(hour=hour, minute=0, second=0, microsecond=0)
