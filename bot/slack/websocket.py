"""One websocket of Socket Mode: from envelopes to acknowledgements."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType
from pydantic_core import from_json

from bot.slack.bodies import parse
from bot.slack.front_door import Dispatch

_RETRY_FIELDS = {"x-slack-retry-num": "retry_attempt", "x-slack-retry-reason": "retry_reason"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """How long a websocket is trusted.

    A line that does not answer a ping within half of `heartbeat_s` is dead. Without a hello
    after `hello_s` another is tried. For `overlap_s` after Slack asked for another, the
    former is still read. One that lived shorter than `steady_s` counts as a failure, so
    that no trouble becomes a storm.
    """

    heartbeat_s: float = 10.0
    hello_s: float = 10.0
    overlap_s: float = 30.0
    steady_s: float = 30.0


class Websocket:
    """Passes on what arrives, and acknowledges what was taken, in this order.

    `settled` is set once Slack has said hello or never will, `leaving` when another
    connection is needed: Slack asked for it, or this one has ended.
    """

    def __init__(
        self, connection: ClientWebSocketResponse, dispatch: Dispatch, overlap_s: float
    ) -> None:
        self._connection = connection
        self._dispatch = dispatch
        self._overlap_s = overlap_s
        self._under_way: set[asyncio.Task[None]] = set()
        self.greeted = False
        self.settled = asyncio.Event()
        self.leaving = asyncio.Event()

    async def serve(self) -> None:
        """Read until the end, then close."""
        try:
            async with asyncio.timeout(None) as limit:
                async for message in self._connection:
                    if message.type is WSMsgType.TEXT:
                        self._take(message.data, limit)
        except TimeoutError:
            _log.info("Slack did not close the former connection")
        finally:
            self.greeted = False
            self.settled.set()
            self.leaving.set()
        await self.close()

    async def close(self) -> None:
        """Wait until what is under way was acknowledged, then close."""
        if self._under_way:
            await asyncio.wait(self._under_way)
        await self._connection.close()

    def _take(self, text: str, limit: asyncio.Timeout) -> None:
        try:
            message = parse(text.encode(), "application/json")
        except ValueError:
            _log.warning("Slack sent something by Socket Mode that cannot be read")
            return
        match message:
            case {"type": "hello"}:
                self.greeted = True
                self.settled.set()
            case {"type": "disconnect"}:
                _log.info("Slack asks for another connection")
                limit.reschedule(asyncio.get_running_loop().time() + self._overlap_s)
                self.settled.set()
                self.leaving.set()
            case {"envelope_id": str(), "payload": dict()}:
                task = asyncio.create_task(self._answer(message))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)

    async def _answer(self, envelope: dict[str, Any]) -> None:
        """Pass one envelope on; what was not taken is not acknowledged.

        Slack then repeats an event, and tells the person that a command failed.
        """
        headers = {name: str(envelope[f]) for name, f in _RETRY_FIELDS.items() if envelope.get(f)}
        response = await self._dispatch(envelope["payload"], headers)
        if response.status_code != HTTPStatus.OK:
            return
        said: dict[str, Any] = {"envelope_id": envelope["envelope_id"]}
        if envelope.get("accepts_response_payload") and response.body:
            said["payload"] = from_json(bytes(response.body))
        try:
            await self._connection.send_json(said)
        except ConnectionError:
            _log.info("A connection to Slack ended before an acknowledgement")
