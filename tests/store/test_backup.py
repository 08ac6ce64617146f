"""A copy made while the bot writes is a whole database of one moment."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from bot.core.errors import ConfigError
from bot.core.reasons import Reason
from bot.store.backup import backup
from bot.store.sqlite import SqliteStore
from tests.store.conftest import SetClock
from tests.store.making import accept, event, follow, route, rows, subscription


async def test_a_copy_while_writing_has_all_that_was_acknowledged(
    store: SqliteStore, tmp_path: Path, clock: SetClock
) -> None:
    """D14: it opens as a database, ends between two commits, and lacks nothing from before."""
    await follow(store, subscription())
    for number in range(150):
        await accept(store, event(f"before{number}"), body=bytes(20_000))
    goes_on = asyncio.Event()

    async def write() -> None:
        number = 0
        while not goes_on.is_set():
            await route(store, event(f"during{number}"))
            number += 1

    for one in await store.inbox.claim(1000):
        await store.inbox.bury(one.row, Reason.POISON, "")
    writing = asyncio.create_task(write())
    copy = tmp_path / "copy.db"
    await asyncio.to_thread(backup, tmp_path / "tocsin.db", copy)
    goes_on.set()
    await writing

    again = SqliteStore(copy, clock)
    again.open()
    found = {row["key"] for row in await rows(again, "SELECT key FROM events")}
    assert {f"before{number}" for number in range(150)} <= found
    routed = await rows(again, "SELECT COUNT(*) AS n FROM events WHERE state = 'routed'")
    assert routed == await rows(again, "SELECT COUNT(*) AS n FROM notifications")
    assert [{"integrity_check": "ok"}] == await rows(again, "PRAGMA integrity_check")
    await again.close()


async def test_a_copy_is_one_file_for_its_owner(store: SqliteStore, tmp_path: Path) -> None:
    """Nobody else can read it, and nothing is left beside it."""
    await accept(store, event())
    folder = tmp_path / "backups"
    folder.mkdir()
    backup(tmp_path / "tocsin.db", folder / "copy.db")

    assert [folder / "copy.db"] == list(folder.iterdir())
    assert 0o600 == stat.S_IMODE((folder / "copy.db").stat().st_mode)
    # Opened as it stands, as by somebody who knows nothing of a log.
    with closing(sqlite3.connect(folder / "copy.db")) as opened:
        assert [("e1",)] == opened.execute("SELECT key FROM events").fetchall()


async def test_an_older_copy_is_replaced(store: SqliteStore, tmp_path: Path) -> None:
    """The newer one takes its place whole."""
    copy = tmp_path / "copy.db"
    copy.write_bytes(b"an older one")
    backup(tmp_path / "tocsin.db", copy)

    assert copy.read_bytes().startswith(b"SQLite format 3\x00")


@pytest.mark.parametrize("name", ["tocsin.db", "tocsin.db-wal", "./tocsin.db.lock"])
async def test_the_database_itself_is_not_written_over(
    store: SqliteStore, tmp_path: Path, name: str
) -> None:
    """Naming the database or its log as the target costs a sentence and not the data."""
    before = (tmp_path / "tocsin.db").read_bytes()
    with pytest.raises(ConfigError, match="belongs to the database"):
        backup(tmp_path / "tocsin.db", tmp_path / name)

    assert before == (tmp_path / "tocsin.db").read_bytes()


async def test_a_target_with_a_log_of_its_own_is_refused(
    store: SqliteStore, tmp_path: Path
) -> None:
    """That log would be taken for the log of the copy."""
    (tmp_path / "other.db-wal").write_bytes(b"a log")
    with pytest.raises(ConfigError, match="somebody uses"):
        backup(tmp_path / "tocsin.db", tmp_path / "other.db")


@pytest.mark.parametrize("content", [None, b"Dear diary, " * 500])
def test_what_cannot_be_copied_leaves_nothing(tmp_path: Path, content: bytes | None) -> None:
    """A missing or broken database is named, and the older copy stays as it was."""
    path, folder = tmp_path / "tocsin.db", tmp_path / "backups"
    folder.mkdir()
    if content is not None:
        path.write_bytes(content)
    (folder / "copy.db").write_bytes(b"an older one")
    with pytest.raises(ConfigError, match=r"tocsin\.db cannot be copied"):
        backup(path, folder / "copy.db")

    assert {"copy.db": b"an older one"} == {one.name: one.read_bytes() for one in folder.iterdir()}
