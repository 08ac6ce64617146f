"""What people have done about a message, as the message shows it."""

from __future__ import annotations

from datetime import datetime

from bot.core.alerts import Alert
from bot.core.events import Record

ACKNOWLEDGED = "acknowledged"
MUTED = "muted"
LASTING = frozenset({ACKNOWLEDGED})
"""Kinds of which a message has one, the first; others are replaced by the newest."""


class Mark(Record):
    """Something that a person did about a message, once.

    `words` go on after the person's name, such as `acknowledged this`; `until` is the
    moment at which they end, if they do. `mute_id` is the mute that it tells of: when
    somebody ends that before its time, the mark goes too.
    """

    kind: str
    by: str
    words: str
    at: datetime
    until: datetime | None = None
    mute_id: int = 0


class Posted(Record):
    """A message of ours that stands in a channel.

    For a reply, `row`, `marks` and `alert` are those of the message above it, `ts` its own.
    `event_row` is the event that it told first, None for what no event asked for.
    """

    row: int
    team_id: str
    channel_id: str
    ts: str
    alert: Alert
    marks: tuple[Mark, ...] = ()
    event_row: int | None = None
    subscription_ids: tuple[int, ...] = ()
