"""A database with a long past."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from statistics import median
from timeit import repeat

from bot.core.notifications import Lane
from bot.store.connection import open_writer
from bot.store.database import migrate
from bot.store.deliveries import history
from bot.store.inbox import _CLAIM
from bot.store.outbox import _claim, _lanes
from tests.benchmarks.processes import TEAM, program, send, subscribe, tocsin
from tests.benchmarks.sample import NOW, notification
from tests.benchmarks.table import Row, at_most
from tests.system.scene import scan_failed

EVENTS, EVENTS_QUICKLY, FEW = 1_000_000, 50_000, 1_000
AT_ONCE = 10_000
_BODY = "INSERT INTO bodies VALUES (?, 'surfacedby', ?, '', '{}', '{}', ?)"
_EVENT = """
    INSERT INTO events (id, source, key, digest, body_id, type, state, recipients, received_at)
    VALUES (?1, 'surfacedby', ?2, '', ?1, 'scan.failed', 'routed', 1, ?3)
"""
_MESSAGE = """
    INSERT INTO notifications (
        id, delivery_id, team_id, channel_id, key, event_id, subscriptions, alert, size, thread,
        state, shown, ts, not_before, sent_at, created_at
    ) VALUES (?1, 'd' || ?1, ?2, 'C' || (?1 % 20), 'event:' || ?1, ?1, '[1]', ?3, 1, 0,
        'sent', 1, '1.0', ?4, ?4, ?4)
"""
_ATTEMPT = "INSERT INTO attempts (notification_id, at, outcome) VALUES (?, ?, 'sent')"


async def measure(folder: Path, *, quick: bool) -> list[Row]:
    """Compare a database of very many events with one of a thousand."""
    events = EVENTS_QUICKLY if quick else EVENTS
    few, many = folder / "few", folder / "many"
    for each, count in ((few, FEW), (many, events)):
        each.mkdir()
        fill(each / "tocsin.db", count)
    size = (many / "tocsin.db").stat().st_size
    rows = [
        Row("size of an event, said and settled", size / events, "bytes", None,
            f"{events:,} events in {size / 1e6:,.0f} MB"),
    ]  # fmt: skip
    for what, step in (("due poll", _poll), ("listing", _list)):
        few_us, many_us = _median_us(few, step), _median_us(many, step)
        name = f"{what}: {events:,} events / {FEW:,}"
        made_of = f"{many_us:,.0f} us to {few_us:,.0f} us"
        rows.append(Row(name, many_us / few_us, "x", at_most(2), made_of))
    few_mb, many_mb = await _memory_mb(few), await _memory_mb(many)
    rows.append(
        Row(f"memory: {events:,} events / {FEW:,}", many_mb / few_mb, "x", at_most(1.1),
            f"{many_mb:.0f} MB to {few_mb:.0f} MB, after webhooks")
    )  # fmt: skip
    return rows


def fill(path: Path, count: int) -> None:
    """Make a database with events that were all said."""
    migrate(path)
    connection = open_writer(path)
    connection.execute("PRAGMA synchronous = OFF")
    alert, at = notification().alert.model_dump_json(), NOW.timestamp()
    for start in range(1, count + 1, AT_ONCE):
        rows = range(start, min(start + AT_ONCE, count + 1))
        connection.execute("BEGIN")
        # Ids of senders are random: this is what the index by id has to live with.
        past = [scan_failed(f"site-{row}.example") for row in rows]
        bodies = [(row, json.dumps(one).encode(), at) for row, one in zip(rows, past, strict=True)]
        connection.executemany(_BODY, bodies)
        keys = [(row, one["id"], at) for row, one in zip(rows, past, strict=True)]
        connection.executemany(_EVENT, keys)
        connection.executemany(_MESSAGE, [(row, TEAM, alert, at) for row in rows])
        connection.executemany(_ATTEMPT, [(row, at) for row in rows])
        connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _median_us(folder: Path, step: Callable[[Path, sqlite3.Connection], object]) -> float:
    path = folder / "tocsin.db"
    connection = open_writer(path)
    step(path, connection)
    taken = median(repeat(lambda: step(path, connection), repeat=9, number=20)) / 20
    connection.close()
    return taken * 1e6


def _poll(_: Path, connection: sqlite3.Connection) -> None:
    """Ask for what is due, as the loops do: events to route, lanes, a lane's next work."""
    connection.execute(_CLAIM, (64,)).fetchall()
    assert not _lanes(connection)
    assert _claim(connection, Lane(TEAM, "C1"), NOW, edits=True) is None


def _list(path: Path, _: sqlite3.Connection) -> None:
    assert len(history(path, limit=20)) == 20


async def _memory_mb(folder: Path) -> float:
    await subscribe(folder / "tocsin.db", 1)
    async with program("quick_slack") as slack, tocsin(folder, slack.url) as bot:
        await send(bot.hook, 2_000)
        return bot.rss_mb()
