"""The workspace: who may say what where, and everything that was said."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.playground.changes import Changes
from bot.playground.slack.message import Channel, Json, Message, Team, User
from bot.playground.slack.pacing import Pace
from bot.playground.slack.refusal import MethodError

SCOPES = (
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "users:read",
)


def utc_now() -> datetime:
    """Return the time of the wall clock."""
    return datetime.now(UTC)


@dataclass
class Trigger:
    """Leave to open one modal, for `trigger_lifetime_s`.

    `channel_id` is where the person was, and `view_id` the modal in which they acted.
    """

    at: datetime
    used: bool = False
    channel_id: str = ""
    view_id: str = ""


class World:
    """State of the workspace, and the rules about who may reach which conversation.

    `states` has what stands in the inputs of each view, `triggers_of` by which trigger each
    modal was opened. `unknown_parent` is the error for a reply to something that is no
    parent; None lets it through, for what the live service does is nowhere written.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.changes = Changes()
        self.team = Team()
        bot = User(self.team.bot_user_id, self.team.bot_name, self.team.id, is_bot=True)
        self.users: dict[str, User] = {bot.id: bot}
        self.channels: dict[str, Channel] = {}
        self.ephemerals: list[Message] = []
        self.views: dict[str, Json] = {}
        self.homes: dict[str, Json] = {}
        self.states: dict[str, Json] = {}
        self.triggers_of: dict[str, Trigger] = {}
        self.external_ids: dict[str, str] = {}
        self.triggers: dict[str, Trigger] = {}
        self.trigger_lifetime_s = 3.0
        self.scopes: set[str] = set(SCOPES)
        self.pace: Pace | None = None
        self.unknown_parent: str | None = "thread_not_found"
        self.history_delay_reads = 0
        self._last_us = 0

    def stamp(self) -> str:
        """Return a timestamp that no message has: the clock, moved on if need be."""
        self._last_us = max(int(self.clock().timestamp() * 1_000_000), self._last_us + 1)
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06d}"

    def new_trigger(self, *, channel_id: str = "", view_id: str = "") -> str:
        """Return a trigger_id that opens one modal."""
        trigger_id = f"{secrets.randbelow(10**13)}.{secrets.token_hex(16)}"
        self.triggers[trigger_id] = Trigger(self.clock(), channel_id=channel_id, view_id=view_id)
        return trigger_id

    def require(self, *scopes: str) -> None:
        """Raise missing_scope unless the app has all of `scopes`."""
        for scope in scopes:
            if scope not in self.scopes:
                provided = ",".join(sorted(self.scopes))
                raise MethodError("missing_scope", needed=scope, provided=provided)

    def visible(self, channel_id: object) -> Channel:
        """Return the conversation; a private one we are not in does not exist for us."""
        channel = self.channels.get(str(channel_id))
        if channel is None or (channel.is_private and not channel.is_member):
            raise MethodError("channel_not_found")
        return channel

    def joined(self, channel_id: object) -> Channel:
        """Return a conversation we are a member of."""
        channel = self.visible(channel_id)
        if not channel.is_member:
            raise MethodError("not_in_channel")
        return channel

    def destination(self, channel_id: object) -> Channel:
        """Return the conversation to post to; the id of a person opens a direct message."""
        user = self.users.get(str(channel_id))
        if user is not None and not user.is_bot:
            return self.direct(user)
        channel = self.visible(channel_id)
        if channel.is_archived:
            raise MethodError("is_archived")
        return self.joined(channel.id)

    def direct(self, user: User) -> Channel:
        """Return the direct message with `user`, opening it first if need be."""
        channel_id = f"D{user.id[1:]}"
        channel = Channel(channel_id, "directmessage", with_user=user.id)
        return self.channels.setdefault(channel_id, channel)

    def say(self, channel: Channel, **content: Any) -> Message:
        """Add a message of our bot, or of `user`, to the conversation."""
        message = self._written(channel, **content)
        message.reads_to_hide = self.history_delay_reads
        channel.messages.append(message)
        self.changes.notify()
        return message

    def whisper(self, channel: Channel, user_id: str, **content: Any) -> Message:
        """Show a message to one person only."""
        message = self._written(channel, visible_to=user_id, **content)
        self.ephemerals.append(message)
        self.changes.notify()
        return message

    def erase(self, message: Message) -> None:
        """Take a message away; one with replies leaves a tombstone."""
        if message.visible_to is not None:
            self.ephemerals.remove(message)
        elif self.channels[message.channel_id].replies(message.ts):
            message.edit("This message was deleted.", [], None)
            message.deleted = True
        else:
            self.channels[message.channel_id].messages.remove(message)
        self.changes.notify()

    def _written(self, channel: Channel, **content: Any) -> Message:
        content.setdefault("user", self.team.bot_user_id)
        return Message(channel_id=channel.id, ts=self.stamp(), at=self.clock(), **content)
