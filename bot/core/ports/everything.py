"""The whole memory, for those who need several parts of it."""

from __future__ import annotations

from typing import Protocol

from bot.core.ports.interaction import ErrandStore, HealthStore, MessageStore, MuteStore, StoryStore
from bot.core.ports.memory import MonitorStore, Outbox, RequestStore, SubscriptionStore
from bot.core.ports.names import Names
from bot.core.ports.past import PastEvents


class Memory(Protocol):
    """What we remember, by what it is about."""

    @property
    def subscriptions(self) -> SubscriptionStore:
        """Who follows what."""

    @property
    def monitors(self) -> MonitorStore:
        """The monitors that were made or paused through us."""

    @property
    def names(self) -> Names:
        """What things are called."""

    @property
    def outbox(self) -> Outbox:
        """What is owed to channels."""

    @property
    def requests(self) -> RequestStore:
        """What people asked for."""

    @property
    def messages(self) -> MessageStore:
        """The messages that stand in Slack."""

    @property
    def mutes(self) -> MuteStore:
        """What channels do not want to hear for a while."""

    @property
    def week(self) -> PastEvents:
        """What arrived lately."""

    @property
    def errands(self) -> ErrandStore:
        """What people asked sources to do."""

    @property
    def health(self) -> HealthStore:
        """How channels fare."""

    @property
    def stories(self) -> StoryStore:
        """What happened to events."""
