"""Commit 2: every stored event is routed, or ended with a reason that can be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

import pytest
from typing_extensions import override

from bot.core.errors import StoreUnavailableError
from bot.core.ports import Accepted, Told
from bot.pipeline.notify import BATCH, MOST_STARTS, MOST_WAYS, Notify
from bot.store.routing import Router
from bot.store.sqlite import SqliteStore
from tests.pipeline.probe import Crash, body, probe
from tests.store.conftest import SetClock
from tests.store.making import (
    PROOF,
    TEAM,
    break_in,
    claim,
    event,
    follow,
    rows,
    states,
    subscription,
    webhook,
)  # fmt: skip

END = "SELECT state, reason, detail FROM events ORDER BY id"


def notify_of(
    store: SqliteStore,
    clock: SetClock,
    router: Router | None = None,
    *,
    storm: Callable[[], bool] = lambda: False,
) -> Notify:
    """Return the path's second part on a store."""
    return Notify(
        {"probe": probe()},
        inbox=store.inbox,
        router=router or store.router,
        groups=store.groups,
        readers={},
        clock=clock,
        storm=storm,
    )


@pytest.fixture
async def notify(store: SqliteStore, clock: SetClock) -> Notify:
    """Return the path's second part, with a channel that follows everything."""
    await follow(store, subscription("C1"))
    return notify_of(store, clock)


async def arrive(store: SqliteStore, key: str, kind: str = "scan.failed") -> Accepted:
    """Store a webhook of the source `probe`."""
    one = event(key, kind)
    return await store.inbox.accept(webhook(body(key, kind)), PROOF, [one], unreadable=None)


async def test_everything_that_waits_is_routed(store: SqliteStore, notify: Notify) -> None:
    """In the order in which it came, a batch at a time, and then there is nothing."""
    for number in range(BATCH + 3):
        await arrive(store, f"e{number:03}")

    assert [BATCH, 3, 0] == [await notify.route_some() for _ in range(3)]
    found = await rows(store, "SELECT alert ->> 'title' AS title FROM notifications ORDER BY id")
    assert [f"Said: e{number:03}" for number in range(BATCH + 3)] == [r["title"] for r in found]


@pytest.mark.parametrize("kind", ["raises", "returns_none", "unheard.of"])
async def test_a_handler_that_fails_costs_its_words_only(
    store: SqliteStore, notify: Notify, kind: str
) -> None:
    """W15: the alert is said plainly, with its type, and its neighbours are as they were."""
    await follow(store, subscription("C1", "*"))
    for key, type_ in (("before", "scan.a"), ("odd", kind), ("after", "scan.b")):
        await arrive(store, key, type_)
    await notify.route_some()
    titles = [(await claim(store)).alert.title for _ in range(3)]

    assert ["Said: before", f"Probe: {kind}", "Said: after"] == titles


async def test_default_off_is_heard_by_name_only(store: SqliteStore, notify: Notify) -> None:
    """What a handler marks as off reaches those who named it."""
    await follow(store, subscription("C2", "quiet.*"))
    await arrive(store, "e1", "quiet.progress")
    await notify.route_some()

    assert [{"channel_id": "C2"}] == await rows(store, "SELECT channel_id FROM notifications")


async def test_a_changed_body_is_buried(store: SqliteStore, notify: Notify) -> None:
    """D8: what is not what arrived is not said, and the others are."""
    for key in ("bad", "good"):
        await arrive(store, key)
    await break_in(store, "UPDATE bodies SET raw = ? WHERE id = 1", body("bad", "scan.hacked"))
    await notify.route_some()

    assert [("dead", "corrupt"), ("routed", None)] == [
        tuple(row.values())[:2] for row in await rows(store, END)
    ]
    assert "Said: good" == (await claim(store)).alert.title


