"""The raw bodies of a source as they arrive, watched from beside a bot that runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.core.errors import ConfigError
from bot.store.connection import open_reader

_LAST = "SELECT COALESCE(MAX(id), 0) FROM bodies"
_SINCE = """
    SELECT id, raw FROM bodies
    WHERE id > ? AND source = ? AND raw IS NOT NULL ORDER BY id LIMIT ?
"""


class Arrivals:
    """What arrived of a source since this was made; each body is returned once.

    Nothing is written and no transaction stays open, so the bot is not held up. While
    nothing changes, asking costs one look at the shared memory and no query.
    """

    def __init__(self, connection: sqlite3.Connection, source: str) -> None:
        self._connection = connection
        self._source = source
        self._version = self._number("PRAGMA data_version")
        self._seen = self._number(_LAST)

    def more(self, most: int) -> list[bytes]:
        """Return the next bodies, oldest first, at most so many; empty while there are none.

        Raises:
            ConfigError: the database cannot be read.
        """
        with _told():
            version = self._number("PRAGMA data_version")
            if version == self._version:
                return []
            found = self._connection.execute(_SINCE, (self._seen, self._source, most)).fetchall()
        if len(found) < most:
            # Only now has everything been seen that this version of the database holds.
            self._version = version
        if found:
            self._seen = found[-1]["id"]
        return [bytes(row["raw"]) for row in found]

    def _number(self, statement: str) -> int:
        number: int = self._connection.execute(statement).fetchone()[0]
        return number


@contextmanager
def arrivals(path: Path, source: str) -> Iterator[Arrivals]:
    """Watch what arrives of a source from now on.

    Raises:
        ConfigError: there is no database, or it cannot be read.
    """
    if not path.exists():
        raise ConfigError(
            f"There is no database {path} yet: `tocsin serve` makes it, "
            "or TOCSIN_DATABASE names another file."
        )
    with _told(path):
        connection = open_reader(path)
    with closing(connection):
        with _told(path):
            watched = Arrivals(connection, source)
        yield watched


@contextmanager
def _told(path: Path | None = None) -> Iterator[None]:
    """Tell an error of SQLite as one of the configuration."""
    try:
        yield
    except sqlite3.Error as error:
        named = f" {path}" if path else ""
        raise ConfigError(f"The database{named} cannot be read: {error}.") from error
