"""Jobs of Lytics and what their logs say."""

from __future__ import annotations

from datetime import datetime

from bot.core.events import Record


class Job(Record):
    """A job of Lytics; `status` is the vendor's word."""

    id: str
    name: str = ""
    workflow: str = ""
    status: str = ""


class LogLine(Record):
    """One entry of a job's log; `at` is the vendor's text if it is no time."""

    at: datetime | str = ""
    level: str = ""
    code: str = ""
    message: str = ""
