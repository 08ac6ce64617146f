"""What we need of Slack, of the sources' APIs, and of the clock."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.core.answers import Answer
from bot.core.events import Group, GroupRef, Record
from bot.core.monitors import Definition, Monitor
from bot.core.notifications import Notification
from bot.core.requests import Request


class Clock(Protocol):
    """Tells the time, so that tests can set it."""

    def __call__(self) -> datetime:
        """Return now, aware, in UTC."""
        ...


class Messenger(Protocol):
    """Puts messages into channels. Every method raises `DeliveryError`."""

    async def post(self, notification: Notification) -> str:
        """Post a message and return its timestamp."""
        ...

    async def edit(self, notification: Notification) -> None:
        """Show the newest revision of a posted message."""
        ...

    async def find(self, notification: Notification) -> str | None:
        """Return the timestamp of the message if the channel's history has it."""
        ...


class Channel(Record):
    """A channel as Slack tells it. `member` says whether the bot is in it."""

    id: str
    name: str = ""
    member: bool = False
    private: bool = False
    archived: bool = False


class Directory(Protocol):
    """Knows people and channels. Methods raise `DeliveryError`."""

    async def channel(self, team_id: str, channel_id: str) -> Channel | None:
        """Return a channel, or None if the bot cannot see it."""
        ...

    async def may_change(self, team_id: str, user_id: str) -> bool:
        """Return False for guests and people of other workspaces."""
        ...

    async def is_bot(self, team_id: str, user_id: str) -> bool:
        """Return whether a user id is the bot's own."""
        ...


class Responder(Protocol):
    """Answers the person who asked."""

    async def respond(self, request: Request, answer: Answer) -> bool:
        """Answer privately; return False if it could not be delivered at all."""
        ...


class GroupReader(Protocol):
    """Fetches the members of groups. Methods raise `ApiError`."""

    async def read(self, ref: GroupRef) -> Group:
        """Return what is known of a group now, perhaps without members."""
        ...


class MonitorApi(Protocol):
    """Creates and runs monitors. Every method raises `ApiError`; none repeats a write."""

    async def create(
        self, definition: Definition, *, nonce: str, metadata: dict[str, str]
    ) -> Monitor:
        """Create a monitor that reports to our webhook; `nonce` marks the request."""
        ...

    async def find(self, nonce: str) -> Monitor | None:
        """Return the active monitor that a request with this mark made."""
        ...

    async def list(self) -> tuple[Monitor, ...]:
        """Return every active monitor of the account, newest first."""
        ...

    async def show(self, monitor_id: str) -> Monitor:
        """Return one monitor."""
        ...

    async def set_frequency(self, monitor_id: str, frequency: str) -> Monitor:
        """Let a monitor run at another pace."""
        ...

    async def cancel(self, monitor_id: str) -> Monitor:
        """End a monitor for good; doing it twice is harmless."""
        ...
