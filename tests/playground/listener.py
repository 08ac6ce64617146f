"""A bot that listens, for tests of what the stand-in sends."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web


@dataclass
class Bot:
    """A bot that keeps what it gets and answers what it is told to."""

    url: str = ""
    answer: Any = None
    pause_s: float = 0
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        """Keep the request and answer."""
        self.bodies.append(await request.read())
        self.headers.append(dict(request.headers))
        await asyncio.sleep(self.pause_s)
        if isinstance(self.answer, str):
            return web.Response(text=self.answer)
        return web.json_response(self.answer) if self.answer else web.Response()

    @property
    def form(self) -> dict[str, str]:
        """The fields of the last request."""
        return dict(parse_qsl(self.bodies[-1].decode(), keep_blank_values=True))

    @property
    def payload(self) -> dict[str, Any]:
        """The last interaction."""
        found: dict[str, Any] = json.loads(self.form["payload"])
        return found
