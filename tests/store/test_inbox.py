"""The inbox: what is acknowledged is stored, once, as it arrived."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from bot.core.ports import Accepted
from bot.core.reasons import Reason
from bot.store.sqlite import SqliteStore
from tests.store.conftest import SetClock
from tests.store.making import PROOF, accept, break_in, event, rows, webhook


async def test_a_new_event_is_kept_byte_for_byte(store: SqliteStore) -> None:
    """The body, its digest, the headers and the proof are stored with the event."""
    body = b'{"id": "e1",\n\t"odd": "\\u00e9 \xc3\xa9"}'
    accepted = await accept(store, event("e1"), body=body)
    (stored,) = await store.inbox.claim(10)

    assert Accepted(new=1) == accepted
    assert (body, "e1", "scan.failed", 1, True) == (
        stored.webhook.body, stored.key, stored.type, stored.starts, stored.intact,
    )  # fmt: skip
    (row,) = await rows(store, "SELECT digest, proof FROM bodies")
    assert hashlib.sha256(body).hexdigest() == row["digest"]
    assert PROOF.fingerprint in row["proof"]


async def test_a_repeated_webhook_adds_nothing(store: SqliteStore) -> None:
    """A sender that did not see our answer sends again, and one event remains."""
    await accept(store, event("e1"))
    accepted = await accept(store, event("e1"))

    assert Accepted(duplicates=1) == accepted
    assert [{"n": 1}] == await rows(store, "SELECT COUNT(*) AS n FROM bodies")


async def test_a_hundred_at_once_are_one_event(store: SqliteStore) -> None:
    """W1: a hundred concurrent repeats are all acknowledged, and exactly one is new."""
    answers = await asyncio.gather(*(accept(store, event("e1")) for _ in range(100)))

    assert 1 == sum(one.new for one in answers)
    assert 99 == sum(one.duplicates for one in answers)
    assert [{"n": 1}] == await rows(store, "SELECT COUNT(*) AS n FROM events")


async def test_the_same_id_of_another_source_is_another_event(store: SqliteStore) -> None:
    """Ids are a sender's own: two sources may use the same one."""
    await accept(store, event("e1"))
    other = event("e1", source="other")
    accepted = await store.inbox.accept(webhook(source="other"), PROOF, [other], unreadable=None)

    assert Accepted(new=1) == accepted


async def test_the_same_id_with_another_body_is_kept_and_not_said(store: SqliteStore) -> None:
    """W2: the conflict is stored with its body; only the first is ever routed."""
    await accept(store, event("e1"), body=b'{"amount": 1}')
    first = await accept(store, event("e1"), body=b'{"amount": 2}')
    again = await accept(store, event("e1"), body=b'{"amount": 2}')
    third = await accept(store, event("e1"), body=b'{"amount": 3}')

    assert [Accepted(conflicts=1), Accepted(duplicates=1), Accepted(conflicts=1)] == [
        first, again, third,
    ]  # fmt: skip
    claimed = await store.inbox.claim(10)
    assert [b'{"amount": 1}'] == [one.webhook.body for one in claimed]
    kept = await rows(
        store, "SELECT b.raw FROM conflicts c JOIN bodies b ON b.id = c.body_id ORDER BY c.id"
    )
    assert [b'{"amount": 2}', b'{"amount": 3}'] == [row["raw"] for row in kept]


async def test_a_batch_stores_each_event_once(store: SqliteStore) -> None:
    """A webhook of several events is one body and several rows, known one by one."""
    one, two, three = event("a"), event("b"), event("c")
    await accept(store, one, two)
    accepted = await accept(store, two, three)

    assert Accepted(new=1, duplicates=1) == accepted
    assert ["a", "b", "c"] == [row["key"] for row in await rows(store, "SELECT key FROM events")]


async def test_a_batch_with_one_changed_event_conflicts_only_there(store: SqliteStore) -> None:
    """In a batch each event has its own digest, so a neighbour's change is no conflict."""
    await accept(store, event("a"), event("b"))
    changed = event("b", data={"id": "b", "amount": 2})
    accepted = await accept(store, event("a"), changed, event("c"))

    assert Accepted(new=1, duplicates=1, conflicts=1) == accepted


