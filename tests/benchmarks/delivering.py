"""What a delivery costs: claim, render, post, settle."""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median

from bot.core.notifications import Draft
from bot.store.sqlite import SqliteStore
from tests.benchmarks.processes import TEAM, changed, drained, output, program, tocsin
from tests.benchmarks.sample import notification
from tests.benchmarks.table import Row, at_most
from tests.store.conftest import SetClock

CHANNELS = 20


async def measure(folder: Path, *, quick: bool) -> list[Row]:
    """Compare with the SDK's call alone; what starting costs is taken off."""
    rounds, count = (3, 1_000) if quick else (5, 4_000)
    ours, bare = [], []
    async with program("quick_slack") as slack:
        for number in range(rounds):
            idle_s = await _cpu_s(folder / f"idle{number}", slack.url, 0)
            busy_s = await _cpu_s(folder / f"busy{number}", slack.url, count)
            ours.append((busy_s - idle_s) / count)
            words = ("-m", "tests.benchmarks.programs.bare_posts", slack.url)
            bare.append(float(await output(*words, str(count), str(CHANNELS))) / count)
    ours_us, bare_us = median(ours) * 1e6, median(bare) * 1e6
    return [
        Row(
            "processor time of a delivery / bare chat_postMessage", ours_us / bare_us, "x",
            at_most(2), f"{ours_us:,.0f} us to {bare_us:,.0f} us",
        )
    ]  # fmt: skip


async def _cpu_s(folder: Path, slack_url: str, count: int) -> float:
    """Return the processor seconds of a bot that starts, says `count` things and is idle."""
    folder.mkdir()
    database = folder / "tocsin.db"
    store = SqliteStore(database, SetClock())
    store.open()
    alert = notification().alert
    await store.outbox.enqueue(
        [
            Draft(team_id=TEAM, channel_id=f"C{one % CHANNELS}", key=f"k{one}", alert=alert)
            for one in range(count)
        ]
    )
    await store.close()
    async with tocsin(folder, slack_url, run=changed("unpaced")) as bot:
        await drained(database)
        await asyncio.sleep(1)
        return bot.cpu_s()
