"""The page over HTTP, for this machine alone: files, the feed, and what can be done."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from importlib.resources import files
from typing import Any, Self

from aiohttp import web

from bot.playground.loopback import HOST
from bot.playground.page.deeds import DEEDS, Refused
from bot.playground.page.person import find
from bot.playground.page.playground import Playground
from bot.playground.page.state import Feed, blocks_of, facts

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_TICK_S, _QUIET_TICKS = 0.1, 150
_SHUTDOWN_S = 0.2
_MOST_BODY_BYTES = 64 * 1024
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class PageServer:
    """Serves one playground on loopback; `port` 0 takes any."""

    def __init__(self, playground: Playground, port: int = 0) -> None:
        self._playground = playground
        self._port = port
        self._static = files("bot.playground.page") / "static"
        self._runner: web.AppRunner | None = None
        self._hosts: set[str] = set()

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://{HOST}:{self._port}"

    async def start(self) -> None:
        """Listen. Raises: OSError when the port is taken."""
        app = web.Application(middlewares=[self._guard], client_max_size=_MOST_BODY_BYTES)
        app.add_routes(
            [
                web.get("/", self._index),
                web.get("/static/{name}", self._file),
                web.get("/feed", self._feed),
                web.get("/state.json", self._state),
                web.get("/messages/{channel}/{ts}.json", self._message),
                web.post("/do/{deed}", self._do),
            ]
        )
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_S)
        await runner.setup()
        self._runner = runner
        await web.TCPSite(runner, HOST, self._port).start()
        self._port = runner.addresses[0][1]
        self._hosts = {f"{name}:{self._port}" for name in (HOST, "localhost")}

    async def __aenter__(self) -> Self:
        """Listen. Raises: OSError when the port is taken."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close everything."""
        await self.stop()

    async def stop(self) -> None:
        """Close the socket and every open connection."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Keep other sites out: by host against rebinding, by origin against forged posts."""
        if request.host not in self._hosts:
            raise web.HTTPForbidden(text="This page is for this machine alone.")
        if request.method == "POST":
            same = request.headers.get("Origin") == f"http://{request.host}"
            if not same or request.content_type != "application/json":
                raise web.HTTPForbidden(text="Only the page itself may ask for this.")
        return await handler(request)

    async def _index(self, request: web.Request) -> web.Response:
        page = (self._static / "index.html").read_text("utf-8")
        return web.Response(text=page, content_type="text/html", headers=_HEADERS)

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        known = {one.name: one for one in self._static.iterdir()}
        if name not in known:
            raise web.HTTPNotFound
        kind = _TYPES[name[name.rindex(".") :]]
        text = known[name].read_text("utf-8")
        return web.Response(text=text, content_type=kind, headers=_HEADERS)

    async def _state(self, request: web.Request) -> web.Response:
        return _json(facts(self._playground))

    async def _message(self, request: web.Request) -> web.Response:
        where = request.match_info
        try:
            message = find(self._playground.stage, where["channel"], where["ts"])
        except LookupError:
            raise web.HTTPNotFound from None
        return _json(blocks_of(message))

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        """Send what is new, as server-sent events, until the page is closed."""
        response = web.StreamResponse(headers={**_HEADERS, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        with suppress(ConnectionResetError):  # the page was closed
            await self._tell(response)
        return response

    async def _tell(self, response: web.StreamResponse) -> None:
        feed, quiet = Feed(self._playground), 0
        while True:
            quiet += 1
            if news := feed.news():
                text, quiet = f"data: {_text(news)}\n\n", 0
                await response.write(text.encode())
            elif quiet % _QUIET_TICKS == 0:
                await response.write(b": still here\n\n")
            await asyncio.sleep(_TICK_S)

    async def _do(self, request: web.Request) -> web.Response:
        deed = DEEDS.get(request.match_info["deed"])
        if deed is None:
            raise web.HTTPNotFound
        try:
            said = await deed(self._playground, await request.read())
        except Refused as error:
            return _json({"error": str(error)}, status=409)
        return _json(said)


def _json(content: Any, status: int = 200) -> web.Response:
    text = json.dumps(content, indent=2, ensure_ascii=False)
    return web.json_response(text=text, status=status, headers=_HEADERS)


def _text(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)
