"""Watching what arrives: each body once, whole, and nothing of what was there before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.core.errors import ConfigError
from bot.store.captures import arrivals
from bot.store.connection import open_writer
from bot.store.database import migrate

_ADD = """
    INSERT INTO bodies (source, raw, digest, headers, proof, received_at)
    VALUES (?, ?, '', '', '', 0)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a database that is up to date and holds nothing."""
    made = tmp_path / "tocsin.db"
    migrate(made)
    return made


def store(path: Path, source: str, *bodies: bytes | None) -> None:
    """Store bodies in one transaction."""
    with closing(open_writer(path)) as connection:
        connection.execute("BEGIN")
        connection.executemany(_ADD, [(source, raw) for raw in bodies])
        connection.execute("COMMIT")


def test_bodies_come_once_and_in_order(path: Path) -> None:
    """However few are asked for at a time, and though nothing changes in between."""
    store(path, "deck", b"before")
    with arrivals(path, "deck") as arrived:
        assert arrived.more(9) == []
        store(path, "deck", b"1", b"2", b"3")

        assert [arrived.more(2), arrived.more(2), arrived.more(2)] == [[b"1", b"2"], [b"3"], []]
        store(path, "deck", b"4")
        assert arrived.more(2) == [b"4"]


def test_other_sources_and_emptied_bodies_are_passed_over(path: Path) -> None:
    """A body that was deleted when it was old is no body any more."""
    with arrivals(path, "deck") as arrived:
        store(path, "lytics", b"theirs")
        store(path, "deck", None, b"ours")

        assert arrived.more(9) == [b"ours"]


def test_nothing_is_held_up(path: Path) -> None:
    """While somebody watches, the log can be cut back to nothing and the file written."""
    with arrivals(path, "deck") as arrived:
        store(path, "deck", b"1")
        assert arrived.more(9) == [b"1"]
        with closing(open_writer(path)) as connection:
            (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    assert busy == 0


def test_a_database_that_goes_bad_is_told(path: Path) -> None:
    """As one sentence, and not as an error of SQLite."""
    with arrivals(path, "deck") as arrived:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("ALTER TABLE bodies RENAME TO gone")

        with pytest.raises(ConfigError, match="cannot be read"):
            arrived.more(1)
