"""Who follows what: asked once, listed by channel and workspace, forgotten for good."""

from __future__ import annotations

import pytest

from bot.core.alerts import Size, Thread
from bot.core.subscriptions import Subscription
from bot.store.sqlite import SqliteStore
from tests.store.making import (
    MONITOR,
    NOW,
    TEAM,
    accept,
    break_in,
    event,
    filtered,
    follow,
    route,
    rows,
    subscription,
)  # fmt: skip


async def test_what_is_stored_comes_back(store: SqliteStore) -> None:
    """Every part of a wish survives, with the moment and the person."""
    wanted = subscription(
        "C1", source="probe", subject=MONITOR, created_by="U1",
        filter=filtered('type:a.* severity>=error (region:eu OR NOT "text")'), thread=Thread.FLAT,
    )  # fmt: skip
    stored, new = await store.subscriptions.add(wanted, request_id="r1")
    expected = wanted.model_copy(update={"id": stored.id, "created_at": NOW})

    assert new
    assert expected == stored
    assert expected == await store.subscriptions.get(TEAM, stored.id)


async def test_an_equal_wish_is_not_stored_twice(store: SqliteStore) -> None:
    """Another person's equal wish gets the one that is there; one's own repeat counts as new."""
    first, _ = await store.subscriptions.add(subscription(), request_id="r1")
    repeated = await store.subscriptions.add(subscription(), request_id="r1")
    other = await store.subscriptions.add(subscription(), request_id="r2")

    assert [(first, True), (first, False)] == [repeated, other]
    assert 1 == len(await store.subscriptions.list(TEAM))


@pytest.mark.parametrize(
    "different",
    [
        subscription("C2"),
        subscription(team_id="T2"),
        subscription(source="probe"),
        subscription(subject=MONITOR),
        subscription("C1", "a.*"),
    ],
    ids=["channel", "workspace", "source", "subject", "filter"],
)
async def test_another_wish_is_another(store: SqliteStore, different: Subscription) -> None:
    """Each part makes a subscription one of its own."""
    await follow(store, subscription())
    _, new = await store.subscriptions.add(different, request_id="r2")

    assert new


async def test_lists_are_of_one_channel_or_workspace(store: SqliteStore) -> None:
    """Nobody sees another workspace's subscriptions, not even by their number."""
    one = await follow(store, subscription("C1"))
    two = await follow(store, subscription("C2"))
    foreign = await follow(store, subscription("C1", team_id="T2"))

    assert [one] == await store.subscriptions.list(TEAM, "C1")
    assert [one, two] == await store.subscriptions.list(TEAM)
    assert await store.subscriptions.get(TEAM, foreign.id) is None
    assert not await store.subscriptions.remove(TEAM, foreign.id)


async def test_what_is_removed_is_gone_and_its_number_too(store: SqliteStore) -> None:
    """A number names one subscription for ever, so that an old one cannot hit a new one."""
    old = await follow(store, subscription())

    assert [True, False] == [await store.subscriptions.remove(TEAM, old.id) for _ in range(2)]
    assert (await follow(store, subscription())).id > old.id


async def test_creators_are_named_once(store: SqliteStore) -> None:
    """Who subscribed twice is told once, and a nameless creator is nobody to tell."""
    for who, kind in (("U1", "a"), ("U2", "b"), ("U1", "c"), ("", "d")):
        await follow(store, subscription("C1", kind, created_by=who))

    assert ["U1", "U2"] == sorted(await store.subscriptions.creators(TEAM, "C1"))


async def test_an_equal_wish_does_not_route_again(store: SqliteStore) -> None:
    """Only a subscription that is new has missed something."""
    wanted = subscription(source="probe", subject=MONITOR)
    await follow(store, wanted)
    await route(store, event("other"))
    await store.subscriptions.add(wanted, request_id="r2", since=NOW)

    assert not await store.inbox.claim(10)


async def test_routed_again_gets_fresh_starts(store: SqliteStore) -> None:
    """An event that waited through restarts is no poison because it is looked at again."""
    await accept(store, event("e1"))
    await break_in(store, "UPDATE events SET state = 'routed', starts = 3")
    await store.subscriptions.add(subscription(source="probe"), request_id="r1", since=NOW)

    assert [{"state": "received", "starts": 0}] == await rows(
        store, "SELECT state, starts FROM events"
    )


async def test_asking_again_with_another_size_resizes(store: SqliteStore) -> None:
    """The same wish with another size is the same subscription, told differently from now on."""
    first = await follow(store, subscription())
    resized, changed = await store.subscriptions.add(
        subscription(size=Size.COMPACT), request_id="r2"
    )

    assert (first.id, Size.COMPACT, True) == (resized.id, resized.size, changed)
    assert 1 == len(await store.subscriptions.list(TEAM))


async def test_the_largest_size_that_matched_is_owed(store: SqliteStore) -> None:
    """Where two subscriptions of a channel match, it reads as much as the one that wants most."""
    await follow(store, subscription("C1", size=Size.COMPACT))
    await follow(store, subscription("C1", "scan.*", size=Size.FULL))
    await follow(store, subscription("C2", size=Size.COMPACT))
    await route(store, event("e1"))
    found = await rows(store, "SELECT channel_id, size FROM notifications ORDER BY channel_id")

    assert [("C1", Size.FULL), ("C2", Size.COMPACT)] == [
        (one["channel_id"], Size(one["size"])) for one in found
    ]
