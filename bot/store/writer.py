"""The one writer: it takes everything waiting and commits once."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from bot.core.errors import StoreUnavailableError
from bot.store.connection import BUSY_TIMEOUT_S, open_writer
from bot.store.log_watch import LogWatch

T = TypeVar("T")
Item = TypeVar("Item")
Work = Callable[[sqlite3.Connection], T]
JointWork = Callable[[sqlite3.Connection, Sequence[Item]], Sequence[T]]

MOST_JOBS_A_COMMIT = 512

_OWN_MISTAKES = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError)


@dataclass(slots=True)
class _Job(Generic[T]):
    work: JointWork[Any, T]
    item: Any
    done: asyncio.Future[T]
    result: T | None = None
    error: BaseException | None = None

    def settle(self) -> None:
        if self.done.cancelled():
            return
        if self.error is not None:
            self.done.set_exception(self.error)
        else:
            self.done.set_result(self.result)  # type: ignore[arg-type]


class Writer:
    """A thread with the only writing connection, and a queue in front of it.

    There is no timer: while one commit runs the next batch gathers, so a hundred
    webhooks that arrive together cost one fsync and a lone one waits for nothing.
    """

    def __init__(self, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self.log_watch = LogWatch(path)
        self._queue: SimpleQueue[_Job[Any] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.commits = 0
        self.jobs = 0

    def start(self) -> None:
        """Open the connection and start the thread; call it from the event loop."""
        self._loop = asyncio.get_running_loop()
        connection = open_writer(self._path, busy_timeout_s=self._busy_timeout_s)
        self._thread = threading.Thread(
            target=self._work, args=(connection,), name="tocsin-writer", daemon=True
        )
        self._thread.start()

    async def stop(self) -> None:
        """Finish what is waiting, checkpoint and close."""
        # From here on `run` refuses: behind the end of the queue nobody would answer.
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            await asyncio.to_thread(thread.join)

    async def run(self, work: Work[T]) -> T:
        """Run `work(connection)` in a transaction and return its result once it is durable.

        Raises:
            StoreUnavailableError: the database cannot be written now; nothing was.
        """
        return await self.run_together(lambda connection, _: (work(connection),), None)

    async def run_together(self, work: JointWork[Item, T], item: Item) -> T:
        """Like `run`, but what waits for the same work is done in one call of it.

        `work(connection, items)` returns a result for each item. If it fails, it is
        called again for each item alone, so that nobody suffers for another's.
        """
        if self._loop is None or self._thread is None:
            raise StoreUnavailableError("the database is closed")
        job: _Job[T] = _Job(work, item, self._loop.create_future())
        self._queue.put(job)
        return await job.done

    def _work(self, connection: sqlite3.Connection) -> None:
        open_ended = True
        while open_ended:
            batch, open_ended = self._take()
            if batch:
                self._commit(connection, batch)
                self._answer(batch)
                self.log_watch.look()
        connection.close()

    def _take(self) -> tuple[list[_Job[Any]], bool]:
        batch: list[_Job[Any]] = []
        job = self._queue.get()
        while True:
            if job is None:
                return batch, False
            batch.append(job)
            if len(batch) >= MOST_JOBS_A_COMMIT:
                return batch, True
            try:
                job = self._queue.get_nowait()
            except Empty:
                return batch, True

    def _commit(self, connection: sqlite3.Connection, batch: list[_Job[Any]]) -> None:
        try:
            connection.execute("BEGIN IMMEDIATE")
            for jobs in _joined(batch):
                _run(connection, jobs)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):  # the thread must live to say so to the next
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            for job in batch:
                job.error = StoreUnavailableError(f"the database cannot be written: {error}")
        self.commits += 1
        self.jobs += len(batch)

    def _answer(self, batch: list[_Job[Any]]) -> None:
        def settle() -> None:
            for job in batch:
                job.settle()

        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(settle)


def _joined(batch: Sequence[_Job[Any]]) -> Iterable[list[_Job[Any]]]:
    """Return the jobs by their work, in the order in which each was first asked for."""
    joined: dict[JointWork[Any, Any], list[_Job[Any]]] = {}
    for job in batch:
        joined.setdefault(job.work, []).append(job)
    return joined.values()


def _run(connection: sqlite3.Connection, jobs: Sequence[_Job[Any]]) -> None:
    """Run jobs of one work so that a mistake undoes its own writes and nobody else's."""
    connection.execute("SAVEPOINT job")
    try:
        results = jobs[0].work(connection, [job.item for job in jobs])
        for job, result in zip(jobs, results, strict=True):
            job.result = result
    except Exception as error:
        if isinstance(error, sqlite3.Error) and not isinstance(error, _OWN_MISTAKES):
            raise  # the disk, the lock, the file: everybody's trouble
        connection.execute("ROLLBACK TO job")
        if len(jobs) == 1:
            jobs[0].error = error
        else:
            for job in jobs:
                _run(connection, [job])
    connection.execute("RELEASE job")
