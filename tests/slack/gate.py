"""A store in memory that can be slow or down, and an event to put into it."""

from __future__ import annotations

import asyncio

from bot.core.errors import StoreUnavailableError
from bot.core.requests import Request

JOINED = {"type": "member_joined_channel", "channel": "C1", "user": "U0BOT"}


class Gate:
    """Accepts requests like the database; it keeps nothing while `open` is not set."""

    def __init__(self) -> None:
        self.accepted: dict[str, Request] = {}
        self.offers = 0
        self.down = False
        self.open = asyncio.Event()
        self.open.set()

    async def accept(self, request: Request) -> bool:
        """Keep a request; False if it is known."""
        await self.open.wait()
        if self.down:
            raise StoreUnavailableError("locked")
        self.offers += 1
        new = request.id not in self.accepted
        self.accepted.setdefault(request.id, request)
        return new
