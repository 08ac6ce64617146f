"""What people do in the workspace, and what Slack then sends to the bot."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.playground.slack import payloads
from bot.playground.slack.door import Answer, Door, Kind, Retry
from bot.playground.slack.message import Json, Message
from bot.playground.slack.response_urls import ResponseUrls
from bot.playground.slack.socket_mode import SOCKET, SocketMode
from bot.playground.slack.world import World

RETRY_PAUSES_S = (0.0, 60.0, 300.0)
"""When Slack repeats an event that was not taken."""


@dataclass
class People:
    """Types commands, presses buttons, submits modals and invites the bot.

    `request_url` is the full address where the bot takes Slack's requests, or SOCKET for a
    bot in Socket Mode; `retry_num` marks a request as a repetition. All raise
    aiohttp.ClientError or TimeoutError when nobody answers there.
    """

    world: World
    door: Door
    socket_mode: SocketMode
    response_urls: ResponseUrls

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
        answer = await self.send(request_url, "slash_commands", form, _retry(retry_num))
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
        retry = _retry(retry_num, retry_reason)
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

    async def send(
        self, request_url: str, kind: Kind, payload: Json, retry: Retry | None = None
    ) -> Answer:
        """Deliver exactly this payload, by the way that the bot is reached."""
        if request_url == SOCKET:
            return await self.socket_mode.deliver(kind, payload, retry)
        return await self.door.deliver(request_url, kind, payload, retry)

    async def invite_bot(
        self, channel: str, request_url: str, *, inviter: str | None = None
    ) -> Answer:
        """Make the bot a member, and tell it."""
        return await self._move_bot(channel, request_url, joins=True, inviter=inviter)

    async def remove_bot(self, channel: str, request_url: str) -> Answer:
        """Take the bot out of a channel, and tell it."""
        return await self._move_bot(channel, request_url, joins=False)

    async def action(
        self,
        request_url: str,
        message: Message,
        action_id: str,
        user: str,
        *,
        retry_num: int | None = None,
    ) -> Answer:
        """Press a button of a message, ephemeral or not.

        Raises: LookupError when it has no such button.
        """
        action = _button(message.blocks, action_id)
        url = self.response_urls.url(self.response_urls.open(message.channel_id, user, message))
        who = self.world.users[user]
        payload = payloads.block_actions(self.world, message, action, who, url)
        return await self._interact(request_url, payload, retry_num)

    async def action_in_view(
        self, request_url: str, view: Json, action_id: str, user: str
    ) -> Answer:
        """Press a button of a modal or of the Home tab.

        Raises: LookupError when it has no such button.
        """
        action, who = _button(view["blocks"], action_id), self.world.users[user]
        payload = payloads.view_actions(self.world, view, action, who)
        return await self._interact(request_url, payload, None)

    async def submit(
        self,
        request_url: str,
        view_id: str,
        values: Json,
        user: str,
        *,
        retry_num: int | None = None,
    ) -> Answer:
        """Submit a modal; `values` is its state: block_id, then action_id, then the value."""
        view, who = self.world.views[view_id], self.world.users[user]
        payload = payloads.view_submission(self.world, view, values, who)
        return await self._interact(request_url, payload, retry_num)

    def say(self, channel: str, user: str, text: str, **more: Any) -> Message:
        """Add a message of `user`; `more` are fields of Message such as thread_ts and blocks."""
        return self.world.say(self.world.channels[channel], user=user, text=text, **more)

    async def _interact(self, request_url: str, payload: Json, retry_num: int | None) -> Answer:
        return await self.send(request_url, "interactive", payload, _retry(retry_num))

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


def _retry(number: int | None, reason: str = "http_timeout") -> Retry | None:
    return None if number is None else Retry(number, reason)


def _button(blocks: Sequence[Json], action_id: str) -> Json:
    for number, block in enumerate(blocks):
        for element in _elements(block):
            if element.get("action_id") == action_id:
                block_id = block.get("block_id") or f"block-{number}"
                return {key: element[key] for key in element if key != "confirm"} | {
                    "block_id": block_id
                }
    raise LookupError(f"there is no button {action_id!r}")


def _elements(block: Json) -> Iterator[Json]:
    if block["type"] == "actions":
        yield from block["elements"]
    if "accessory" in block:
        yield block["accessory"]
