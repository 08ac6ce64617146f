"""Answers to a command or a click: the immediate one, and those through response_url."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from bot.playground.faults import FaultPlan
from bot.playground.slack.message import Message
from bot.playground.slack.misbehaviour import play
from bot.playground.slack.refusal import MethodError, refuse_beyond_limits
from bot.playground.slack.world import World

OPERATION = "response_url"
_MOST_USES = 5
_LIFETIME = timedelta(minutes=30)


@dataclass(eq=False)
class Exchange:
    """What one person did in one channel, and the message to replace, once there is one.

    For a click that is always the message that was clicked.
    """

    channel_id: str
    user_id: str
    at: datetime
    original: Message | None = None
    uses: int = 0
    is_click: bool = False


@dataclass
class ResponseUrls:
    """Gives out response_urls and takes what is posted to them.

    `url` makes the address of a secret.
    """

    world: World
    faults: FaultPlan
    url: Callable[[str], str]
    exchanges: dict[str, Exchange] = field(default_factory=dict)

    def open(self, channel_id: str, user_id: str, original: Message | None = None) -> str:
        """Return the secret of a new exchange, the last part of its response_url."""
        secret = secrets.token_urlsafe(18)
        self.exchanges[secret] = Exchange(channel_id, user_id, self.world.clock(), original)
        self.exchanges[secret].is_click = original is not None
        return secret

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take one answer, or fail as planned."""
        exchange = self.exchanges.get(request.match_info["secret"])
        body = await request.read()
        fault = self.faults.take(OPERATION, exchange.channel_id if exchange else None)
        if fault is None:
            return self._carry_out(exchange, body)
        return await play(fault, request, lambda: self._carry_out(exchange, body))

    def _carry_out(self, exchange: Exchange | None, body: bytes) -> web.Response:
        try:
            content = json.loads(body)
            self._use(exchange, content)
        except MethodError as error:
            status = 404 if error.name.endswith("_url") else 400
            return web.json_response({"ok": False, "error": error.name}, status=status)
        except ValueError:
            return web.Response(status=400, text="invalid_payload")
        return web.Response(text="ok")

    def _use(self, exchange: Exchange | None, content: Mapping[str, Any]) -> None:
        if exchange is None or self.world.clock() - exchange.at > _LIFETIME:
            raise MethodError("expired_url")
        if exchange.uses >= _MOST_USES:
            raise MethodError("used_url")
        self.show(exchange, content)
        exchange.uses += 1

    def show(self, exchange: Exchange, content: Mapping[str, Any]) -> None:
        """Show an answer: a new message, a new version of the original, or none any more.

        Raises: MethodError when its content is beyond the limits.
        """
        original = exchange.original
        if content.get("delete_original"):
            if original is not None:
                self.world.erase(original)
                exchange.original = None
            return
        refuse_beyond_limits({name: content.get(name) for name in ("text", "blocks")})
        text, blocks = content.get("text") or "", list(content.get("blocks") or ())
        if content.get("replace_original") and original is not None:
            original.edit(text, blocks, original.metadata)
            self.world.changes.notify()
            return
        answered = self._new(exchange, content, text=text, blocks=blocks)
        if not exchange.is_click:
            exchange.original = answered

    def _new(self, exchange: Exchange, content: Mapping[str, Any], **shown: Any) -> Message:
        channel = self.world.channels[exchange.channel_id]
        shown["thread_ts"] = content.get("thread_ts")
        if content.get("response_type") == "in_channel":
            return self.world.say(channel, **shown)
        return self.world.whisper(channel, exchange.user_id, **shown)
