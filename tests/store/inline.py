"""A writer without a thread: the real transactions, at once and in order."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

from typing_extensions import override

from bot.store.connection import open_writer
from bot.store.writer import Item, JointWork, Writer, _Job

T = TypeVar("T")


class InlineWriter(Writer):
    """Runs each job in the caller's thread; used where thousands of them are tried."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path
        self.connection = open_writer(path)
        # No power cut is tried here, and thousands of commits would wait for the disk.
        self.connection.execute("PRAGMA synchronous = OFF")

    @override
    async def run_together(self, work: JointWork[Item, T], item: Item) -> T:
        job = _Job(work, item, cast("Any", None))
        self._commit(self.connection, [job])
        if job.error is not None:
            raise job.error
        return cast("T", job.result)

    @override
    async def run_each(
        self, work: JointWork[Item, T], items: Sequence[Item]
    ) -> list[T | BaseException]:
        jobs = [_Job(work, item, cast("Any", None)) for item in items]
        self._commit(self.connection, jobs)
        return [job.error or cast("T", job.result) for job in jobs]

    def close(self) -> None:
        """Close the connection, as the end of a process does."""
        self.connection.close()


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """Return the result of a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as end:
        return cast("T", end.value)
    work.close()
    raise AssertionError("it waited for something")