async def test_poison_is_buried_after_three_starts(store: SqliteStore, clock: SetClock) -> None:
    """C7: what ends the process each time is tried three times, and the others are said."""
    await follow(store, subscription("C1", "*"))
    await arrive(store, "first")
    await arrive(store, "poison", "crashes")
    await arrive(store, "last")
    deaths = 0
    for _ in range(10):
        try:
            while await notify_of(store, clock).route_some():
                pass
        except Crash:
            deaths += 1

    assert MOST_STARTS == deaths
    assert [("routed", None), ("dead", "poison"), ("routed", None)] == [
        tuple(row.values())[:2] for row in await rows(store, END)
    ]


async def test_a_reader_that_finds_nothing_any_more_is_said(
    store: SqliteStore, notify: Notify
) -> None:
    """A reader that changed its mind, or is gone, leaves a reason instead of silence."""
    other = event("e1", source="gone")
    await store.inbox.accept(webhook(source="gone"), PROOF, [other], unreadable=None)
    await store.inbox.accept(webhook(body("renamed")), PROOF, [event("e2")], unreadable=None)
    await store.inbox.accept(
        webhook(body("e3", reader="breaks")), PROOF, [event("e3")], unreadable=None
    )
    await notify.route_some()

    assert [("dead", "unknown", "no reader finds the event again")] * 3 == [
        tuple(row.values()) for row in await rows(store, END)
    ]


class Locked(Router):
    """A router whose database is locked for some calls."""

    locked = 0

    @override
    async def route(self, told: Sequence[Told]) -> Sequence[int | BaseException]:
        if self.locked:
            self.locked -= 1
            return [StoreUnavailableError("locked") for _ in told]
        return await super().route(told)


@pytest.mark.parametrize("times", [1, MOST_STARTS + 2])
async def test_a_locked_database_is_no_poison(
    store: SqliteStore, clock: SetClock, times: int
) -> None:
    """However often the database does not answer, every event is routed in its order."""
    await follow(store, subscription("C1"))
    router = Locked(store.writer, clock)
    notify = notify_of(store, clock, router)
    for number in range(3):
        await arrive(store, f"e{number}")
    router.locked = times
    for _ in range(times):
        with pytest.raises(StoreUnavailableError):
            await notify.route_some()
    while await notify.route_some():
        pass

    found = await rows(store, "SELECT alert ->> 'title' AS title FROM notifications ORDER BY id")
    assert ["Said: e0", "Said: e1", "Said: e2"] == [row["title"] for row in found]


async def test_a_mistake_of_ours_is_a_suspect(store: SqliteStore, clock: SetClock) -> None:
    """An event that cannot be written ends with a reason, and keeps nobody waiting."""

    class Broken(Router):
        @override
        def _route(self, connection: sqlite3.Connection, told: Told, *, news: bool) -> int:
            if told.event.id == "bad":
                raise sqlite3.IntegrityError("a mistake of ours")
            return super()._route(connection, told, news=news)

    await follow(store, subscription("C1"))
    notify = notify_of(store, clock, Broken(store.writer, clock))
    for key in ("bad", "good"):
        await arrive(store, key)
    mistakes = 0
    for _ in range(10):
        try:
            await notify.route_some()
        except sqlite3.IntegrityError:
            mistakes += 1

    assert MOST_STARTS == mistakes
    assert [("dead", "poison"), ("routed", None)] == [
        tuple(row.values())[:2] for row in await rows(store, END)
    ]


async def test_subscriptions_count_at_the_routing(store: SqliteStore, notify: Notify) -> None:
    """Who left before an event was routed is not told of it."""
    await arrive(store, "e1")
    (one,) = await store.subscriptions.list(TEAM)
    await store.subscriptions.remove(TEAM, one.id)
    await notify.route_some()

    assert {} == await states(store)


async def test_in_a_storm_routing_gives_way_for_a_while(
    store: SqliteStore, clock: SetClock
) -> None:
    """Senders that wait go first; an event is routed all the same, however long it lasts."""
    looks: list[None] = []

    def storm() -> bool:
        looks.append(None)
        return True

    await follow(store, subscription("C1"))
    await arrive(store, "e1")
    assert 1 == await notify_of(store, clock, storm=storm).route_some()

    assert MOST_WAYS == len(looks)
    assert "Said: e1" == (await claim(store)).alert.title
