"""A power cut leaves any part of the log: what it leaves is whole, and all that was promised."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.core.alerts import Alert
from bot.core.ports import Told
from bot.store.sqlite import SqliteStore
from tests.store.conftest import SetClock
from tests.store.making import accept, event, follow, routed, say, subscription

EVENTS = 12
LOG_HEADER_BYTES = 32
FRAME_BYTES = 24 + 4096
SEED = 8

Ask = Callable[[str], list[tuple[object, ...]]]

_WITHOUT_ALL_ITS_MESSAGES = """
    SELECT key FROM events e WHERE (state = 'routed') <> (
        SELECT COUNT(*) = 2 FROM notifications n WHERE n.event_id = e.id
    ) OR 1 = (SELECT COUNT(*) FROM notifications n WHERE n.event_id = e.id)
"""
_SENT_WITHOUT_A_TRY = """
    SELECT key FROM notifications n WHERE state = 'sent' AND NOT EXISTS (
        SELECT 1 FROM attempts a WHERE a.notification_id = n.id
    )
"""


@dataclass(frozen=True)
class Life:
    """Files of a store that was cut off; `promised` are events and the log's length then."""

    path: Path
    log: bytes
    promised: tuple[tuple[str, int], ...]


@pytest.fixture
async def life(store: SqliteStore, tmp_path: Path, clock: SetClock) -> Life:
    """Return what is on the disk after some events were taken, routed and said."""
    for channel in ("C1", "C2"):
        await follow(store, subscription(channel))
    log = tmp_path / "tocsin.db-wal"
    promised = []
    for number in range(EVENTS):
        one = event(f"e{number:02}")
        await accept(store, one)
        promised.append((one.id, log.stat().st_size))
        (stored,) = await store.inbox.claim(1)
        await routed(store, Told(stored.row, one, Alert(title=one.id), default=True))
        await say(store, f"1.{number}")
    return Life(tmp_path / "tocsin.db", log.read_bytes(), tuple(promised))


def test_any_end_of_the_log(life: Life, tmp_path: Path) -> None:
    """C8: cut at every frame and at 200 odd bytes, it is the state after some commit."""
    edges = range(LOG_HEADER_BYTES, len(life.log) + 1, FRAME_BYTES)
    odd = random.Random(SEED).sample(range(len(life.log)), 200)
    assert len(edges) > 5 * EVENTS, "the log was written back meanwhile"
    for cut in (0, *edges, *odd):
        with left(life, life.log[:cut], tmp_path) as found:
            check_whole(found)
            kept = {row[0] for row in found("SELECT key FROM events")}
            # The log was this long when the sender was told that its event is safe.
            assert {key for key, length in life.promised if length <= cut} <= kept
            assert kept == {key for key, _ in life.promised[: len(kept)]}


def test_any_flipped_byte_of_the_log(life: Life, tmp_path: Path) -> None:
    """D7: what comes after it is gone, yet what is left is the state after some commit."""
    chance = random.Random(SEED)
    for at in chance.sample(range(len(life.log)), 60):
        flipped = bytearray(life.log)
        flipped[at] ^= chance.randrange(1, 256)
        with left(life, bytes(flipped), tmp_path) as found:
            check_whole(found)


@contextmanager
def left(life: Life, log: bytes, folder: Path) -> Iterator[Ask]:
    """Open a copy of the database with this log beside it, as the next start finds it."""
    copy = folder / "left.db"
    shutil.copyfile(life.path, copy)
    (folder / "left.db-wal").write_bytes(log)
    (folder / "left.db-shm").unlink(missing_ok=True)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA synchronous = OFF")  # this copy need not last
        yield lambda question: connection.execute(question).fetchall()


def check_whole(found: Ask) -> None:
    """Assert that no commit is there by half."""
    assert [("ok",)] == found("PRAGMA integrity_check")
    if not found("SELECT 1 FROM sqlite_schema WHERE name = 'events'"):
        return
    assert [] == found("PRAGMA foreign_key_check")
    assert [] == found(_WITHOUT_ALL_ITS_MESSAGES)
    assert [] == found(_SENT_WITHOUT_A_TRY)
