"""Webhooks as rows: what arrived together is stored together."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pydantic_core import to_json

from bot.core.events import Envelope, Event, Webhook
from bot.core.ports import Accepted
from bot.core.verify import Proof
from bot.store.times import seconds

_KNOWN = "SELECT id, digest FROM events WHERE source = ? AND key = ?"
_ASKED_AT_ONCE = 16
# CROSS JOIN, or the planner reads the whole table once for all of them.
_KNOWN_KEYS = f"""
    WITH asked (source, key) AS (VALUES {", ".join(["(?, ?)"] * _ASKED_AT_ONCE)})
    SELECT e.source, e.key
    FROM asked CROSS JOIN events e ON e.source = asked.source AND e.key = asked.key
"""  # noqa: S608 - only the number of question marks is made here
_LAST_BODY = "SELECT COALESCE(MAX(id), 0) AS id FROM bodies"
_ADD_BODY = """
    INSERT INTO bodies (id, source, raw, digest, headers, proof, received_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_ADD_EVENT = """
    INSERT INTO events (source, key, digest, body_id, type, state, detail, received_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_ADD_CONFLICT = """
    INSERT OR IGNORE INTO conflicts (event_id, body_id, digest, received_at)
    VALUES (?, ?, ?, ?)
"""
_CONFLICT_KNOWN = "SELECT 1 FROM conflicts WHERE event_id = ? AND digest = ?"


class _Item(NamedTuple):
    """An event of a webhook, as its row has it."""

    key: str
    digest: str
    type: str
    state: str = "received"
    detail: str | None = None


class Arrival(NamedTuple):
    """A webhook, as its row has it, and its events."""

    source: str
    raw: bytes
    digest: str
    headers: str
    proof: str
    received_at: float
    items: Sequence[_Item]

    def body(self, row: int | None) -> tuple[object, ...]:
        """Return the values of its row."""
        return (row, *self[:-1])

    def event(self, item: _Item, body: int | None) -> tuple[object, ...]:
        """Return the values of an event's row."""
        return (self.source, *item[:2], body, *item[2:], self.received_at)


def digest_of(raw: bytes) -> str:
    """Return the SHA-256 of a body, in hex."""
    return hashlib.sha256(raw).hexdigest()


def arrived(
    webhook: Webhook, proof: Proof, events: Sequence[Envelope | Event], unreadable: str | None
) -> Arrival:
    """Return what is to be stored of a verified webhook."""
    digest = digest_of(webhook.body)
    return Arrival(
        webhook.source,
        webhook.body,
        digest,
        to_json(webhook.headers).decode(),
        _described(proof),
        seconds(webhook.received_at),
        _items(events, digest, unreadable),
    )


def accept_all(connection: sqlite3.Connection, arrivals: Sequence[Arrival]) -> list[Accepted]:
    """Store what arrived together: at one go where nothing of it is known.

    Under a storm this is what the writer does most, and a statement for each webhook
    costs more than its rows.
    """
    if len(arrivals) == 1:
        return [_accept(connection, arrivals[0])]
    fresh = _fresh(connection, arrivals)
    last: int = connection.execute(_LAST_BODY).fetchone()["id"]
    bodies = [(arrivals[one], last + nth) for nth, one in enumerate(sorted(fresh), start=1)]
    connection.executemany(_ADD_BODY, [arrival.body(row) for arrival, row in bodies])
    connection.executemany(
        _ADD_EVENT,
        [arrival.event(item, row) for arrival, row in bodies for item in arrival.items],
    )
    return [
        Accepted(new=len(arrival.items)) if one in fresh else _accept(connection, arrival)
        for one, arrival in enumerate(arrivals)
    ]


def _fresh(connection: sqlite3.Connection, arrivals: Sequence[Arrival]) -> set[int]:
    """Return the positions of the webhooks of which no event is known, nor comes twice."""
    keys = [[(arrival.source, item.key) for item in arrival.items] for arrival in arrivals]
    seen = _known(connection, [key for each in keys for key in each])
    fresh = set()
    for position, each in enumerate(keys):
        if seen.isdisjoint(each) and len(set(each)) == len(each):
            fresh.add(position)
        seen.update(each)
    return fresh


def _known(connection: sqlite3.Connection, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those of the keys that are in the table, with one statement for many."""
    known: set[tuple[str, str]] = set()
    for start in range(0, len(keys), _ASKED_AT_ONCE):
        asked: list[str | None] = [
            value for key in keys[start : start + _ASKED_AT_ONCE] for value in key
        ]
        # One statement for any number of keys is prepared once; nothing equals NULL.
        asked += [None] * (2 * _ASKED_AT_ONCE - len(asked))
        known.update((row[0], row[1]) for row in connection.execute(_KNOWN_KEYS, asked))
    return known


def _accept(connection: sqlite3.Connection, arrival: Arrival) -> Accepted:
    """Store what is new of a webhook, and what differs from what is known."""
    body: int | None = None
    new = duplicates = conflicts = 0
    for item in arrival.items:
        known = connection.execute(_KNOWN, (arrival.source, item.key)).fetchone()
        if known is not None and (
            known["digest"] == item.digest
            or connection.execute(_CONFLICT_KNOWN, (known["id"], item.digest)).fetchone()
        ):
            duplicates += 1
            continue
        if body is None:
            body = connection.execute(_ADD_BODY, arrival.body(None)).lastrowid
        if known is not None:
            conflicts += 1
            values = (known["id"], body, item.digest, arrival.received_at)
            connection.execute(_ADD_CONFLICT, values)
            continue
        new += 1
        connection.execute(_ADD_EVENT, arrival.event(item, body))
    return Accepted(new=new, duplicates=duplicates, conflicts=conflicts)


@lru_cache(maxsize=64)
def _described(proof: Proof) -> str:
    return to_json(proof._asdict()).decode()


def _items(events: Sequence[Envelope | Event], digest: str, unreadable: str | None) -> list[_Item]:
    if unreadable is not None:
        return [_Item(f"sha256:{digest}", digest, "", "unreadable", unreadable)]
    if len(events) == 1:
        return [_Item(events[0].id, digest, events[0].type)]
    return [_Item(event.id, _digest_in(event, digest), event.type) for event in events]


def _digest_in(event: Envelope | Event, whole: str) -> str:
    """Return the digest of an event that is not the only one of its webhook."""
    return digest_of(to_json(event.data)) if isinstance(event, Event) else whole
