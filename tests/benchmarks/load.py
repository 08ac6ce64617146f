"""The sender of webhooks, a process of its own.

`load.py URL SECRET COUNT CONNECTIONS RATE CHANNELS` signs everything first, then sends: one
request at a time on each connection, kept alive. It prints a JSON object of what it saw.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

import uvloop
from typing_extensions import override

from tests.benchmarks.signed import requests

PATIENCE_S = 120.0


class Sender(asyncio.Protocol):
    """One connection: sends a request, waits for the whole answer, asks for the next."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._heard = b""
        self._due_at = 0.0

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Report for work."""
        self._transport = cast(asyncio.Transport, transport)

    def send(self, request: bytes, due_at: float) -> None:
        """Send a request that was due at a moment of the monotonic clock."""
        self._due_at = due_at
        self._transport.write(request)

    @override
    def data_received(self, data: bytes) -> None:
        """Count an answer once it is whole."""
        self._heard += data
        head, found, body = self._heard.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self._heard = b""
        self._plan.answered(self, int(head[9:12]), time.perf_counter() - self._due_at)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Let the run fail: a server that hangs up has not answered."""
        self._plan.lost()


@dataclass
class Plan:
    """What is still to be sent, and what came back. `rate` is requests a second, 0 no limit."""

    waiting: deque[bytes]
    rate: float

    def __post_init__(self) -> None:
        self._left = len(self.waiting)
        self._due: deque[float] = deque()
        self._idle: list[Sender] = []
        self.statuses: Counter[int] = Counter()
        self.latencies: list[float] = []
        self.done = asyncio.get_running_loop().create_future()

    async def carry_out(self, senders: Sequence[Sender]) -> float:
        """Send everything and return the seconds it took."""
        began = time.perf_counter()
        self._idle = list(senders)
        if self.rate:
            for number in range(len(self.waiting)):
                due_at = began + number / self.rate
                await asyncio.sleep(max(0.0, due_at - time.perf_counter()))
                self._due.append(due_at)
                self._give_out()
        else:
            self._due.extend([began] * len(self.waiting))
            self._give_out()
        async with asyncio.timeout(PATIENCE_S):
            await self.done
        return time.perf_counter() - began

    def answered(self, sender: Sender, status: int, latency_s: float) -> None:
        """Note an answer and give the connection its next request."""
        self.statuses[status] += 1
        self.latencies.append(latency_s)
        self._left -= 1
        self._idle.append(sender)
        if self._left:
            self._give_out()
        elif not self.done.done():
            self.done.set_result(None)

    def lost(self) -> None:
        """Fail, unless everything was answered before."""
        if not self.done.done():
            self.done.set_exception(ConnectionError("the server hung up"))

    def _give_out(self) -> None:
        while self._due and self._idle:
            due_at = self._due.popleft()
            # Without a rate a request is due when it is sent; with one, when it should have been.
            now = due_at if self.rate else time.perf_counter()
            self._idle.pop().send(self.waiting.popleft(), now)


def _length(head: bytes) -> int:
    name, found, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if name and found else 0


async def _run(url: str, secret: str, *numbers: str) -> None:
    count, connections, rate, channels = map(float, numbers)
    address = urlsplit(url)
    plan = Plan(deque(requests(url, secret, int(count), int(channels))), rate)
    loop = asyncio.get_running_loop()
    senders = []
    for _ in range(int(connections)):
        _, sender = await loop.create_connection(
            lambda: Sender(plan), address.hostname or "", address.port or 0
        )
        senders.append(sender)
    seconds = await plan.carry_out(senders)
    latencies = sorted(plan.latencies)
    report = {
        "seconds": seconds,
        "statuses": plan.statuses,
        "p50_ms": 1000 * latencies[len(latencies) // 2],
        "p99_ms": 1000 * latencies[int(len(latencies) * 0.99)],
    }
    print(json.dumps(report))  # noqa: T201 - the process that started us reads it


if __name__ == "__main__":
    uvloop.run(_run(*sys.argv[1:]))
