"""Starts are counted before the work, so that what ends the process is found out."""

from __future__ import annotations

from bot.store.sqlite import SqliteStore
from tests.store.making import accept, event, follow, route, rows, subscription


async def test_oldest_first_and_no_more_than_asked(store: SqliteStore) -> None:
    """Events are handed out in the order in which they came, a batch at a time."""
    for number in range(5):
        await accept(store, event(f"e{number}"))

    assert ["e0", "e1", "e2"] == [one.key for one in await store.inbox.claim(3)]
    assert ["e3", "e4"] == [one.key for one in await store.inbox.claim(3)]


async def test_what_was_begun_and_not_ended_is_begun_alone(store: SqliteStore) -> None:
    """A suspect is handed out by itself, so that it takes nobody with it."""
    for number in range(3):
        await accept(store, event(f"e{number}"))
    await store.inbox.claim(10)
    again = [await store.inbox.claim(10) for _ in range(2)]

    assert [["e0"], ["e0"]] == [[one.key for one in batch] for batch in again]
    assert [2, 3] == [batch[0].starts for batch in again]


async def test_fresh_events_go_before_suspects(store: SqliteStore) -> None:
    """A suspect that ends the process each time does not keep the fresh ones waiting."""
    await accept(store, event("suspect"))
    await store.inbox.claim(1)
    await accept(store, event("fresh"))

    assert ["fresh"] == [one.key for one in await store.inbox.claim(10)]


async def test_a_start_is_on_the_disk_before_the_work(store: SqliteStore) -> None:
    """C7: another connection sees the count as soon as the event is handed out."""
    await accept(store, event("e1"))
    await store.inbox.claim(1)

    assert [{"starts": 1}] == await rows(store, "SELECT starts FROM events")


async def test_routed_events_are_not_handed_out(store: SqliteStore) -> None:
    """What was routed is done, whether anybody followed it or not."""
    await follow(store, subscription("C1", "scan.*"))

    assert 1 == await route(store, event("heard", kind="scan.failed"))
    assert 0 == await route(store, event("unheard", kind="task.failed"))

    assert not await store.inbox.claim(10)
