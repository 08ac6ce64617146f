"""What a person asked a source to do."""

from __future__ import annotations

from datetime import datetime

from bot.core.events import Record


class Errand(Record):
    """Something that a person asked a source to do, written down before it is asked.

    `act` and `thing` name it; `sure` says that the source took it.
    """

    act: str
    thing: str
    request_id: str
    user_id: str
    at: datetime
    sure: bool = False
