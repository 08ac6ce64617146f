"""How long a sender waits for its 2xx while messages are delivered."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median

from tests.benchmarks.processes import Heard, changed, program, send, subscribe, tocsin
from tests.benchmarks.table import Row, at_most

RATE_PER_S = 200
CHANNELS = 20


async def measure(folder: Path, *, quick: bool) -> list[Row]:
    """Compare with the same server that answers before anything is stored."""
    rounds, seconds = (3, 4) if quick else (7, 8)
    heard: dict[str, list[Heard]] = {"ours": [], "without": []}
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(program("quick_slack"))
        servers = {}
        for name, run in (("ours", ("-m", "bot")), ("without", changed("no_database"))):
            (folder / name).mkdir()
            await subscribe(folder / name / "tocsin.db", CHANNELS)
            bot = tocsin(folder / name, slack.url, run=run)
            servers[name] = await stack.enter_async_context(bot)
            await send(servers[name].hook, 100, channels=CHANNELS)
        for _ in range(rounds):
            for name, server in servers.items():
                count = RATE_PER_S * seconds
                one = await send(server.hook, count, per_s=RATE_PER_S, channels=CHANNELS)
                heard[name].append(one)
    p99 = {name: median(one.p99_ms for one in each) for name, each in heard.items()}
    p50 = {name: median(one.p50_ms for one in each) for name, each in heard.items()}
    return [
        Row(
            f"acknowledge p99 at {RATE_PER_S}/s, delivering / no database",
            p99["ours"] / p99["without"], "x", at_most(2),
            f"{p99['ours']:.1f} ms to {p99['without']:.1f} ms",
        ),
        Row(
            "acknowledge median there / no database",
            p50["ours"] / p50["without"], "x", None,
            f"{p50['ours']:.1f} ms to {p50['without']:.1f} ms",
        ),
    ]  # fmt: skip
