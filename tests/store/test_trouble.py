"""Trouble with the file: refused clearly, nothing half written, and well again afterwards."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.core.errors import StoreUnavailableError
from bot.store.sqlite import SqliteStore
from tests.store.conftest import SetClock
from tests.store.making import (
    LANE,
    NOW,
    accept,
    claim,
    draft,
    event,
    follow,
    route,
    rows,
    subscription,
)  # fmt: skip


@pytest.fixture
async def hasty(tmp_path: Path, clock: SetClock) -> SqliteStore:
    """Return an open store that waits a tenth of a second for a lock."""
    store = SqliteStore(tmp_path / "tocsin.db", clock, busy_timeout_s=0.1)
    store.open()
    return store


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a database, as another program would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_a_lock_held_too_long_is_said(hasty: SqliteStore, tmp_path: Path) -> None:
    """D1: every write says so, reading goes on, and nothing is lost when the lock is gone."""
    await follow(hasty, subscription())
    await route(hasty, event("before"))
    claimed = await claim(hasty)
    with locked(tmp_path / "tocsin.db"):
        for write in (
            accept(hasty, event("e1")),
            hasty.inbox.claim(1),
            hasty.outbox.sent(claimed, "1.0"),
            hasty.writable(),
        ):
            with pytest.raises(StoreUnavailableError):
                await write
        assert 1 == len(await hasty.subscriptions.list("T1"))
        # Its claim came before the lock, so the next start finds it.
        assert [{"state": "sending"}] == await rows(hasty, "SELECT state FROM notifications")

    await accept(hasty, event("e1"))
    assert await hasty.outbox.sent(claimed, "1.0")
    assert ["e1"] == [one.key for one in await hasty.inbox.claim(10)]
    await hasty.close()


async def test_a_lock_held_shortly_costs_only_time(hasty: SqliteStore, tmp_path: Path) -> None:
    """A webhook that meets a backup's lock is stored a moment later."""
    with locked(tmp_path / "tocsin.db"):
        waiting = asyncio.create_task(accept(hasty, event("e1")))
        await asyncio.sleep(0.02)
    accepted = await waiting

    assert 1 == accepted.new
    await hasty.close()


async def test_a_broken_file_is_said_as_unavailable(store: SqliteStore) -> None:
    """A damaged page is the database's trouble and no bug of the caller: the sender retries."""

    def damaged(_: sqlite3.Connection) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    with pytest.raises(StoreUnavailableError, match="malformed"):
        await store.writer.run(damaged)


async def test_what_comes_while_closing_is_refused(store: SqliteStore) -> None:
    """A webhook that arrives during the shutdown gets an answer and does not hang."""
    closing_now = asyncio.create_task(store.close())
    await asyncio.sleep(0)
    late = [asyncio.create_task(accept(store, event(f"e{n}"))) for n in range(3)]
    await closing_now
    outcomes = await asyncio.wait_for(asyncio.gather(*late, return_exceptions=True), 5)

    assert all(
        isinstance(one, StoreUnavailableError) or one.new == 1  # type: ignore[union-attr]
        for one in outcomes
    )
    with pytest.raises(StoreUnavailableError):
        await store.subscriptions.list("T1")


async def test_a_crash_between_commits_leaves_whole_states(tmp_path: Path, clock: SetClock) -> None:
    """C8: the file of any moment, copied with its log, opens as it was at a commit."""
    path = tmp_path / "tocsin.db"
    store = SqliteStore(path, clock)
    store.open()
    await follow(store, subscription())
    for number in range(4):
        await route(store, event(f"e{number}"))
    await store.outbox.sent(await claim(store), "1.0")
    log = Path(f"{path}-wal").read_bytes()
    for cut in (len(log), len(log) * 2 // 3, len(log) // 3, len(log) // 2 + 7):
        copy = tmp_path / f"cut{cut}.db"
        copy.write_bytes(path.read_bytes())
        Path(f"{copy}-wal").write_bytes(log[:cut])
        again = SqliteStore(copy, clock)
        again.open()
        routed = await rows(again, "SELECT COUNT(*) AS n FROM events WHERE state = 'routed'")
        owed = await rows(again, "SELECT COUNT(*) AS n FROM notifications")
        sound = await rows(again, "PRAGMA integrity_check")
        assert (owed, [{"integrity_check": "ok"}]) == (routed, sound)
        await again.close()
    await store.close()


async def test_a_draft_that_fails_leaves_nothing_of_its_batch(store: SqliteStore) -> None:
    """Commit 2 is whole or not at all: one impossible row takes its transaction back."""
    good = draft("k1")
    impossible = draft("k2", channel="C\ud800")
    with pytest.raises(UnicodeEncodeError):
        await store.outbox.enqueue([good, impossible])

    assert await store.outbox.claim(LANE, NOW) is None
