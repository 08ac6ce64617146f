"""Webhooks a second that are durable before they are answered."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median

from tests.benchmarks.processes import Heard, Process, changed, drained, program, send, tocsin
from tests.benchmarks.table import Row, at_least

CONNECTIONS = 50
DATABASE = "tocsin.db"


async def measure(folder: Path, *, quick: bool) -> list[Row]:
    """Compare with a server that does nothing, and with a commit for each request."""
    rounds, count = (3, 2_000) if quick else (7, 5_000)
    heard: dict[str, list[Heard]] = {"ours": [], "bare": [], "least": [], "one": []}
    cpu_us: dict[str, list[float]] = {"ours": [], "bare": [], "least": [], "one": []}
    async with AsyncExitStack() as stack:
        servers = await _start(stack, folder)
        for name, server in servers.items():  # everything is imported and every cache warm
            await _round(server, folder / name, 500)
        for _ in range(rounds):
            for name, server in servers.items():
                before = server.cpu_s()
                heard[name].append(await _round(server, folder / name, count))
                cpu_us[name].append((server.cpu_s() - before) * 1e6 / count)
    speed = {name: median(one.per_s for one in each) for name, each in heard.items()}
    cost = {name: median(each) for name, each in cpu_us.items()}
    return [
        Row(
            f"durable ingest, {CONNECTIONS} connections / bare uvicorn",
            speed["ours"] / speed["bare"], "x", at_least(0.35),
            f"{speed['ours']:,.0f}/s to {speed['bare']:,.0f}/s",
        ),
        Row(
            "durable ingest / the least that is durable",
            speed["ours"] / speed["least"], "x", None,
            f"storing the body alone {speed['least']:,.0f}/s, "
            f"{speed['least'] / speed['bare']:.2f} of a bare uvicorn",
        ),
        Row(
            "durable ingest / one commit per request",
            speed["ours"] / speed["one"], "x", at_least(2),
            f"{speed['ours']:,.0f}/s to {speed['one']:,.0f}/s",
        ),
        Row(
            "processor time of a webhook, routed, / bare uvicorn",
            cost["ours"] / cost["bare"], "x", None,
            f"{cost['ours']:.0f} us to {cost['bare']:.0f} us; least {cost['least']:.0f} us, "
            f"one per commit {cost['one']:.0f} us",
        ),
        await _rows_per_fsync(folder / "counted", count),
    ]  # fmt: skip


async def _start(stack: AsyncExitStack, folder: Path) -> dict[str, Process]:
    slack = await stack.enter_async_context(program("quick_slack"))
    bare = await stack.enter_async_context(program("bare"))
    servers = {"bare": bare, "least": await stack.enter_async_context(program("durable"))}
    for name, run in (("ours", ("-m", "bot")), ("one", changed("one_commit"))):
        (folder / name).mkdir()
        server = tocsin(folder / name, slack.url, run=run)
        servers[name] = await stack.enter_async_context(server)
    return servers


async def _round(server: Process, folder: Path, count: int) -> Heard:
    """Send, and wait until what was sent burdens the next server no more."""
    heard = await send(server.hook, count, connections=CONNECTIONS)
    if folder.exists():
        await drained(folder / DATABASE)
    return heard


async def _rows_per_fsync(folder: Path, count: int) -> Row:
    folder.mkdir()
    async with (
        program("quick_slack") as slack,
        tocsin(folder, slack.url, run=changed("counting")) as server,
    ):
        await send(server.hook, count, connections=CONNECTIONS)
    found = re.search(r"counted (\d+) (\d+)", (folder / "bot.log").read_text())
    if found is None:
        raise RuntimeError("nothing was counted")
    rows, commits = map(int, found.groups())
    return Row(
        "webhooks per fsync there", rows / commits, "", at_least(20),
        f"{rows:,} in {commits:,} commits",
    )  # fmt: skip
