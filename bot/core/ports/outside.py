"""What we need of Slack, of the sources' APIs, and of the clock."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.core.events import Group, GroupRef, Record, Subject
from bot.core.forms import Reply
from bot.core.history import History
from bot.core.jobs import Job, LogLine
from bot.core.monitors import Definition, Monitor, Origin
from bot.core.notifications import Notification
from bot.core.prompts import Prompt
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

    async def private_channels(self, team_id: str, user_id: str) -> frozenset[str]:
        """Return the ids of the private channels that a person and the bot are both in."""
        ...

    async def memberships(self, team_id: str, user_id: str) -> frozenset[str]:
        """Return the ids of the channels that a person is in, as far as the bot sees them."""
        ...

    async def may_change(self, team_id: str, user_id: str) -> bool:
        """Return False for guests and people of other workspaces."""
        ...

    async def is_admin(self, team_id: str, user_id: str) -> bool:
        """Return whether a full member administers or owns the workspace."""
        ...

    async def is_bot(self, team_id: str, user_id: str) -> bool:
        """Return whether a user id is the bot's own."""
        ...


class Responder(Protocol):
    """Answers the person who asked."""

    async def respond(self, request: Request, reply: Reply) -> bool:
        """Answer privately, in the open modal or on the Home tab as the request wants.

        Return False if it could not be delivered at all.
        """
        ...


class GroupReader(Protocol):
    """Fetches the members of groups. Methods raise `ApiError`."""

    async def read(self, ref: GroupRef) -> Group:
        """Return what is known of a group now, perhaps without members."""
        ...


class MonitorApi(Protocol):
    """Creates and runs monitors. Every method raises `ApiError`; none repeats a write."""

    async def create(self, definition: Definition, origin: Origin) -> Monitor:
        """Create a monitor that reports to our webhook and carries its origin."""
        ...

    async def find(self, request_id: str) -> Monitor | None:
        """Return the active monitor that a request made."""
        ...

    async def list(self) -> tuple[Monitor, ...]:
        """Return every active monitor of the account, newest first."""
        ...

    async def show(self, monitor_id: str) -> Monitor:
        """Return one monitor."""
        ...

    async def update(
        self, monitor_id: str, definition: Definition, names: Collection[str]
    ) -> Monitor:
        """Let a monitor do what a definition says under these names, none of them FIXED."""
        ...

    async def trigger(self, monitor_id: str) -> None:
        """Let a monitor run once now, which is billed."""
        ...

    async def history(self, monitor_id: str, *, first: int, count: int) -> History:
        """Return some of a monitor's runs, newest first, beginning after `first` of them."""
        ...

    async def cancel(self, monitor_id: str) -> Monitor:
        """End a monitor for good; doing it twice is harmless."""
        ...


class Catalogue(Protocol):
    """Lists what a source has that can be followed. Methods raise `ApiError`."""

    @property
    def kinds(self) -> Collection[str]:
        """Return the kinds of which there is a list."""
        ...

    async def list(self, kind: str) -> Sequence[Subject]:
        """Return the things of a kind with their names, perhaps some minutes old."""
        ...


class DeckApi(Catalogue, Protocol):
    """Reads and answers what runs ask. Methods raise `ApiError`; none repeats a write."""

    async def prompt(self, run_id: str) -> Prompt:
        """Return a run and what it asks now."""
        ...

    async def agent(self, agent_id: str) -> str:
        """Return the name of an agent, or its id if it has none or cannot be asked for."""
        ...

    async def answer(self, run_id: str, values: Mapping[str, str | bool], *, key: str) -> None:
        """Answer what a run asks; to Deck the same `key` is the same answer.

        No error repeats a value. Its `field` is the name of the one that is at fault.
        """
        ...


class LyticsApi(Protocol):
    """Reads and resumes jobs. Methods raise `ApiError`; none repeats a write."""

    async def job(self, job_id: str) -> Job:
        """Return a job."""
        ...

    async def resume(self, job_id: str) -> None:
        """Let a failed or paused job run again."""
        ...

    async def logs(self, job_id: str, *, most: int) -> Sequence[LogLine]:
        """Return the last entries of a job's log, oldest first, without people's addresses."""
        ...
