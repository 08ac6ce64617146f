"""Showing on an alert what somebody had done from it."""

from __future__ import annotations

from bot.core.marks import Mark
from bot.core.ports import MessageStore
from bot.core.requests import Request


class Marking:
    """Notes deeds on the messages whose buttons asked for them."""

    def __init__(self, messages: MessageStore) -> None:
        self._messages = messages

    async def note(self, request: Request, message_ts: str, kind: str, words: str) -> None:
        """Show who did what, if it was asked for from a message of ours that still stands."""
        if not message_ts:
            return
        posted = await self._messages.find(request.team_id, request.channel_id, message_ts)
        if posted is not None:
            mark = Mark(kind=kind, by=request.user_id, words=words, at=request.received_at)
            await self._messages.mark(posted.row, mark)
