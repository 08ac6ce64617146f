"""What travels on a websocket of Socket Mode, and who waits for its acknowledgement."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from bot.playground.loopback import hang_up
from bot.playground.slack.door import Kind, Retry
from bot.playground.slack.message import Json


@dataclass(eq=False)
class Connection:
    """One websocket of the app; `leaving` once the app was asked to open another."""

    request: web.Request
    socket: web.WebSocketResponse
    leaving: bool = False
    gone: bool = False
    waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)

    def drop(self, *, reset: bool = False) -> None:
        """End it without a word."""
        self.gone = True
        hang_up(self.request, reset=reset)

    def acknowledge(self, said: Json) -> bool:
        """Take an acknowledgement; False if no envelope of this connection waits for it."""
        future = self.waiting.get(str(said.get("envelope_id")))
        if future is None or future.done():
            return False
        future.set_result(said)
        return True

    def end(self) -> None:
        """Tell everyone who waits that nothing will come."""
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(aiohttp.ServerDisconnectedError("the websocket was closed"))


def envelope_of(kind: Kind, payload: Json, retry: Retry | None) -> Json:
    """Return a payload as it travels on a websocket."""
    # A message's button is answered through its response_url alone.
    answerable = kind == "slash_commands" or payload.get("type") == "view_submission"
    envelope = {
        "type": kind,
        "envelope_id": str(uuid.uuid4()),
        "payload": payload,
        "accepts_response_payload": answerable,
    }
    if kind != "events_api":
        return envelope
    number, reason = (retry.number, retry.reason) if retry else (0, "")
    return {**envelope, "retry_attempt": number, "retry_reason": reason}
