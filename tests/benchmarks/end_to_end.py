"""From the first webhook to the last message in Slack.

Slack answers after 0.12 s, as the real one does; if it answered at once, its stand-in on the
same processors would be what is measured. There are many channels, so that the one message a
second that Slack takes in each, which `unpaced` leaves out for us, would hold up neither bot.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
from time import time
from urllib.request import urlopen

from tests.benchmarks.processes import (
    SECRET,
    Process,
    changed,
    drained,
    program,
    send,
    subscribe,
    tocsin,
)
from tests.benchmarks.table import Row, at_least

CHANNELS = 400
CONNECTIONS = 50
SLACK_ANSWERS_S = 0.12


async def measure(folder: Path, *, quick: bool) -> list[Row]:
    """Compare with a bot that posts first and answers then, and keeps nothing."""
    rounds, count = (3, 1_000) if quick else (5, 3_000)
    speeds: dict[str, list[float]] = {"ours": [], "inline": []}
    await subscribe(folder / "tocsin.db", CHANNELS)
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(program("quick_slack", str(SLACK_ANSWERS_S)))
        inline = await stack.enter_async_context(program("inline_bot", slack.url, SECRET))
        ours = tocsin(folder, slack.url, run=changed("unpaced"))
        servers = {"ours": await stack.enter_async_context(ours), "inline": inline}
        for server in servers.values():
            await _per_s(server, slack, 200)
        for _ in range(rounds):
            for name, server in servers.items():
                speeds[name].append(await _per_s(server, slack, count))
                await drained(folder / "tocsin.db")
    ours_per_s, inline_per_s = median(speeds["ours"]), median(speeds["inline"])
    return [
        Row(
            "end to end / a bot that posts inline", ours_per_s / inline_per_s, "x",
            at_least(1.5), f"{ours_per_s:,.0f}/s to {inline_per_s:,.0f}/s",
        )
    ]  # fmt: skip


async def _per_s(server: Process, slack: Process, count: int) -> float:
    """Return events a second, from the first webhook sent to the last message posted."""
    already = await _posted(slack)
    heard = await send(server.hook, count, connections=CONNECTIONS, channels=CHANNELS)
    began_at = time() - heard.seconds
    async with asyncio.timeout(300):
        while (await _posted(slack))[0] < already[0] + count:
            await asyncio.sleep(0.02)
    return count / ((await _posted(slack))[1] - began_at)


async def _posted(slack: Process) -> tuple[int, float]:
    """Return how many messages there are, and when the last came."""
    posted = await asyncio.to_thread(lambda: json.load(urlopen(f"{slack.url}/posts")))  # noqa: S310 - loopback
    return posted[0], posted[2]
