"""Starts the processes that are compared, and asks the system what they used."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.core.events import Subject
from bot.core.subscriptions import Subscription
from bot.playground.child import BotProcess, free_port
from bot.store.sqlite import SqliteStore
from tests.store.conftest import SetClock

SECRET = "benchmark-secret-of-one-run"
TEAM = "T0STANDIN1"
PROGRAMS = "tests.benchmarks.programs"
OURS = ("-m", "bot")
_STARTED_S = 20.0
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Heard:
    """What a sender of webhooks saw."""

    seconds: float
    accepted: int
    p50_ms: float
    p99_ms: float

    @property
    def per_s(self) -> float:
        """Webhooks accepted a second."""
        return self.accepted / self.seconds


async def send(
    url: str, count: int, *, connections: int = 50, per_s: float = 0, channels: int = 1
) -> Heard:
    """Send webhooks from a process of its own.

    Raises:
        RuntimeError: one of them was not accepted.
    """
    arguments = (url, SECRET, str(count), str(connections), str(per_s), str(channels))
    report = json.loads(await output("-m", "tests.benchmarks.load", *arguments))
    accepted = report["statuses"].get("200", 0)
    if accepted != count:
        raise RuntimeError(f"{url} answered {report['statuses']}")
    return Heard(report["seconds"], accepted, report["p50_ms"], report["p99_ms"])


async def output(*words: str, folder: Path = _ROOT) -> bytes:
    """Run Python to its end and return what it printed.

    Raises:
        RuntimeError: it failed.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=folder, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{' '.join(words[:2])} ended with {process.returncode}")
    return printed


@asynccontextmanager
async def program(name: str, *arguments: str, port: int = 0) -> AsyncIterator[Process]:
    """Run one of the programs, which listens on the port that is its first argument."""
    port = port or free_port()
    words = ("-m", f"{PROGRAMS}.{name}", str(port), *arguments)
    child = await asyncio.create_subprocess_exec(sys.executable, *words, cwd=_ROOT)
    try:
        await _listens(port)
        yield Process(f"http://127.0.0.1:{port}", child.pid)
    finally:
        child.terminate()
        await child.wait()


@asynccontextmanager
async def tocsin(
    folder: Path,
    slack_url: str,
    *,
    run: Sequence[str] = OURS,
    wait_for: str = "/readyz",
) -> AsyncIterator[Process]:
    """Run `tocsin serve` on `tocsin.db` in a folder; `run` may change a part of it first."""
    settings = {
        "PYTHONPATH": str(_ROOT),
        "SLACK_BOT_TOKEN": "xoxb-benchmark",
        "SLACK_SIGNING_SECRET": "0" * 32,
        "SLACK_API_URL": f"{slack_url}/api/",
        "SURFACEDBY_WEBHOOK_SECRET": SECRET,
    }
    bot = BotProcess(folder, settings, port=free_port())
    await bot.start(program=run, wait_for=wait_for)
    try:
        yield Process(bot.url, bot.pid)
    finally:
        await bot.stop()


def changed(name: str) -> Sequence[str]:
    """Return how to run our program with one part changed."""
    return ("-m", f"{PROGRAMS}.{name}")


@dataclass(frozen=True)
class Process:
    """A running server."""

    url: str
    pid: int

    @property
    def hook(self) -> str:
        """Where webhooks go."""
        return f"{self.url}/webhooks/surfacedby"

    def cpu_s(self) -> float:
        """Return the processor time it used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S

    def rss_mb(self) -> float:
        """Return the memory that it holds."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def subscribe(database: Path, channels: int) -> None:
    """Make a database in which channel C<n> follows workspace <n>."""
    store = SqliteStore(database, SetClock())
    store.open()
    for number in range(channels):
        wanted = Subscription(
            team_id=TEAM,
            channel_id=f"C{number}",
            source="surfacedby",
            subject=Subject(kind="workspace", id=f"wsp_{number}"),
        )
        await store.subscriptions.add(wanted, request_id=f"r{number}")
    await store.close()


async def drained(database: Path, *, timeout_s: float = 600) -> None:
    """Wait until a bot has routed and said everything."""
    async with asyncio.timeout(timeout_s):
        while _waiting(database):
            await asyncio.sleep(0.1)


def _waiting(database: Path) -> bool:
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=5)
    try:
        return any(connection.execute(one).fetchone() for one in (_UNROUTED, _UNSAID))
    finally:
        connection.close()


_UNROUTED = "SELECT 1 FROM events WHERE state = 'received' LIMIT 1"
_UNSAID = """
    SELECT 1 FROM notifications WHERE state IN ('pending', 'sending', 'unknown') LIMIT 1
"""


async def _listens(port: int) -> None:
    async with asyncio.timeout(_STARTED_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return
