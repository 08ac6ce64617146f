"""What the stand-in remembers: people, channels and their messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Team:
    """The workspace and our app in it."""

    id: str = "T0TOCSIN"
    name: str = "Tocsin playground"
    domain: str = "tocsin-playground"
    app_id: str = "A0TOCSIN"
    bot_id: str = "B0TOCSIN"
    bot_user_id: str = "U0TOCSIN"
    bot_name: str = "tocsin"


@dataclass(frozen=True)
class User:
    """A person, or our bot; `team_id` differs for people of other workspaces."""

    id: str
    name: str
    team_id: str
    is_restricted: bool = False
    is_admin: bool = False
    is_bot: bool = False
    is_owner: bool = False


@dataclass(frozen=True)
class Version:
    """What a message said before it was edited."""

    text: str
    blocks: list[Json]
    metadata: Json | None


@dataclass(eq=False)
class Message:
    """A message; `visible_to` makes it ephemeral, `edits` holds its earlier versions.

    `user` is the id of the author. `reads_to_hide` is how many more reads of the history
    do not show it.
    """

    channel_id: str
    ts: str
    user: str
    text: str
    at: datetime
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    visible_to: str | None = None
    deleted: bool = False
    edits: list[Version] = field(default_factory=list)
    reads_to_hide: int = 0

    @property
    def payload(self) -> Mapping[str, Any]:
        """Return text, blocks and metadata under the names of the Web API."""
        return {"text": self.text, "blocks": self.blocks, "metadata": self.metadata}

    @property
    def is_reply(self) -> bool:
        """Return whether it stands in another message's thread."""
        return self.thread_ts not in (None, self.ts)

    def edit(self, text: str, blocks: list[Json], metadata: Json | None) -> None:
        """Replace the content and keep the former."""
        self.edits.append(Version(self.text, self.blocks, self.metadata))
        self.text, self.blocks, self.metadata = text, blocks, metadata


@dataclass(eq=False)
class Channel:
    """A conversation; `messages` holds parents and replies in order of arrival.

    `is_member` is about our bot, `people` about everybody else: None for all of them.
    """

    id: str
    name: str
    is_private: bool = False
    is_member: bool = True
    is_archived: bool = False
    with_user: str | None = None
    people: frozenset[str] | None = None
    messages: list[Message] = field(default_factory=list)

    @property
    def is_direct(self) -> bool:
        """Return whether it is a direct message."""
        return self.with_user is not None

    def has(self, user_id: str) -> bool:
        """Return whether a person is in it."""
        return self.people is None or user_id in self.people

    def find(self, ts: object) -> Message | None:
        """Return the message with this timestamp."""
        return next((message for message in self.messages if message.ts == ts), None)

    def replies(self, ts: str) -> list[Message]:
        """Return the replies in the thread of the message with this timestamp."""
        return [reply for reply in self.messages if reply.thread_ts == ts and reply.is_reply]
