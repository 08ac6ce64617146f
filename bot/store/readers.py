"""Readers: a few connections of their own, so that a question never waits for a write."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from bot.core.errors import StoreUnavailableError
from bot.store.connection import open_reader

T = TypeVar("T")

READERS = 2


class Readers:
    """A small pool of threads, each with a read-only connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._own = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._stopped = False
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="tocsin-reader")

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work(connection)` in a reader's thread.

        Raises:
            StoreUnavailableError: the database cannot be read.
        """
        if self._stopped:
            raise StoreUnavailableError("the database is closed")
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._run, work)

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return work(self._connection())
        except sqlite3.Error as error:
            raise StoreUnavailableError(f"the database cannot be read: {error}") from error

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = open_reader(self._path)
            self._opened.append(connection)
        return connection

    async def stop(self) -> None:
        """Close every connection."""
        self._stopped = True
        await asyncio.to_thread(self._pool.shutdown)
        for connection in self._opened:
            connection.close()
        self._opened.clear()
