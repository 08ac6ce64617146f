"""What a monitor did lately: its groups of findings and its runs without any."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bot.core.events import Record

MOST_WORDS = 100
"""Characters that are kept of a finding or of a failure."""


class Outcome(StrEnum):
    """How a run ended."""

    FOUND = "found"
    NOTHING_NEW = "nothing new"
    FAILED = "failed"


class Entry(Record):
    """One run. Only runs without findings tell their time; `date` is the day of the others.

    `findings` are the first words of the first few, `count` is how many there are;
    `failure` is the vendor's text. All of it is data.
    """

    outcome: Outcome
    at: datetime | None = None
    date: str = ""
    group_id: str = ""
    findings: tuple[str, ...] = ()
    count: int = 0
    failure: str = ""


class History(Record):
    """A stretch of a monitor's runs, newest first. `more` says that there are older ones."""

    entries: tuple[Entry, ...] = ()
    more: bool = False
