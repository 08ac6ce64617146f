"""A storm of webhooks while Slack is down; then it comes back."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from pathlib import Path
from urllib.request import urlopen

from bot.playground.child import free_port
from tests.benchmarks.processes import changed, drained, program, send, subscribe, tocsin
from tests.benchmarks.table import Row, exactly

WEBHOOKS, WEBHOOKS_QUICKLY = 20_000, 2_000
CHANNELS = 20
_SITE = re.compile(rb"site-(\d+)\.example")


async def measure(folder: Path, *, quick: bool) -> list[Row]:
    """Send all, let Slack come back, and see that each was said once and in order."""
    count = WEBHOOKS_QUICKLY if quick else WEBHOOKS
    port = free_port()
    slack_url = f"http://127.0.0.1:{port}"
    await subscribe(folder / "tocsin.db", CHANNELS)
    run = changed("unpaced")
    async with tocsin(folder, slack_url, run=run, wait_for="/healthz") as bot:
        heard = await send(bot.hook, count, channels=CHANNELS)
        async with program("quick_slack", port=port) as slack:
            await drained(folder / "tocsin.db")
            posted = await asyncio.to_thread(lambda: json.load(urlopen(f"{slack.url}/posts")))  # noqa: S310 - loopback
        memory = bot.rss_mb()
    times, first_at, last_at, said = posted
    in_order = sum(said.get(channel) == sites for channel, sites in stored(folder).items())
    return [
        Row("storm: webhooks accepted while Slack is down", heard.per_s, "/s", None,
            f"{count:,}, p99 {heard.p99_ms:.0f} ms, then {memory:.0f} MB"),
        Row("storm: messages to each webhook", times / count, "x", exactly(1), f"{times:,}"),
        Row("storm: channels with everything in order", in_order, "", exactly(CHANNELS),
            f"said at {count / (last_at - first_at):,.0f}/s, without Slack's limits"),
    ]  # fmt: skip


def stored(folder: Path) -> dict[str, list[int]]:
    """Return the sites of every channel in the order in which they were accepted."""
    connection = sqlite3.connect(folder / "tocsin.db")
    found: dict[str, list[int]] = {}
    for (raw,) in connection.execute("SELECT raw FROM bodies ORDER BY id"):
        site = _SITE.search(raw)
        assert site
        number = int(site[1])
        found.setdefault(f"C{number % CHANNELS}", []).append(number)
    connection.close()
    return found
