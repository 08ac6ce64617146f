"""What people do in the workspace, and what Slack then sends to the bot."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.playground.slack import payloads
from bot.playground.slack.door import Answer, Retry
from bot.playground.slack.interaction_payloads import app_home_opened
from bot.playground.slack.interactions import Interactions, repetition
from bot.playground.slack.message import Message

RETRY_PAUSES_S = (0.0, 60.0, 300.0)
"""When Slack repeats an event that was not taken."""


@dataclass
class People(Interactions):
    """Types commands, presses buttons, submits modals and invites the bot.

    `request_url` is the full address where the bot takes Slack's requests, or SOCKET for a
    bot in Socket Mode; `retry_num` marks a request as a repetition. All raise
    aiohttp.ClientError or TimeoutError when nobody answers there.
    """

    async def command(
        self,
        request_url: str,
        typed: str,
        *,
        channel: str,
        user: str,
        retry_num: int | None = None,
    ) -> Answer:
        """Type a line such as `/alerts list`; an answer in time is shown in the channel."""
        secret = self.response_urls.open(channel, user)
        url = self.response_urls.url(secret)
        where, who = self.world.channels[channel], self.world.users[user]
        form = payloads.command_form(self.world, typed, where, who, url)
        answer = await self.send(request_url, "slash_commands", form, repetition(retry_num))
        content = answer.body if isinstance(answer.body, dict) else {"text": answer.text}
        if answer.taken and (content.get("text") or content.get("blocks")):
            self.response_urls.show(self.response_urls.exchanges[secret], content)
        return answer

    async def event(
        self,
        request_url: str,
        event: Mapping[str, Any],
        *,
        event_id: str | None = None,
        retry_num: int | None = None,
        retry_reason: str = "http_timeout",
    ) -> Answer:
        """Send an event; one that repeats another carries its `event_id`."""
        envelope = payloads.event_callback(self.world, event, event_id)
        retry = repetition(retry_num, retry_reason)
        return await self.send(request_url, "events_api", envelope, retry)

    async def event_until_taken(
        self,
        request_url: str,
        event: Mapping[str, Any],
        *,
        pauses_s: Sequence[float] = RETRY_PAUSES_S,
    ) -> int:
        """Send an event, and again as Slack does, and return the number of repetitions.

        Raises: TimeoutError when it was taken at none of them.
        """
        envelope = payloads.event_callback(self.world, event, None)
        for number, pause_s in enumerate((0, *pauses_s)):
            await asyncio.sleep(pause_s)
            retry = Retry(number) if number else None
            with suppress(aiohttp.ClientError, TimeoutError):
                if (await self.send(request_url, "events_api", envelope, retry)).taken:
                    return number
        raise TimeoutError("the event was never taken")

    async def open_home(self, request_url: str, user: str) -> Answer:
        """Look at the Home tab."""
        event = app_home_opened(self.world, self.world.users[user])
        return await self.event(request_url, event)

    async def invite_bot(
        self, channel: str, request_url: str, *, inviter: str | None = None
    ) -> Answer:
        """Make the bot a member, and tell it."""
        return await self._move_bot(channel, request_url, joins=True, inviter=inviter)

    async def remove_bot(self, channel: str, request_url: str) -> Answer:
        """Take the bot out of a channel, and tell it."""
        return await self._move_bot(channel, request_url, joins=False)

    def say(self, channel: str, user: str, text: str, **more: Any) -> Message:
        """Add a message of `user`; `more` are fields of Message such as thread_ts and blocks."""
        return self.world.say(self.world.channels[channel], user=user, text=text, **more)

    async def _move_bot(
        self, channel_id: str, request_url: str, *, joins: bool, inviter: str | None = None
    ) -> Answer:
        channel = self.world.channels[channel_id]
        channel.is_member = joins
        self.world.changes.notify()
        kind = "member_joined_channel" if joins else "member_left_channel"
        return await self.event(
            request_url, payloads.membership(self.world, channel, inviter, kind)
        )
