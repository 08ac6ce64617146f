"""Mutes: what a channel does not want to hear for a while."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.core.errors import CommandError
from bot.core.events import Event, Record, Subject

LONGEST = timedelta(days=90)
_MINUTES = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}
_LONG_UNITS = {
    "min": "m", "mins": "m", "minute": "m", "minutes": "m",
    "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "day": "d", "days": "d", "week": "w", "weeks": "w",
}  # fmt: skip
_DURATION = re.compile(r"([0-9]{1,5})\s*([a-z]+)", re.ASCII)


class Mute(Record):
    """A channel's wish not to hear of something until a moment.

    It is about one subscription, or about one subject of a source, or with neither about
    everything. It ends by itself.
    """

    id: int = 0
    team_id: str
    channel_id: str
    subscription_id: int = 0
    source: str = ""
    subject: Subject | None = None
    until: datetime
    by: str
    at: datetime

    def covers(self, event: Event, subscription_ids: tuple[int, ...]) -> bool:
        """Return whether a channel that was owed an event by these does not want it now."""
        if self.subscription_id:
            return set(subscription_ids) == {self.subscription_id}
        if self.subject is None:
            return True
        wanted = (self.subject.kind, self.subject.id)
        return event.source == self.source and any(
            (one.kind, one.id) == wanted for one in event.subjects
        )


def muting(mutes: tuple[Mute, ...], event: Event, subscription_ids: tuple[int, ...]) -> Mute | None:
    """Return the mute that keeps an event from a channel: of one, or of all that match.

    A channel that hears an event by two subscriptions is quiet only if both are muted.
    """
    for one in mutes:
        if one.covers(event, subscription_ids):
            return one
    muted = {one.subscription_id: one for one in mutes if one.subscription_id}
    if subscription_ids and all(one in muted for one in subscription_ids):
        return max((muted[one] for one in subscription_ids), key=lambda one: one.until)
    return None


def parse_duration(words: str) -> timedelta:
    """Return how long `2h`, `90 min` or `1 week` is.

    Raises:
        CommandError: not a time between a minute and 90 days.
    """
    typed = words.strip().lower().removeprefix("for ").strip()
    match = _DURATION.fullmatch(f"1{typed}" if typed in _LONG_UNITS else typed)
    unit = match and _LONG_UNITS.get(match[2], match[2])
    if not match or unit not in _MINUTES:
        raise CommandError(f"“{words}” is no length of time; try 30m, 2h, 1d or 1w.")
    length = timedelta(minutes=int(match[1]) * _MINUTES[unit])
    if not timedelta(minutes=1) <= length <= LONGEST:
        raise CommandError(f"“{words}” is not possible; 1 minute to {LONGEST.days} days are.")
    return length
