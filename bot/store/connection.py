"""Connections: how we open SQLite, and what we promise while it is open."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

BUSY_TIMEOUT_S = 2.0
"""Below the five seconds in which the strictest sender wants its answer."""

LOG_LIMIT_BYTES = 64 * 1024 * 1024
"""To this length the write-ahead log is cut back when nobody needs the rest any more."""

_TURN_S = 0.01

_PRAGMAS = (
    # FULL: the write-ahead log is on the disk before a commit returns, so before any 2xx.
    "PRAGMA synchronous = FULL",
    f"PRAGMA journal_size_limit = {LOG_LIMIT_BYTES}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    # What was deleted, such as a response URL, is overwritten and not only unlinked.
    "PRAGMA secure_delete = FAST",
)


def open_writer(path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> sqlite3.Connection:
    """Open the connection that writes. Transactions are ours to begin.

    Raises:
        sqlite3.Error: the file cannot be opened or is no database.
    """
    connection = sqlite3.connect(
        path, timeout=busy_timeout_s, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    try:
        _use_log(connection, busy_timeout_s)
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _use_log(connection: sqlite3.Connection, patience_s: float) -> None:
    """Turn on the write-ahead log; among several that do so at once, wait for a turn."""
    end = time.monotonic() + patience_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # For this one change SQLite does not wait by itself, whatever its timeout.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(_TURN_S)
        else:
            return


def open_reader(path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> sqlite3.Connection:
    """Open a connection that can only read.

    Raises:
        sqlite3.Error: the file does not exist or is no database.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(
        uri, uri=True, timeout=busy_timeout_s, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA query_only = ON")
    return connection
