"""A flood of webhooks that prove nothing: whoever can prove its origin hardly notices."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlsplit

import pytest

from bot.playground.stage import Stage
from tests.system.scene import open_channel, scan_failed, settled
from tests.system.wire import request

FLOODERS = 4
AT_ONCE = 50
GOOD = 40
SOON_S = 0.1


async def flood(url: str, over: asyncio.Event) -> int:
    """Send unsigned webhooks over one connection until it is over; return how many."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    burst = request(address.path, {"X-SurfacedBy-Signature": "t=1,v1=00"}, b"{}") * AT_ONCE
    refused = 0
    while not over.is_set():
        writer.write(burst)
        for _ in range(AT_ONCE):
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 401")
            await reader.readuntil(b"not proven\n")
            refused += 1
    writer.close()
    await writer.wait_closed()
    return refused


@pytest.mark.exploration
async def test_a_flood_without_signatures(stage: Stage) -> None:
    """H12: at a thousand bad ones a second, the good ones are all taken, most within 100 ms."""
    await open_channel(stage, "C1", "surfacedby type:none")
    sender, over = stage.senders["surfacedby"], asyncio.Event()
    flooding = [asyncio.create_task(flood(sender.url, over)) for _ in range(FLOODERS)]
    started, took = time.monotonic(), []
    for number in range(GOOD):
        begun = time.monotonic()
        assert await sender.send(scan_failed(f"{number}.example")) == 200
        took.append(time.monotonic() - begun)
        await asyncio.sleep(0.05)
    over.set()
    refused = sum(await asyncio.gather(*flooding))
    await settled(stage)

    assert refused / (time.monotonic() - started) > 1000
    assert sorted(took)[GOOD // 2] < SOON_S
