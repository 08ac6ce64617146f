"""Socket Mode: tickets, websockets, and envelopes that wait for their acknowledgement."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from bot.playground import faults
from bot.playground.slack.door import PATIENCE_S, Answer, Kind, Retry
from bot.playground.slack.envelopes import Connection, envelope_of
from bot.playground.slack.message import Json
from bot.playground.slack.refusal import MethodError
from bot.playground.slack.world import World

SOCKET = "socket-mode"
"""Stands for the address of a bot that is reached by its websocket."""

CONNECTIONS_OPEN = "apps.connections.open"
ENVELOPE = "envelope"
"""What faults of a delivery are queued for."""

_MOST_CONNECTIONS = 10
_PING_S = 5.0


@dataclass
class SocketMode:
    """Slack's end of the app's websockets.

    `url` makes the address of a ticket, `tickets` are all that were given out, each good
    for one connection. `acknowledged` is what the app said to envelopes, and `strays` what
    else it said. While `deaf`, new connections answer no ping, like a line that is cut
    somewhere else; while `mute`, they say no hello.
    """

    world: World
    plan: faults.FaultPlan
    url: Callable[[str], str]
    app_token: str = field(default_factory=lambda: f"xapp-1-playground-{secrets.token_hex(12)}")
    enabled: bool = True
    deaf: bool = False
    mute: bool = False
    tickets: list[str] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    acknowledged: list[Json] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    opened: int = 0
    _unused: set[str] = field(default_factory=set)

    def open(self) -> Json:
        """Return the address of one new websocket, as apps.connections.open does."""
        if not self.enabled:
            raise MethodError("socket_mode_not_enabled")
        ticket = secrets.token_urlsafe(24)
        self.tickets.append(ticket)
        self._unused.add(ticket)
        return {"url": self.url(ticket)}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Greet an app that has a ticket, and take its acknowledgements until it goes."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._unused:
            return web.Response(status=403)
        self._unused.remove(ticket)
        # An ending loopback server closes with the transport; nobody waits for a close frame.
        socket = web.WebSocketResponse(
            autoping=not self.deaf, heartbeat=None if self.deaf else _PING_S, timeout=0.1
        )
        await socket.prepare(request)
        connection = Connection(request, socket)
        if len(self.connections) >= _MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        await self._serve(connection)
        return socket

    async def deliver(self, kind: Kind, payload: Json, retry: Retry | None = None) -> Answer:
        """Send an envelope over one of the connections and wait for its acknowledgement.

        Raises:
            aiohttp.ClientError: there is no connection, or it ended first.
            TimeoutError: no acknowledgement within Slack's three seconds.
        """
        connection = self._next()
        fault = self.plan.take(ENVELOPE)
        if isinstance(fault, faults.Delay):
            await asyncio.sleep(fault.seconds)
            fault = None
        envelope = envelope_of(kind, payload, retry)
        identifier = envelope["envelope_id"]
        future = connection.waiting[identifier] = asyncio.get_running_loop().create_future()
        start = time.monotonic()
        try:
            await connection.socket.send_json(envelope)
            said = await self._acknowledged(connection, future, fault)
        finally:
            del connection.waiting[identifier]
        content = said.get("payload") if envelope["accepts_response_payload"] else None
        text = "" if content is None else json.dumps(content)
        return Answer(200, content, text, time.monotonic() - start)

    async def ask_to_reconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every connection that it will end; it stays until it is dropped or closed."""
        for connection in list(self.connections):
            connection.leaving = True
            debug = {"host": "wss-playground.slack.com"}
            with suppress(ConnectionError):
                await connection.socket.send_json(
                    {"type": "disconnect", "reason": reason, "debug_info": debug}
                )

    def drop(self, *, leaving: bool | None = None, reset: bool = False) -> None:
        """End the connections without a word: all, those that are leaving, or the others."""
        for connection in self.connections:
            if leaving in (None, connection.leaving):
                connection.drop(reset=reset)

    async def _serve(self, connection: Connection) -> None:
        self.connections.append(connection)
        self.opened += 1
        try:
            if not self.mute:
                await connection.socket.send_json(self._hello())
            self.world.changes.notify()
            async for message in connection.socket:
                self._take(connection, message)
        finally:
            self.connections.remove(connection)
            connection.end()
            self.world.changes.notify()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "connection_info": {"app_id": self.world.team.app_id},
            "debug_info": {
                "host": "applink-playground",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
        }

    def _take(self, connection: Connection, message: aiohttp.WSMessage) -> None:
        if message.type is not aiohttp.WSMsgType.TEXT:
            return
        try:
            said = json.loads(message.data)
            known = connection.acknowledge(said)
        except (ValueError, AttributeError):
            known = False
        if known:
            self.acknowledged.append(said)
        else:
            self.strays.append(message.data)
        self.world.changes.notify()

    async def _acknowledged(
        self, connection: Connection, future: asyncio.Future[Json], fault: faults.Fault | None
    ) -> Json:
        """Wait for an acknowledgement, unless the fault takes it away."""
        if fault is None:
            return await asyncio.wait_for(future, PATIENCE_S)
        if getattr(fault, "after", False):
            await asyncio.wait_for(future, PATIENCE_S)
        match fault:
            case faults.CloseWithoutAnswer() | faults.Reset():
                connection.drop(reset=isinstance(fault, faults.Reset))
                raise aiohttp.ServerDisconnectedError("the websocket was dropped")
            case faults.Hang(seconds):
                await asyncio.sleep(seconds)
                raise TimeoutError("the acknowledgement was lost")
            case _:
                raise TypeError(f"a websocket never fails like {fault}")

    def _next(self) -> Connection:
        """Return the connection whose turn it is; one that is leaving only for want of others."""
        live = [one for one in self.connections if not (one.gone or one.socket.closed)]
        if not live:
            raise aiohttp.ClientConnectionError("the app has no websocket open")
        chosen = min(live, key=lambda one: one.leaving)
        # To the end of the queue, so that each has its turn.
        self.connections.remove(chosen)
        self.connections.append(chosen)
        return chosen
