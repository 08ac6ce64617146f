"""Who hears an event, among few subscriptions and among very many."""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median
from timeit import repeat

from bot.core.alerts import Alert
from bot.core.events import Event, Subject
from bot.core.subscriptions import Subscription, recipients
from bot.store.connection import open_reader
from bot.store.routing import candidates
from bot.store.sqlite import SqliteStore
from tests.benchmarks.processes import TEAM
from tests.benchmarks.sample import NOW
from tests.benchmarks.table import Row, at_most
from tests.store.conftest import SetClock

FEW, MANY, MANY_QUICKLY = 10, 100_000, 10_000
AT_ONCE = 500
EVENT = Event(
    source="surfacedby",
    id="e1",
    type="scan.failed",
    occurred_at=NOW,
    subjects=(Subject(kind="workspace", id="w3"), Subject(kind="domain", id="d1")),
)


async def measure(folder: Path, *, quick: bool) -> list[Row]:
    """Compare ten subscriptions with a hundred thousand; the same one matches."""
    many = MANY_QUICKLY if quick else MANY
    few_us = await _match_us(folder / "few.db", FEW)
    many_us = await _match_us(folder / "many.db", many)
    return [
        Row(
            f"matching: {many:,} subscriptions / {FEW}", many_us / few_us, "x", at_most(2),
            f"{many_us:.0f} us to {few_us:.0f} us",
        )
    ]  # fmt: skip


async def _match_us(path: Path, count: int) -> float:
    store = SqliteStore(path, SetClock())
    store.open()
    for start in range(0, count, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count))
        await asyncio.gather(*(_follow(store, number) for number in numbers))
    await store.close()
    reader = open_reader(path)
    alert = Alert(title="Scan failed")

    def match() -> int:
        return len(recipients(EVENT, alert, candidates(reader, EVENT), default=True))

    assert match() == 1
    taken = median(repeat(match, repeat=9, number=100)) / 100
    reader.close()
    return taken * 1e6


async def _follow(store: SqliteStore, number: int) -> None:
    wanted = Subscription(
        team_id=TEAM,
        channel_id=f"C{number}",
        source="surfacedby",
        subject=Subject(kind="workspace", id=f"w{number}"),
    )
    await store.subscriptions.add(wanted, request_id=f"r{number}")
