"""An eye on the write-ahead log, which grows for as long as somebody reads one moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import structlog

from bot.store.connection import LOG_LIMIT_BYTES

log: Any = structlog.get_logger(__name__)


class LogWatch:
    """Warns when the log of a database is too long, and again each time it has doubled."""

    def __init__(self, database: Path, *, limit_bytes: int = LOG_LIMIT_BYTES) -> None:
        self._log = database.with_name(database.name + "-wal")
        self._limit_bytes = limit_bytes
        self._next_bytes = limit_bytes

    def size_bytes(self) -> int:
        """Return the length of the log now; 0 if there is none."""
        try:
            return self._log.stat().st_size
        except OSError:
            return 0

    def look(self) -> None:
        """Warn if it is time to."""
        size = self.size_bytes()
        if size <= self._limit_bytes:
            self._next_bytes = self._limit_bytes
        elif size > self._next_bytes:
            self._next_bytes = 2 * size
            log.warning("the database's log grows: some program reads and does not end", bytes=size)
