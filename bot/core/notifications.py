"""One alert owed to one channel, and when to try again."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from bot.core.alerts import Alert, Size, Thread
from bot.core.events import Record
from bot.core.marks import Mark
from bot.core.reasons import Reason

SCHEDULE_S = (0, 5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 28800)
"""Seconds before each try; 24 hours in all."""

MOST_ATTEMPTS = len(SCHEDULE_S)
LEAST_RETRY_AFTER_S = 1.0
MOST_RETRY_AFTER_S = 3600.0
JITTER = 0.2

LOOK_UPS_S = (1.0, 5.0)
"""Seconds after an ambiguous try at which the channel is searched for the message."""

MOST_REPEATS = 2
"""Times a message may be sent again after an answer that stayed ambiguous."""


class State(StrEnum):
    """Where a notification stands."""

    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"  # perhaps in Slack: to be looked up before anything is sent
    SENT = "sent"
    HELD = "held"  # kept back, and released when the channel comes back
    SKIPPED = "skipped"
    DEAD = "dead"


class Form(StrEnum):
    """How much of Slack's layout a message uses."""

    BLOCKS = "blocks"
    PLAIN = "plain"  # Slack refused the blocks: plain text carries the same words


class Draft(Record):
    """A message to be owed: what `notify` writes and the store turns into rows.

    `key` is unique in its channel: a draft whose key is known updates that message
    when its alert differs. `parent_key` puts it into that message's thread.
    """

    team_id: str
    channel_id: str
    key: str
    alert: Alert
    parent_key: str | None = None
    position: int = 0
    subscription_ids: tuple[int, ...] = ()
    size: Size = Size.STANDARD
    thread: Thread = Thread.ONLY
    held: str | None = None
    not_before: datetime | None = None


class Notification(Record):
    """A stored message that is owed, as a lane works on it.

    `delivery_id` is opaque and travels in the message's metadata. `attempts` fences
    every write after a claim. `revision` counts changes of the alert, `shown` the
    one that Slack has; `edits` counts tries to show it. `repeats` counts sends after an
    ambiguous answer. `of_event` is False for what no event asked for, and for replies;
    `marks` are what people did about it. `last` tells that nothing else was owed to its
    channel when it was claimed.
    """

    id: int
    delivery_id: str
    team_id: str
    channel_id: str
    key: str
    alert: Alert
    state: State
    form: Form = Form.BLOCKS
    size: Size = Size.STANDARD
    thread: Thread = Thread.ONLY
    attempts: int = 0
    look_ups: int = 0
    repeats: int = 0
    edits: int = 0
    revision: int = 1
    shown: int = 0
    ts: str | None = None
    parent_ts: str | None = None
    of_event: bool = False
    last: bool = False
    marks: tuple[Mark, ...] = ()
    attempted_at: datetime | None = None
    created_at: datetime


class Lane(NamedTuple):
    """A channel of a workspace: what is said there is said in order."""

    team_id: str
    channel_id: str


class Deferral(Record):
    """Why and until when claimed work is put back.

    `counted` False gives the attempt back. `lane_until` and `workspace_until` leave
    the whole channel or workspace alone. `repeat` marks that the message may now be
    in Slack twice, `top_level` takes it out of its thread.
    """

    state: State
    at: datetime
    reason: Reason
    detail: str = ""
    counted: bool = True
    lane_until: datetime | None = None
    workspace_until: datetime | None = None
    form: Form | None = None
    repeat: bool = False
    top_level: bool = False


def delay_s(attempts: int, *, jitter: float) -> float:
    """Return seconds until the next try after `attempts` tries.

    `jitter` is a number from -1 to 1; the delay moves by at most a fifth.
    """
    step = SCHEDULE_S[min(attempts, MOST_ATTEMPTS - 1)]
    return step * (1 + JITTER * jitter)


def clamp_retry_after(seconds: float | None) -> float:
    """Return a usable Retry-After in seconds, whatever the header said."""
    if seconds is None or seconds != seconds:  # noqa: PLR0124 - NaN differs from itself
        return LEAST_RETRY_AFTER_S
    return min(max(seconds, LEAST_RETRY_AFTER_S), MOST_RETRY_AFTER_S)
