"""What people do with messages, modals and shortcuts, and what Slack then sends to the bot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.playground.slack import interaction_payloads as payloads
from bot.playground.slack import modals
from bot.playground.slack.door import Answer, Door, Kind, Retry
from bot.playground.slack.filling import Entered, entered, inputs_of, option_of
from bot.playground.slack.message import Json, Message, User
from bot.playground.slack.response_urls import ResponseUrls
from bot.playground.slack.socket_mode import SOCKET, SocketMode
from bot.playground.slack.submission import settle
from bot.playground.slack.world import World


@dataclass
class Interactions:
    """Presses, chooses, fills in and submits.

    `request_url`, `retry_num` and what is raised are as in `People`.
    """

    world: World
    door: Door
    socket_mode: SocketMode
    response_urls: ResponseUrls

    async def send(
        self, request_url: str, kind: Kind, payload: Json, retry: Retry | None = None
    ) -> Answer:
        """Deliver exactly this payload, by the way that the bot is reached."""
        if request_url == SOCKET:
            return await self.socket_mode.deliver(kind, payload, retry)
        return await self.door.deliver(request_url, kind, payload, retry)

    async def action(
        self,
        request_url: str,
        message: Message,
        action_id: str,
        user: str,
        *,
        value: str | None = None,
        block_id: str | None = None,
        retry_num: int | None = None,
    ) -> Answer:
        """Press a button of a message, ephemeral or not, or choose an option of a menu.

        `value` is the button's or the option's, `block_id` tells like buttons apart.

        Raises: LookupError when it has no such button or option.
        """
        action = _pressed(message.blocks, action_id, value, block_id)
        url = self.response_urls.url(self.response_urls.open(message.channel_id, user, message))
        payload = payloads.block_actions(self.world, message, action, self._user(user), url)
        return await self._interact(request_url, payload, retry_num)

    async def action_in_view(
        self,
        request_url: str,
        view: Json,
        action_id: str,
        user: str,
        *,
        value: str | None = None,
        block_id: str | None = None,
    ) -> Answer:
        """Press a button, or choose an option of a menu, in a modal or on the Home tab.

        Raises: LookupError when it has no such button or option.
        """
        action = _pressed(view["blocks"], action_id, value, block_id)
        payload = payloads.view_actions(self.world, view, action, self._user(user))
        return await self._interact(request_url, payload)

    def fill(self, view: Json, values: Mapping[str, Entered]) -> None:
        """Enter something in inputs, by block_id, of which the bot hears later if at all.

        Raises: LookupError when there is no such input or option.
        """
        blocks = {block.get("block_id"): block for block in inputs_of(view)}
        state = payloads.filled_in(self.world, view)["state"]["values"]
        for block_id, value in values.items():
            block = blocks[block_id]
            state[block_id] = {block["element"]["action_id"]: entered(block, value)}
        self.world.states[view["id"]] = state
        self.world.changes.notify()

    async def change(
        self, request_url: str, view: Json, block_id: str, value: Entered, user: str
    ) -> Answer | None:
        """Enter something in one input; None if that input does not tell the bot.

        Raises: LookupError when there is no such input or option.
        """
        self.fill(view, {block_id: value})
        block = next(one for one in inputs_of(view) if one["block_id"] == block_id)
        if not block.get("dispatch_action"):
            return None
        action_id = block["element"]["action_id"]
        stands = self.world.states[view["id"]][block_id][action_id]
        action = {**stands, "block_id": block_id, "action_id": action_id}
        payload = payloads.view_actions(self.world, view, action, self._user(user))
        return await self._interact(request_url, payload)

    async def submit(
        self,
        request_url: str,
        view_id: str,
        values: Json | None,
        user: str,
        *,
        retry_num: int | None = None,
    ) -> Answer:
        """Submit a modal, and do with it what the bot answers.

        `values` is its state: block_id, then action_id, then the value; None for what
        was filled in.
        """
        view = self.world.views[view_id]
        if values is not None:
            self.world.states[view_id] = values
        payload = payloads.view_submission(self.world, view, self._user(user))
        answer = await self._interact(request_url, payload, retry_num)
        if view_id not in self.world.views:  # closed meanwhile
            return answer
        return settle(self.world, self.world.views[view_id], answer)

    async def close(self, request_url: str, view_id: str, user: str) -> Answer | None:
        """Close a modal; the bot hears of it if the modal says so."""
        view = self.world.views[view_id]
        payload = payloads.view_closed(self.world, view, self._user(user))
        modals.close(self.world, view_id)
        if not view.get("notify_on_close"):
            return None
        return await self._interact(request_url, payload)

    async def shortcut(
        self,
        request_url: str,
        callback_id: str,
        message: Message,
        user: str,
        *,
        retry_num: int | None = None,
    ) -> Answer:
        """Choose a shortcut of a message.

        Raises: LookupError for an ephemeral message, which has none.
        """
        if message.visible_to is not None:
            raise LookupError("an ephemeral message has no shortcuts")
        url = self.response_urls.url(self.response_urls.open(message.channel_id, user))
        who = self._user(user)
        payload = payloads.message_action(self.world, message, callback_id, who, url)
        return await self._interact(request_url, payload, retry_num)

    async def global_shortcut(
        self,
        request_url: str,
        callback_id: str,
        user: str,
        *,
        channel: str = "",
        retry_num: int | None = None,
    ) -> Answer:
        """Choose a shortcut that belongs to no message, while looking at `channel`."""
        who = self._user(user)
        payload = payloads.shortcut(self.world, callback_id, who, channel_id=channel)
        return await self._interact(request_url, payload, retry_num)

    def _user(self, user_id: str) -> User:
        return self.world.users[user_id]

    async def _interact(
        self, request_url: str, payload: Json, retry_num: int | None = None
    ) -> Answer:
        return await self.send(request_url, "interactive", payload, repetition(retry_num))


def repetition(number: int | None, reason: str = "http_timeout") -> Retry | None:
    """Return what marks a request as repeated, unless `number` is None."""
    return None if number is None else Retry(number, reason)


def _pressed(
    blocks: Sequence[Json], action_id: str, value: str | None, block_id: str | None
) -> Json:
    """Return the action of a button or a menu. Raises: LookupError."""
    for found, element in _elements(blocks):
        if element.get("action_id") != action_id or block_id not in (None, found):
            continue
        if element["type"] == "overflow":
            action = {"type": "overflow", "selected_option": option_of(element, value)}
            return {**action, "action_id": action_id, "block_id": found}
        if value in (None, element.get("value")):
            told = {key: element[key] for key in element if key != "confirm"}
            return {**told, "block_id": found}
    raise LookupError(f"there is no button {action_id!r}")


def _elements(blocks: Sequence[Json]) -> Iterator[tuple[str, Any]]:
    """Yield what can be pressed, each with the id of its block."""
    for number, block in enumerate(blocks):
        block_id = block.get("block_id") or f"block-{number}"
        for element in block["elements"] if block["type"] == "actions" else ():
            yield block_id, element
        if "accessory" in block:
            yield block_id, block["accessory"]
