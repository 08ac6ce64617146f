"""The message that a person points at, by a button, a shortcut or a link."""

from __future__ import annotations

import re

from bot.core.errors import CommandError
from bot.core.marks import Posted
from bot.core.ports import Directory, MessageStore
from bot.core.requests import Request

_LINK = re.compile(
    r"<?https://[A-Za-z0-9.-]+/archives/(?P<channel>[CGD][A-Z0-9]{1,30})"
    r"/p(?P<seconds>[0-9]{10})(?P<micros>[0-9]{6})(?:\?[^\s>]*)?(?:\|[^>]*)?>?"
)

NOT_OURS = "I know nothing of this message; it is not an alert of mine, or it is long gone."


class Pointing:
    """Finds messages of ours for those who may see them."""

    def __init__(self, messages: MessageStore, directory: Directory) -> None:
        self._messages = messages
        self._directory = directory

    async def at(self, request: Request) -> Posted:
        """Return the message that a button or a shortcut was used on.

        Raises:
            CommandError: it is none of ours.
        """
        return await self._find(request.team_id, request.channel_id, request.message_ts)

    async def link(self, request: Request, typed: str) -> Posted | None:
        """Return the message that a link leads to, None if it is no link to a message.

        Raises:
            CommandError: it is none of ours, or in a private channel that is not this one.
        """
        match = _LINK.fullmatch(typed)
        if match is None:
            return None
        channel_id = match["channel"]
        if channel_id != request.channel_id:
            channel = await self._directory.channel(request.team_id, channel_id)
            if channel is None or channel.private:
                raise CommandError("That channel is private; ask in the channel itself.")
        return await self._find(
            request.team_id, channel_id, f"{match['seconds']}.{match['micros']}"
        )

    async def places(self, request: Request) -> frozenset[str]:
        """Return our channels that the person is in."""
        return await self._directory.memberships(request.team_id, request.user_id)

    async def _find(self, team_id: str, channel_id: str, ts: str) -> Posted:
        found = await self._messages.find(team_id, channel_id, ts)
        if found is None:
            raise CommandError(NOT_OURS)
        return found
