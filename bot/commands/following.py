"""Who may change what a channel hears, and changing it."""

from __future__ import annotations

from datetime import datetime

from bot.commands.wish import Wish
from bot.core.errors import CommandError
from bot.core.ports import Clock, Directory, Outbox, SubscriptionStore
from bot.core.requests import Request
from bot.core.subscriptions import Subscription

INVITE = "/invite @Tocsin"


class Following:
    """Subscribes the channel that a request comes from."""

    def __init__(
        self, subscriptions: SubscriptionStore, directory: Directory, outbox: Outbox, clock: Clock
    ) -> None:
        self._subscriptions = subscriptions
        self._directory = directory
        self._outbox = outbox
        self._clock = clock

    async def check_person(self, request: Request) -> None:
        """Raise `CommandError` for guests and people of other workspaces."""
        if not await self._directory.may_change(request.team_id, request.user_id):
            raise CommandError(
                "Guests and people of other workspaces can look, but not change anything here; "
                "ask a full member of this workspace to do it."
            )

    async def check_channel(self, request: Request, *, here: bool = True) -> None:
        """Raise `CommandError` unless the bot can speak in the channel.

        `here` says that the person is in that channel now.
        """
        channel = await self._directory.channel(request.team_id, request.channel_id)
        this, there = ("this", "here") if here else ("that", "there")
        if channel is not None and channel.archived:
            raise CommandError(
                f"{this.title()} channel is archived; unarchive it first, then ask again."
            )
        if channel is None or not channel.member:
            raise CommandError(
                f"I am not in {this} channel, so I could not speak {there}. "
                f"Type this{'' if here else ' there'}, then ask again:",
                shown=(INVITE,),
            )

    async def follow(
        self, request: Request, wish: Wish, *, since: datetime | None = None
    ) -> tuple[Subscription, bool]:
        """Subscribe the channel and let it be spoken to; False if it was subscribed already.

        `since` lets the channel hear what came after that moment and nobody heard.
        """
        made = await self._subscriptions.add(
            Subscription(
                team_id=request.team_id,
                channel_id=request.channel_id,
                source=wish.source,
                subject=wish.subject,
                filter=wish.filter,
                size=wish.size,
                thread=wish.thread,
                created_by=request.user_id,
                created_at=self._clock(),
            ),
            request_id=request.id,
            since=since,
        )
        await self._outbox.release_channel(request.team_id, request.channel_id)
        return made
