"""A sign of life in the database, which shows whether it can really be written."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from bot.core.ports import Clock
from bot.store.times import seconds
from bot.store.writer import Writer

EVERY = timedelta(seconds=10)

_BEAT = """
    INSERT INTO pulse (id, at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at
"""


class Pulse:
    """Writes one row over and over.

    A transaction that changes nothing writes no page, so that it succeeds on a full disk.
    This one does not, and is seldom enough to be asked for all the time.
    """

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock
        self._beat_at: datetime | None = None

    async def beat(self) -> None:
        """Write the row, or a little after that only ask for the lock.

        Raises:
            StoreUnavailableError: the database cannot be written now.
        """
        now = self._clock()
        if self._beat_at is not None and abs(now - self._beat_at) < EVERY:
            await self._writer.run(_touch)
            return
        self._beat_at = None
        await self._writer.run(lambda connection: connection.execute(_BEAT, (seconds(now),)))
        self._beat_at = now


def _touch(connection: sqlite3.Connection) -> None:
    connection.execute("SELECT 1")
