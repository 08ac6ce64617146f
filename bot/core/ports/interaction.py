"""What the deeds of people need of the store.

Every method raises `StoreUnavailableError` when the database does not answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.errands import Errand
from bot.core.health import Health
from bot.core.marks import Mark, Posted
from bot.core.mutes import Mute
from bot.core.notifications import Draft
from bot.core.stories import Story


class MessageStore(Protocol):
    """Knows the messages that stand in Slack."""

    async def find(self, team_id: str, channel_id: str, ts: str) -> Posted | None:
        """Return the message of ours that has this timestamp, or is above the one that has."""
        ...

    async def mark(self, row: int, mark: Mark) -> Mark:
        """Show on a message what somebody did, and return the mark that it has now.

        Of a lasting kind that is the first one, whoever comes later.
        """
        ...


class MuteStore(Protocol):
    """Remembers what channels do not want to hear for a while."""

    async def put(self, mute: Mute) -> Mute:
        """Store a mute; one about the same thing now ends when this one does."""
        ...

    async def list(self, team_id: str, channel_id: str, now: datetime) -> Sequence[Mute]:
        """Return the mutes of a channel, the one that ends first before others."""
        ...

    async def get(self, team_id: str, mute_id: int) -> Mute | None:
        """Return one mute of a workspace."""
        ...

    async def ended(self, now: datetime) -> Sequence[tuple[Mute, int]]:
        """Return mutes whose time is over, and how many messages each kept back."""
        ...

    async def kept_quiet(self, mute_id: int) -> int:
        """Return how many messages a mute has kept back."""
        ...

    async def remove(self, mute_id: int, notice: Draft | None, now: datetime) -> bool:
        """End a mute and owe a notice of it at once; False if it has ended already.

        With a notice its time must be over: somebody may just have prolonged it. Without
        one somebody ends it early, and no message shows any more that it lasts.
        """
        ...


class StoryStore(Protocol):
    """Knows what happened to events."""

    async def of_row(self, team_id: str, event_row: int) -> Story | None:
        """Return the story of an event by our number of it."""
        ...

    async def of_key(self, team_id: str, key: str) -> Story | None:
        """Return the story of the newest event to which its sender gave this id."""
        ...


class ErrandStore(Protocol):
    """Remembers what people asked sources to do, so that nothing is asked for twice."""

    async def get(self, act: str, thing: str) -> Errand | None:
        """Return the last errand of this kind, however it ended."""
        ...

    async def begin(
        self, errand: Errand, *, pause: timedelta, sure_pause: timedelta | None
    ) -> Errand | None:
        """Store an errand before it is run, or return the one that stands in its way.

        That is an earlier try of the same request, or an errand of another that began less
        than `pause` before; if the source surely took that one, less than `sure_pause`,
        None for ever.
        """
        ...

    async def settle(self, errand: Errand, *, taken: bool) -> None:
        """Say that the source took an errand, or forget it because it surely did not."""
        ...


class HealthStore(Protocol):
    """Knows how channels fare."""

    async def of(
        self, team_id: str, channel_ids: Collection[str], now: datetime
    ) -> Sequence[Health]:
        """Return how some channels fare, in the order of their ids."""
        ...
