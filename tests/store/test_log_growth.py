"""A reader that never ends lets the log grow: that is said, and undone when it ends."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from structlog.testing import capture_logs

from bot.store.connection import LOG_LIMIT_BYTES, open_reader, open_writer
from bot.store.log_watch import LogWatch
from bot.store.writer import COMMITS_A_LOOK, Writer

_MEBIBYTE = 1024 * 1024


async def test_a_reader_that_never_ends(tmp_path: Path) -> None:
    """D9: writing goes on, a warning names the cause, and afterwards the log is cut back."""
    path = tmp_path / "some.db"
    with closing(open_writer(path)) as connection:
        connection.execute("CREATE TABLE t (value BLOB) STRICT")
    writer = Writer(path)
    writer.start()

    def overwrite(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM t")
        connection.execute("INSERT INTO t VALUES (zeroblob(?))", (8 * _MEBIBYTE,))

    with closing(open_reader(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM t").fetchone()
        with capture_logs() as said:
            while writer.log_watch.size_bytes() < LOG_LIMIT_BYTES + 16 * _MEBIBYTE:
                await writer.run(overwrite)
            for _ in range(COMMITS_A_LOOK):  # a busy writer does not look after each
                await writer.run(lambda connection: connection.execute("SELECT 1"))
        assert [("warning", True)] == [
            (one["log_level"], "does not end" in one["event"]) for one in said
        ]
    for _ in range(3):
        await writer.run(overwrite)
    grown = writer.log_watch.size_bytes()
    await writer.stop()

    assert grown <= LOG_LIMIT_BYTES


def test_when_a_long_log_is_mentioned(tmp_path: Path) -> None:
    """Once above the limit, then each time it has doubled, and anew after it was short."""
    log = tmp_path / "some.db-wal"
    watch = LogWatch(tmp_path / "some.db", limit_bytes=100)
    mentioned = []
    for size in (0, 100, 101, 150, 202, 203, 500, 90, 101):
        log.write_bytes(bytes(size))
        with capture_logs() as said:
            watch.look()
        mentioned.extend([size] * len(said))

    assert [101, 203, 500, 101] == mentioned
