"""What an idle bot holds."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.benchmarks.processes import output, program, send, tocsin
from tests.benchmarks.table import Row, at_most

LIBRARIES = "import aiohttp, slack_bolt.async_app, slack_sdk.web.async_client"
RESIDENT = """
import os
pages = int(open("/proc/self/statm").read().split()[1])
print(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
"""
LOADED = 20_000


async def measure(folder: Path, *, quick: bool) -> list[Row]:
    """Give megabytes, beside those of the libraries that a Slack bot cannot do without."""
    libraries = float(await output("-c", f"{LIBRARIES}\n{RESIDENT}"))
    async with program("quick_slack") as slack, tocsin(folder, slack.url) as bot:
        await asyncio.sleep(2)
        idle = bot.rss_mb()
        await send(bot.hook, 2_000 if quick else LOADED)
        await asyncio.sleep(1)
        after = bot.rss_mb()
    beside = f"Bolt, aiohttp and the SDK alone: {libraries:.0f} MB; after a load {after:.0f} MB"
    return [Row("memory, idle with everything loaded", idle, "MB", at_most(110), beside)]
