"""The one writer: it takes everything waiting and commits once."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
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

COMMITS_A_LOOK = 32
"""How often a busy writer asks for the length of the log: that costs as much as a row."""

PATIENCE = 0.4
"""Who has waited for this part of the timeout when it is over for others is not begun anew.

So whoever asks knows after 1.4 timeouts at most, which is sooner than Slack gives up.
"""

_OWN_MISTAKES = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError)


@dataclass(slots=True)
class _Job(Generic[T]):
    work: JointWork[Any, T]
    item: Any
    done: asyncio.Future[T]
    put_at_s: float = 0.0
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
        self._queue: SimpleQueue[Sequence[_Job[Any]] | None] = SimpleQueue()
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
        (job,) = self._put(work, (item,))
        return await job.done

    async def run_each(
        self, work: JointWork[Item, T], items: Sequence[Item]
    ) -> list[T | BaseException]:
        """Like `run_together` for each item, all in one commit; return how each ended."""
        jobs = self._put(work, items)
        return await asyncio.gather(*(job.done for job in jobs), return_exceptions=True)

    def _put(self, work: JointWork[Item, T], items: Sequence[Item]) -> list[_Job[T]]:
        if self._loop is None or self._thread is None:
            raise StoreUnavailableError("the database is closed")
        loop, now_s = self._loop, time.monotonic()
        jobs: list[_Job[T]] = [_Job(work, item, loop.create_future(), now_s) for item in items]
        self._queue.put(jobs)
        return jobs

    def _work(self, connection: sqlite3.Connection) -> None:
        open_ended = True
        while open_ended:
            batch, open_ended = self._take()
            if batch:
                if (trouble := self._commit(connection, batch)) is not None:
                    batch += self._patient(trouble)
                self._answer(batch)
                if self._queue.empty() or self.commits % COMMITS_A_LOOK == 0:
                    self.log_watch.look()
        connection.close()

    def _take(self) -> tuple[list[_Job[Any]], bool]:
        batch: list[_Job[Any]] = []
        jobs = self._queue.get()
        while True:
            if jobs is None:
                return batch, False
            batch += jobs
            if len(batch) >= MOST_JOBS_A_COMMIT:
                return batch, True
            try:
                jobs = self._queue.get_nowait()
            except Empty:
                return batch, True

    def _patient(self, trouble: Exception) -> list[_Job[Any]]:
        """Return who has waited too long to wait for another timeout, with its trouble."""
        since_s = time.monotonic() - PATIENCE * self._busy_timeout_s
        waiting: list[Sequence[_Job[Any]] | None] = []
        with suppress(Empty):
            while True:
                waiting.append(self._queue.get_nowait())
        tired: list[_Job[Any]] = []
        for jobs in waiting:
            if jobs and jobs[0].put_at_s < since_s:
                tired += jobs
            else:
                self._queue.put(jobs)
        for job in tired:
            job.error = trouble
        return tired

    def _commit(self, connection: sqlite3.Connection, batch: list[_Job[Any]]) -> Exception | None:
        """Do a batch in one transaction; return why nobody's work was done, if so."""
        trouble: Exception | None = None
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                for jobs in _joined(batch):
                    _do(connection, jobs)
            except Exception as error:
                _raise_if_everybodys(error)
                # Rare, so that savepoints are paid for only when somebody needs one.
                connection.execute("ROLLBACK")
                connection.execute("BEGIN IMMEDIATE")
                for jobs in _joined(batch):
                    _run_apart(connection, jobs)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):  # the thread must live to say so to the next
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            trouble = StoreUnavailableError(f"the database cannot be written: {error}")
            for job in batch:
                job.error = trouble
        self.commits += 1
        self.jobs += len(batch)
        return trouble

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


def _do(connection: sqlite3.Connection, jobs: Sequence[_Job[Any]]) -> None:
    results = jobs[0].work(connection, [job.item for job in jobs])
    for job, result in zip(jobs, results, strict=True):
        job.result = result


def _run_apart(connection: sqlite3.Connection, jobs: Sequence[_Job[Any]]) -> None:
    """Run jobs of one work so that a mistake undoes its own writes and nobody else's."""
    connection.execute("SAVEPOINT job")
    try:
        _do(connection, jobs)
    except Exception as error:
        _raise_if_everybodys(error)
        connection.execute("ROLLBACK TO job")
        if len(jobs) == 1:
            jobs[0].error = error
        else:
            for job in jobs:
                _run_apart(connection, [job])
    connection.execute("RELEASE job")


def _raise_if_everybodys(error: Exception) -> None:
    """Raise what is the trouble of the disk, the lock or the file, and of no job alone."""
    if isinstance(error, sqlite3.Error) and not isinstance(error, _OWN_MISTAKES):
        raise error
