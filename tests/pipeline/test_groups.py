"""Groups: fetched on a schedule of their own, told once, and never in the way of the alert."""

from __future__ import annotations

import pytest

from bot.core.reasons import Reason
from bot.pipeline.notify import GROUP_SCHEDULE_S, Notify
from bot.store.sqlite import SqliteStore
from tests.pipeline.probe import Crash, Shelf, body, busy, probe
from tests.store.conftest import SetClock
from tests.store.making import (
    LANE,
    PROOF,
    claim,
    event,
    follow,
    states,
    subscription,
    webhook,
)  # fmt: skip

TROUBLE = [
    busy(404, Reason.NOT_FOUND),
    busy(401, Reason.INSTALLATION),
    busy(429, Reason.RATE_LIMITED),
    busy(500, Reason.SERVER),
    busy(0, Reason.TIMEOUT),
    busy(0, Reason.DISCONNECTED),
    KeyError("an answer of another shape"),
]


@pytest.fixture
def shelf() -> Shelf:
    """Return the groups of the source."""
    return Shelf()


@pytest.fixture
async def notify(store: SqliteStore, clock: SetClock, shelf: Shelf) -> Notify:
    """Return the path's second part, with a channel that follows everything."""
    await follow(store, subscription("C1"))
    return notify_of(store, clock, shelf)


def notify_of(store: SqliteStore, clock: SetClock, shelf: Shelf | None) -> Notify:
    """Return the path's second part; without a shelf, there is no key for the source's API."""
    return Notify(
        {"probe": probe()},
        inbox=store.inbox,
        router=store.router,
        groups=store.groups,
        readers={"probe": shelf} if shelf else {},
        clock=clock,
    )


async def announce(store: SqliteStore, notify: Notify, key: str, group: str = "g1") -> None:
    """Take in and route a webhook that announces a group."""
    raw = body(key, "found", group=group)
    await store.inbox.accept(webhook(raw), PROOF, [event(key, "found")], unreadable=None)
    await notify.route_some()


async def said(store: SqliteStore, clock: SetClock) -> list[str]:
    """Post everything that is due and return its titles, a reply's text for its title."""
    clock.forward(10)
    titles: list[str] = []
    while claimed := await store.outbox.claim(LANE, clock()):
        if claimed.ts is None:
            await store.outbox.sent(claimed, f"{claimed.id}.0")
        else:
            await store.outbox.shown(claimed)
        titles.append(claimed.alert.title or claimed.alert.text)
    return titles


async def test_members_are_told_under_the_alert(
    store: SqliteStore, clock: SetClock, notify: Notify, shelf: Shelf
) -> None:
    """A group that can be read at once never says that its details are pending."""
    shelf.members["g1"] = ["a", "b"]
    await announce(store, notify, "e1")

    assert 1 == await notify.read_groups(4)
    assert ["2 findings", "Finding a", "Finding b"] == await said(store, clock)
    assert 0 == await notify.read_groups(4)


@pytest.mark.parametrize("trouble", TROUBLE, ids=str)
async def test_trouble_is_tried_again_and_edited_in(
    store: SqliteStore, clock: SetClock, notify: Notify, shelf: Shelf, trouble: BaseException
) -> None:
    """W8: the alert goes out pending after its grace; what is read later is edited in."""
    shelf.members["g1"] = ["a"]
    shelf.trouble = [trouble]
    await announce(store, notify, "e1")
    await notify.read_groups(4)
    pending = await said(store, clock)
    await notify.read_groups(4)

    assert ["Findings"] == pending
    assert ["Finding a", "1 findings"] == await said(store, clock)
    assert 2 == shelf.readings


async def test_the_schedule_is_kept_and_ends(
    store: SqliteStore, clock: SetClock, notify: Notify, shelf: Shelf
) -> None:
    """Each reading waits its step; after the last one the alert says what is missing."""
    shelf.trouble = [busy() for _ in range(99)]
    await announce(store, notify, "e1")
    await notify.read_groups(4)
    for wait_s in GROUP_SCHEDULE_S:
        clock.forward(wait_s - 1)
        assert 0 == await notify.read_groups(4)
        clock.forward(1)
        assert 1 == await notify.read_groups(4)

    assert len(GROUP_SCHEDULE_S) + 1 == shelf.readings
    assert await store.groups.next_due() is None
    assert "asked too often" in str((await claim(store, at=clock())).alert.notice)


async def test_an_empty_group_is_asked_for_again(
    store: SqliteStore, clock: SetClock, notify: Notify, shelf: Shelf
) -> None:
    """W9: a vendor that announces before it writes is given time."""
    await announce(store, notify, "e1")
    await notify.read_groups(4)
    shelf.members["g1"] = ["a"]
    clock.forward(GROUP_SCHEDULE_S[0])
    await notify.read_groups(4)

    assert ["1 findings", "Finding a"] == await said(store, clock)


async def test_without_a_reader_the_alert_says_so(store: SqliteStore, clock: SetClock) -> None:
    """No API key: nothing is fetched, nothing is tried for hours, and people know why."""
    await follow(store, subscription("C1"))
    notify = notify_of(store, clock, None)
    await announce(store, notify, "e1")
    await notify.read_groups(4)

    assert await store.groups.next_due() is None
    clock.forward(10)
    assert "no API key is set" in str((await claim(store, at=clock())).alert.notice)


async def test_growth_is_told_once(
    store: SqliteStore, clock: SetClock, notify: Notify, shelf: Shelf
) -> None:
    """W10: the second announcement adds what is new to the thread, and nothing else."""
    shelf.members["g1"] = ["a"]
    await announce(store, notify, "e1")
    await notify.read_groups(4)
    await said(store, clock)
    shelf.members["g1"] = ["a", "b", "c"]
    await announce(store, notify, "e2")
    await notify.read_groups(4)

    assert ["Finding b", "Finding c", "3 findings"] == await said(store, clock)


async def test_one_group_s_trouble_is_not_another_s(
    store: SqliteStore, clock: SetClock, notify: Notify, shelf: Shelf
) -> None:
    """Of several that are due, those that can be read are told now."""
    shelf.members |= {"g1": ["a"], "g2": ["b"]}
    shelf.trouble = [busy()]
    await announce(store, notify, "e1", "g1")
    await announce(store, notify, "e2", "g2")

    assert 2 == await notify.read_groups(4)
    clock.forward(-10)
    assert ["1 findings", "Finding b"] == await said(store, clock)


async def test_a_source_that_is_gone_is_not_asked_for_ever(
    store: SqliteStore, clock: SetClock, notify: Notify, shelf: Shelf
) -> None:
    """A group whose source was removed is seldom asked for, and its message goes out."""
    await announce(store, notify, "e1")
    without = Notify(
        {},
        inbox=store.inbox,
        router=store.router,
        groups=store.groups,
        readers={"probe": shelf},
        clock=clock,
    )
    await without.read_groups(4)
    clock.forward(3600)

    assert 0 == await without.read_groups(4)
    assert {"card:probe/m1/g1": "pending"} == await states(store)


async def test_a_lost_reading_is_done_again(
    store: SqliteStore, clock: SetClock, notify: Notify, shelf: Shelf
) -> None:
    """A reading that a crash cut short is begun again after its lease."""
    shelf.members["g1"] = ["a"]
    shelf.trouble = [Crash()]
    await announce(store, notify, "e1")
    with pytest.raises(Crash):
        await notify.read_groups(4)
    assert 0 == await notify.read_groups(4)
    clock.forward(60)

    assert 1 == await notify.read_groups(4)
    assert ["1 findings", "Finding a"] == await said(store, clock)
