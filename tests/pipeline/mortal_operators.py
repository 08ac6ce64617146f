"""Runs the operators' loop on a database and dies at the Nth edge of a transaction.

Arguments: the database, and N (0: do not die). What happens inside a transaction is undone
by the end of the process wherever that comes, so the edges are all the places there are.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.store import writer
from bot.store.connection import open_writer
from bot.store.sqlite import SqliteStore
from tests.pipeline.troubles import Office


def _mortal(connection: sqlite3.Connection, deadline: int) -> sqlite3.Connection:
    """Return a connection whose Nth BEGIN or COMMIT is never run."""
    left = deadline

    def count(statement: str) -> None:
        nonlocal left
        if statement.lstrip().startswith(("BEGIN", "COMMIT")):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    connection.set_trace_callback(count)
    return connection


async def _main(path: Path, deadline: int) -> None:
    store = SqliteStore(path, lambda: datetime(2026, 11, 20, 9, tzinfo=UTC))
    if deadline:
        real = open_writer
        named = {"open_writer": lambda *args, **more: _mortal(real(*args, **more), deadline)}
        vars(writer).update(named)
    store.open()
    await Office(store).work()
    await store.close()


asyncio.run(_main(Path(sys.argv[1]), int(sys.argv[2])))
