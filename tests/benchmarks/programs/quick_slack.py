"""A Slack that says yes to everything, with as little work as can be.

`quick_slack.py PORT [SECONDS]`; a post is answered after so many seconds, at once by default.
`GET /posts` tells which sites were posted about, in order of arrival and by channel, and
when the last of them came.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import defaultdict
from typing import cast
from urllib.parse import unquote_plus

import uvloop
from typing_extensions import override

IDENTITY = {
    "ok": True, "team_id": "T0STANDIN1", "user_id": "U1", "bot_id": "B1", "team": "bench",
    "user": "tocsin", "url": "https://bench.slack.com/",
}  # fmt: skip
_SITE = re.compile(rb"site-([0-9]+)\.example")
_CHANNEL = re.compile(rb"channel(?:=|\"\s*:\s*\")(C[0-9]+)")


class Posts:
    """What was said."""

    def __init__(self) -> None:
        self.sites: dict[str, list[int]] = defaultdict(list)
        self.count = 0
        self.first_at = self.last_at = 0.0

    def add(self, body: bytes) -> str:
        """Note a message and return its timestamp."""
        self.count += 1
        self.last_at = time.time()
        self.first_at = self.first_at or self.last_at
        site, channel = _SITE.search(body), _CHANNEL.search(body)
        if site and channel:
            self.sites[channel[1].decode()].append(int(site[1]))
        return f"{int(self.last_at)}.{self.count:06d}"


class Slack(asyncio.Protocol):
    """One connection."""

    def __init__(self, posts: Posts, delay_s: float) -> None:
        self._posts = posts
        self._delay_s = delay_s
        self._heard = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = cast("asyncio.Transport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        """Answer each request once it is whole."""
        self._heard += data
        head, found, body = self._heard.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *([0-9]+)", head)
        if found and len(body) >= (int(length[1]) if length else 0):
            self._heard = b""
            answer = json.dumps(self._answer(head.split(b" ", 2)[1], body)).encode()
            start = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
            whole = start + b"%d\r\n\r\n" % len(answer) + answer
            delay_s = self._delay_s if head.startswith(b"POST") else 0
            asyncio.get_running_loop().call_later(delay_s, self._transport.write, whole)

    def _answer(self, path: bytes, body: bytes) -> object:
        if path == b"/posts":
            posts = self._posts
            return [posts.count, posts.first_at, posts.last_at, posts.sites]
        if path.endswith(b"chat.postMessage"):
            return {"ok": True, "channel": "C1", "ts": self._posts.add(unquote_plus_bytes(body))}
        return IDENTITY


def unquote_plus_bytes(body: bytes) -> bytes:
    """Return a form as it was before it was encoded."""
    return unquote_plus(body.decode()).encode()


async def _serve(port: int, delay_s: float = 0) -> None:
    posts = Posts()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Slack(posts, delay_s), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1]), *map(float, sys.argv[2:])))
