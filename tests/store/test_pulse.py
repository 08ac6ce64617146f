"""The sign of life: whether a page can really be written, asked for all the time."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.core.errors import StoreUnavailableError
from bot.store.pulse import EVERY
from bot.store.sqlite import SqliteStore
from tests.store.conftest import SetClock
from tests.store.making import rows

EVERY_S = EVERY.total_seconds()


@pytest.fixture
async def hasty(tmp_path: Path, clock: SetClock) -> AsyncIterator[SqliteStore]:
    """Yield a store that waits for no lock."""
    store = SqliteStore(tmp_path / "tocsin.db", clock, busy_timeout_s=0.01)
    store.open()
    yield store
    await store.close()


async def beats(store: SqliteStore) -> list[float]:
    """Return the times that are written down."""
    return [row["at"] for row in await rows(store, "SELECT at FROM pulse")]


async def test_a_page_is_written_now_and_then(store: SqliteStore, clock: SetClock) -> None:
    """The first time, and after ten seconds; between them the disk is left alone."""
    seen = []
    for pause_s in (0, 0, EVERY_S - 1, 1, 1):
        clock.forward(pause_s)
        await store.writable()
        (at,) = await beats(store)
        seen.append(clock().timestamp() - at)

    assert [0, 0, EVERY_S - 1, 0, 1] == seen


async def test_it_is_written_when_the_clock_was_set_back(
    store: SqliteStore, clock: SetClock
) -> None:
    """An hour that comes again is no hour without a sign of life."""
    await store.writable()
    clock.forward(-3600)
    await store.writable()

    assert [clock().timestamp()] == await beats(store)


async def test_after_trouble_it_is_written_at_once(
    hasty: SqliteStore, clock: SetClock, tmp_path: Path
) -> None:
    """Between two beats a lock is noticed too, and what failed was not the last beat."""
    await hasty.writable()
    with closing(sqlite3.connect(tmp_path / "tocsin.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for pause_s in (1, EVERY_S):
            clock.forward(pause_s)
            with pytest.raises(StoreUnavailableError):
                await hasty.writable()
        other.execute("ROLLBACK")
    clock.forward(1)
    await hasty.writable()

    assert [clock().timestamp()] == await beats(hasty)
