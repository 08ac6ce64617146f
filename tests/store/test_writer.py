"""The writer: one commit for all that waits, and nobody suffers for another's mistake."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from bot.core.errors import StoreUnavailableError
from bot.store.connection import open_writer
from bot.store.writer import Work, Writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file with one table."""
    file = tmp_path / "some.db"
    connection = open_writer(file)
    connection.execute("CREATE TABLE t (value INTEGER PRIMARY KEY) STRICT")
    connection.close()
    return file


def insert(value: int) -> Work[int | None]:
    """Return work that inserts a value."""
    return lambda connection: connection.execute("INSERT INTO t VALUES (?)", (value,)).lastrowid


def values(path: Path) -> list[int]:
    """Return what another connection sees."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT value FROM t ORDER BY value").fetchall()
    connection.close()
    return [row[0] for row in rows]


async def test_what_waits_shares_a_commit(path: Path) -> None:
    """A hundred jobs that arrive while one commit runs cost one more commit."""
    writer = Writer(path)
    writer.start()
    gate = threading.Event()
    first = asyncio.create_task(writer.run(lambda _: gate.wait(5)))
    await asyncio.sleep(0)
    rest = [asyncio.create_task(writer.run(insert(value))) for value in range(100)]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(first, *rest)

    assert writer.jobs == 101
    assert writer.commits <= 2
    assert list(range(100)) == values(path)
    await writer.stop()


async def test_an_answer_means_durable(path: Path) -> None:
    """When `run` returns, another connection sees the row: nothing waits in a batch."""
    writer = Writer(path)
    writer.start()
    await writer.run(insert(7))

    assert [7] == values(path)
    await writer.stop()


async def test_a_mistake_undoes_only_itself(path: Path) -> None:
    """A job that fails half way leaves nothing, and its neighbours in the batch stay."""
    writer = Writer(path)
    writer.start()
    gate = threading.Event()
    first = asyncio.create_task(writer.run(lambda _: gate.wait(5)))

    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO t VALUES (50)")
        connection.execute("INSERT INTO t VALUES (50)")

    jobs = [writer.run(insert(1)), writer.run(half), writer.run(insert(2))]
    tasks = [asyncio.create_task(job) for job in jobs]
    await asyncio.sleep(0)
    gate.set()
    await first
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert isinstance(outcomes[1], sqlite3.IntegrityError)
    assert [1, 2] == values(path)
    await writer.stop()


async def test_a_locked_database_refuses_and_recovers(path: Path) -> None:
    """A lock held longer than our patience is StoreUnavailable for all; then it goes on."""
    writer = Writer(path, busy_timeout_s=0.1)
    writer.start()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    outcomes = await asyncio.gather(
        writer.run(insert(1)), writer.run(insert(2)), return_exceptions=True
    )

    assert [StoreUnavailableError] * 2 == [type(one) for one in outcomes]
    other.execute("ROLLBACK")
    other.close()
    await writer.run(insert(3))
    assert [3] == values(path)
    await writer.stop()


async def test_who_waits_behind_a_lock_knows_in_time(path: Path) -> None:
    """A lock that lasts refuses whoever has waited long with the first, and not one by one."""
    writer = Writer(path, busy_timeout_s=1.0)
    writer.start()
    clock = asyncio.get_running_loop().time
    ends: dict[str, float] = {}

    async def ask(name: str, after_s: float) -> None:
        await asyncio.sleep(after_s)
        with pytest.raises(StoreUnavailableError):
            await writer.run(insert(1))
        ends[name] = clock()

    with closing(open_writer(path)) as locker:
        locker.execute("BEGIN IMMEDIATE")
        await asyncio.gather(ask("first", 0), ask("patient", 0.3), ask("late", 0.8))
        locker.execute("ROLLBACK")
    await writer.run(insert(2))
    await writer.stop()

    assert ends["patient"] - ends["first"] < 0.3
    assert ends["late"] - ends["first"] > 0.7
    assert values(path) == [2]


async def test_a_lock_held_shortly_is_waited_for(path: Path) -> None:
    """A second process that holds the lock for a moment costs time, and no webhook."""
    writer = Writer(path, busy_timeout_s=5)
    writer.start()
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, lambda: other.execute("ROLLBACK")).start()
    await writer.run(insert(1))

    assert [1] == values(path)
    other.close()
    await writer.stop()


async def test_stopping_finishes_what_was_asked(path: Path) -> None:
    """What was handed over before the stop is written; what comes after is refused."""
    writer = Writer(path)
    writer.start()
    tasks = [asyncio.create_task(writer.run(insert(value))) for value in range(20)]
    await asyncio.sleep(0)
    await writer.stop()
    await asyncio.gather(*tasks)

    assert list(range(20)) == values(path)
    with pytest.raises(StoreUnavailableError):
        await writer.run(insert(99))


async def test_the_same_work_is_done_in_one_call(path: Path) -> None:
    """What waits for one piece of work is one call of it, and each gets its own result."""
    writer = Writer(path)
    writer.start()
    calls: list[int] = []

    def insert_all(connection: sqlite3.Connection, items: Sequence[int]) -> list[int]:
        calls.append(len(items))
        connection.executemany("INSERT INTO t VALUES (?)", [(one,) for one in items])
        return [one * 10 for one in items]

    gate = threading.Event()
    first = asyncio.create_task(writer.run(lambda _: gate.wait(5)))
    await asyncio.sleep(0)
    rest = [asyncio.create_task(writer.run_together(insert_all, value)) for value in range(20)]
    await asyncio.sleep(0)
    gate.set()
    await first

    assert [value * 10 for value in range(20)] == await asyncio.gather(*rest)
    assert len(calls) <= 2
    assert list(range(20)) == values(path)
    await writer.stop()


async def test_a_mistake_in_common_work_undoes_only_itself(path: Path) -> None:
    """When work for many fails it is done for each alone: one has the error, none is lost."""
    writer = Writer(path)
    writer.start()
    await writer.run(insert(2))

    def insert_all(connection: sqlite3.Connection, items: Sequence[int]) -> list[int]:
        connection.executemany("INSERT INTO t VALUES (?)", [(one,) for one in items])
        return list(items)

    gate = threading.Event()
    first = asyncio.create_task(writer.run(lambda _: gate.wait(5)))
    await asyncio.sleep(0)
    tasks = [asyncio.create_task(writer.run_together(insert_all, value)) for value in (1, 2, 3)]
    await asyncio.sleep(0)
    gate.set()
    await first
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert [1, 3] == [outcomes[0], outcomes[2]]
    assert isinstance(outcomes[1], sqlite3.IntegrityError)
    assert [1, 2, 3] == values(path)
    await writer.stop()


async def test_each_of_many_ends_for_itself_in_one_commit(path: Path) -> None:
    """Those that go well are written together and in order; the mistake comes back as one."""
    writer = Writer(path)
    writer.start()
    await writer.run(insert(2))
    before = writer.commits

    def insert_all(connection: sqlite3.Connection, items: Sequence[int]) -> list[int]:
        return [
            connection.execute("INSERT INTO t VALUES (?)", (one,)).lastrowid or 0 for one in items
        ]

    first, mistake, last = await writer.run_each(insert_all, (1, 2, 3))

    assert [1, 3] == [first, last]
    assert isinstance(mistake, sqlite3.IntegrityError)
    assert [1, 2, 3] == values(path)
    assert 1 == writer.commits - before
    await writer.stop()
