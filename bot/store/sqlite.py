"""The store on SQLite: one file, one process, one writer."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bot.core.errors import ConfigError
from bot.core.ports import Clock
from bot.store.connection import BUSY_TIMEOUT_S
from bot.store.database import advice, migrate
from bot.store.errands import Errands
from bot.store.groups import Groups
from bot.store.health import ChannelHealth
from bot.store.inbox import Inbox
from bot.store.lock import FileLock
from bot.store.messages import Messages
from bot.store.monitors import Monitors
from bot.store.mutes import Mutes
from bot.store.names import Names
from bot.store.outbox import Outbox
from bot.store.pulse import Pulse
from bot.store.readers import Readers
from bot.store.requests import Requests
from bot.store.routing import Router
from bot.store.stories import Stories
from bot.store.subscriptions import Subscriptions
from bot.store.troubles import Troubles
from bot.store.week import Week
from bot.store.writer import Writer


class SqliteStore:
    """Every part of the memory, on one database file."""

    def __init__(self, path: Path, clock: Clock, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self._path = path
        self._lock = FileLock(path)
        self.writer = Writer(path, busy_timeout_s=busy_timeout_s)
        self.readers = Readers(path)
        self.pulse = Pulse(self.writer, clock)
        self.inbox = Inbox(self.writer)
        self.router = Router(self.writer, clock)
        self.groups = Groups(self.writer, clock)
        self.outbox = Outbox(self.writer, clock)
        self.subscriptions = Subscriptions(self.writer, self.readers, clock)
        self.monitors = Monitors(self.writer, self.readers, clock)
        self.requests = Requests(self.writer)
        self.errands = Errands(self.writer, self.readers)
        self.names = Names(self.writer, self.readers, clock)
        self.messages = Messages(self.writer, self.readers)
        self.mutes = Mutes(self.writer, self.readers)
        self.health = ChannelHealth(self.readers)
        self.stories = Stories(self.readers)
        self.troubles = Troubles(self.writer, self.readers, clock)
        self.week = Week(self.readers)

    def open(self) -> None:
        """Lock the file, bring it up to date and start the writer.

        Raises:
            ConfigError: the file is in use, cannot be opened, or is of a newer version.
        """
        self._lock.acquire()
        try:
            migrate(self._path)
            self.writer.start()
        except sqlite3.Error as error:
            self._lock.release()
            raise ConfigError(advice(self._path, error)) from error
        except BaseException:
            self._lock.release()
            raise

    async def close(self) -> None:
        """Finish what is being written, then let the file go."""
        await self.readers.stop()
        await self.writer.stop()
        self._lock.release()

    async def writable(self) -> None:
        """See that something can be written, durably.

        Raises:
            StoreUnavailableError: the database cannot be written now.
        """
        await self.pulse.beat()
