"""Web monitors: their definition, how often they run, and what that costs."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import Field

from bot.core.errors import CommandError
from bot.core.events import Record

PRICE_PER_RUN = {"lite": Decimal("0.003"), "base": Decimal("0.010")}
"""US dollars. Source: Parallel's price list for the Monitor API."""

SLOWEST = "30d"
HOURS_A_MONTH = 720
EVENT_TYPES = (
    "monitor.event.detected",
    "monitor.execution.completed",
    "monitor.execution.failed",
)

_HOURS = {"h": 1, "d": 24, "w": 168}
_ALIASES = {"hourly": "1h", "daily": "1d", "weekly": "1w", "biweekly": "2w", "monthly": "30d"}
_LONG_UNITS = {
    "hour": "h", "hours": "h", "hr": "h", "hrs": "h",
    "day": "d", "days": "d", "week": "w", "weeks": "w",
}  # fmt: skip
_FREQUENCY = re.compile(r"(\d{1,4})\s*([a-z]+)")


class Pause(StrEnum):
    """What "paused" means for a monitor whose maker knows no pause."""

    HOLD = "hold"  # we keep quiet, it runs on
    SLOW = "slow"  # it runs every 30 days
    STOP = "stop"  # it is cancelled, and made anew on resume


class Definition(Record):
    """What a monitor watches, how often, with which processor, and where it looks.

    `output_schema` is a JSON schema for findings, `location` a country of two letters.
    When `include_domains` is not empty, `exclude_domains` counts for nothing.
    `after_date` and `metadata` are only kept for monitors that have them from elsewhere.
    """

    query: str
    frequency: str = "1d"
    processor: str = "lite"
    output_schema: dict[str, Any] | None = None
    location: str | None = None
    include_domains: tuple[str, ...] = ()
    exclude_domains: tuple[str, ...] = ()
    after_date: str | None = None
    backfill: bool = False
    metadata: dict[str, str] = Field(default={})


FIXED = frozenset({"output_schema", "backfill"})
"""What Parallel lets nobody change of a monitor that exists."""


class Origin(Record):
    """Which request of which person made a monitor, as its metadata tells."""

    request_id: str
    team_id: str
    channel_id: str
    user_id: str


class Monitor(Definition):
    """A monitor as its API tells it. `origin` is the mark of the request that made it."""

    id: str
    query: str = ""
    frequency: str = ""
    active: bool = True
    kind: str = "event_stream"
    webhook_url: str | None = None
    origin: Origin | None = None
    created_at: datetime | None = None
    last_run_at: datetime | None = None

    @property
    def definition(self) -> Definition:
        """Return what it does, without what became of it."""
        return Definition(**{name: getattr(self, name) for name in Definition.model_fields})


class Run(Record):
    """A run that somebody asked for through us. `sure` says that the API took it."""

    monitor_id: str
    request_id: str
    user_id: str
    at: datetime
    sure: bool = False


class KnownMonitor(Record):
    """What we remember of a monitor beside what its API knows.

    `definition` is kept so that a stopped monitor can be made anew, and holds the
    frequency to go back to while `pause` is slow.
    """

    id: str
    team_id: str
    channel_id: str
    definition: Definition
    pause: Pause | None = None
    cancelled: bool = False
    created_by: str = ""
    created_at: datetime | None = None


def parse_frequency(words: str) -> str:
    """Return a frequency such as `6h` from what people type.

    Raises:
        CommandError: not a frequency between one hour and 30 days.
    """
    typed = words.strip().lower().removeprefix("every ").strip()
    typed = _ALIASES.get(typed, typed)
    if typed in {"hour", "day", "week"}:
        typed = f"1{typed}"
    match = _FREQUENCY.fullmatch(typed)
    unit = match and _LONG_UNITS.get(match[2], match[2])
    if not match or unit not in _HOURS:
        raise CommandError(f"“{words}” is not a frequency; try 6h, 1d or 1w.")
    count = int(match[1])
    if not 1 <= count * _HOURS[unit] <= HOURS_A_MONTH:
        raise CommandError(f"“{words}” is not possible: a monitor runs every 1h to every 30d.")
    return f"{count}{unit}"


def monthly_cost(frequency: str, processor: str) -> Decimal | None:
    """Return US dollars for 30 days of runs, or None for an unknown price."""
    match = _FREQUENCY.fullmatch(frequency)
    price = PRICE_PER_RUN.get(processor)
    if not match or match[2] not in _HOURS or int(match[1]) == 0 or price is None:
        return None
    return price * HOURS_A_MONTH / (int(match[1]) * _HOURS[match[2]])