async def test_an_unreadable_body_is_kept_with_its_reason(store: SqliteStore) -> None:
    """Whatever proved its origin is acknowledged; what nobody can read is not routed."""
    arrived = webhook(b"\xff\xfe not JSON")
    first = await store.inbox.accept(arrived, PROOF, [], unreadable="not JSON")
    again = await store.inbox.accept(arrived, PROOF, [], unreadable="not JSON")

    assert (Accepted(new=1), Accepted(duplicates=1)) == (first, again)
    assert not await store.inbox.claim(10)
    (row,) = await rows(store, "SELECT state, detail FROM events")
    assert {"state": "unreadable", "detail": "not JSON"} == row


async def test_a_changed_body_is_noticed(store: SqliteStore) -> None:
    """D8: flipped bytes in a stored body are seen before anything is said of it."""
    await accept(store, event("e1"), body=b'{"id": "e1"}')
    await break_in(store, "UPDATE bodies SET raw = ?", b'{"id": "e7"}')
    (stored,) = await store.inbox.claim(1)

    assert not stored.intact


async def test_buried_is_visible_and_final(store: SqliteStore) -> None:
    """A buried event keeps its reason, is not handed out again, and is not buried twice."""
    await accept(store, event("e1"))
    (stored,) = await store.inbox.claim(1)
    await store.inbox.bury(stored.row, Reason.CORRUPT, "the stored body has changed")
    await store.inbox.bury(stored.row, Reason.POISON, "again")

    assert not await store.inbox.claim(1)
    (row,) = await rows(store, "SELECT state, reason, detail FROM events")
    assert ("dead", "corrupt", "the stored body has changed") == tuple(row.values())


@pytest.mark.parametrize("size", [0, 1, 1_048_576])
async def test_bodies_of_any_size_come_back(store: SqliteStore, size: int) -> None:
    """An empty body and one of a whole MiB are kept alike."""
    await accept(store, event("e1"), body=b"x" * size or b" ")
    (stored,) = await store.inbox.claim(1)

    assert (max(size, 1), True) == (len(stored.webhook.body), stored.intact)


async def test_a_restart_keeps_everything(
    store: SqliteStore, clock: SetClock, tmp_path: Path
) -> None:
    """What was acknowledged is there after the process went, in the order it came."""
    for number in range(5):
        await accept(store, event(f"e{number}"))
    await store.close()
    again = SqliteStore(tmp_path / "tocsin.db", clock)
    again.open()
    claimed = await again.inbox.claim(10)

    assert [f"e{number}" for number in range(5)] == [one.key for one in claimed]
    assert Accepted(duplicates=1) == await accept(again, event("e3"))
    await again.close()


async def test_new_and_known_together_are_told_apart(store: SqliteStore) -> None:
    """Webhooks of one commit: the new are stored, a repeat and a conflict are known as such."""
    await accept(store, event("old"), body=b'{"amount": 1}')
    answers = await asyncio.gather(
        accept(store, event("a")),
        accept(store, event("old"), body=b'{"amount": 1}'),
        accept(store, event("b\0b")),
        accept(store, event("old"), body=b'{"amount": 2}'),
        accept(store, event("a")),
        accept(store, event("b\0b")),
        accept(store, event("c"), event("c")),
    )

    new, known, conflict = Accepted(new=1), Accepted(duplicates=1), Accepted(conflicts=1)
    assert [new, known, new, conflict, known, known, Accepted(new=1, duplicates=1)] == answers
    bodies = "SELECT e.key, b.raw FROM events e JOIN bodies b ON b.id = e.body_id ORDER BY e.key"
    assert ["a", "b\0b", "c", "old"] == [row["key"] for row in await rows(store, bodies)]
    assert b'{"amount": 1}' == (await rows(store, bodies))[-1]["raw"]
