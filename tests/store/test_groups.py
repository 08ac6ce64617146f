"""Groups: read under a lease, told once, and only what is new."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.notifications import Lane, Notification
from bot.core.ports import DueGroup
from bot.core.reasons import Reason
from bot.store.groups import LEASE
from bot.store.sqlite import SqliteStore
from tests.store.making import (
    LANE,
    NOW,
    TEAM,
    claim,
    doubt,
    follow,
    found,
    grouped,
    route,
    rows,
    say,
    states,
    subscription,
)  # fmt: skip

PARENT = "card:probe/g1"


@pytest.fixture
async def due(store: SqliteStore) -> DueGroup:
    """Return the reading of a group that the channel C1 follows."""
    await follow(store, subscription("C1"))
    await route(store, grouped())
    (one,) = await store.groups.claim(NOW, 10)
    return one


async def everything(store: SqliteStore, lane: Lane = LANE) -> list[Notification]:
    """Post whatever is owed to a lane and return it in order."""
    said: list[Notification] = []
    while claimed := await store.outbox.claim(lane, NOW, edits=False):
        assert await store.outbox.sent(claimed, f"{len(said) + 1}.0")
        said.append(claimed)
    return said


async def test_a_reading_is_counted_and_leased(store: SqliteStore, due: DueGroup) -> None:
    """Nobody else reads a group until the lease is out; then the next try is counted."""
    assert (1, "probe/g1") == (due.attempts, due.card)
    assert not await store.groups.claim(NOW + LEASE - timedelta(seconds=1), 10)
    (again,) = await store.groups.claim(NOW + LEASE, 10)
    assert 2 == again.attempts


async def test_several_are_due_at_once(store: SqliteStore) -> None:
    """A claim returns as many as wanted, and the rest remain due."""
    await follow(store, subscription("C1"))
    for number in range(3):
        group = grouped(f"e{number}", f"g{number}")
        await route(store, group, found(title="x").model_copy(update={"card": f"g{number}"}))

    assert ["e0", "e1"] == [one.event.id for one in await store.groups.claim(NOW, 2)]
    assert NOW == await store.groups.next_due()
    assert ["e2"] == [one.event.id for one in await store.groups.claim(NOW, 2)]
    assert NOW + LEASE == await store.groups.next_due()


async def test_members_are_said_under_the_message(store: SqliteStore, due: DueGroup) -> None:
    """The message goes out at once with its words, then a reply for each member."""
    changed = await store.groups.complete(due, found("a", "b", title="2 findings"))
    said = await everything(store)

    assert 3 == changed
    assert [PARENT, f"{PARENT}#a", f"{PARENT}#b"] == [one.key for one in said]
    assert ["2 findings", None, "1.0"] == [said[0].alert.title, *(m.parent_ts for m in said[:2])]
    assert await store.groups.next_due() is None


async def test_growth_adds_only_what_is_new(store: SqliteStore, due: DueGroup) -> None:
    """W10: a group read again says its new members, in the thread that is there."""
    await store.groups.complete(due, found("a", "b", title="2 findings"))
    await everything(store)
    await route(store, grouped("e2"))
    (again,) = await store.groups.claim(NOW, 10)
    changed = await store.groups.complete(again, found("a", "b", "c", title="3 findings"))
    said = await everything(store)

    assert (2, [f"{PARENT}#c"]) == (changed, [one.key for one in said])
    edit = await claim(store)
    assert ("3 findings", 3, 2) == (edit.alert.title, edit.revision, edit.shown)


async def test_reading_the_same_again_changes_nothing(store: SqliteStore, due: DueGroup) -> None:
    """A reading that ended twice, or found nothing new, costs no edit and no reply."""
    await store.groups.complete(due, found("a"))

    assert 0 == await store.groups.complete(due, found("a"))
    (row,) = await rows(store, "SELECT revision FROM notifications WHERE key = ?", PARENT)
    assert 2 == row["revision"]


async def test_an_announcement_during_a_reading_is_read_too(
    store: SqliteStore, due: DueGroup
) -> None:
    """Members that came between the reading and its end are not missed."""
    await route(store, grouped("e2"))
    await store.groups.complete(due, found("a"))
    (again,) = await store.groups.claim(NOW, 10)

    assert "e2" == again.event.id


async def test_a_postponed_group_is_due_later(store: SqliteStore, due: DueGroup) -> None:
    """W8: a reading that failed has a schedule of its own, and the message does not wait."""
    until = NOW + timedelta(seconds=30)
    await store.groups.postpone(due, until=until, detail="busy")

    assert until == await store.groups.next_due()
    assert not await store.groups.claim(until - timedelta(seconds=1), 10)
    assert 1 == len(await store.groups.claim(until, 10))
    after_grace = NOW + timedelta(seconds=6)
    assert PARENT == (await claim(store, at=after_grace)).key


async def test_giving_up_is_said_in_the_message(store: SqliteStore, due: DueGroup) -> None:
    """The message says that the details are missing; a later announcement reads again."""
    await store.groups.give_up(due, found("a", title="not fetched"), detail="gone")

    assert await store.groups.next_due() is None
    assert {PARENT: "pending"} == await states(store)
    assert "not fetched" == (await claim(store, at=NOW + timedelta(seconds=6))).alert.title
    await route(store, grouped("e2"))
    (again,) = await store.groups.claim(NOW, 10)
    assert 1 == again.attempts


async def test_a_lease_that_was_lost_settles_nothing(store: SqliteStore, due: DueGroup) -> None:
    """A reading that took too long neither postpones nor buries its successor."""
    (again,) = await store.groups.claim(NOW + LEASE, 10)
    await store.groups.postpone(due, until=NOW + timedelta(days=9), detail="old")
    await store.groups.give_up(due, found(), detail="old")

    assert NOW + 2 * LEASE == await store.groups.next_due()
    await store.groups.complete(again, found("a"))
    assert await store.groups.next_due() is None


async def test_two_channels_have_a_thread_each(store: SqliteStore, due: DueGroup) -> None:
    """Who subscribes between two announcements gets the whole thread, the other only the new."""
    await store.groups.complete(due, found("a"))
    await everything(store)
    await follow(store, subscription("C2"))
    await route(store, grouped("e2"))
    (again,) = await store.groups.claim(NOW, 10)
    await store.groups.complete(again, found("a", "b"))

    assert [f"{PARENT}#b"] == [one.key for one in await everything(store)]
    other = await everything(store, Lane(TEAM, "C2"))
    assert [PARENT, f"{PARENT}#a", f"{PARENT}#b"] == [one.key for one in other]


async def test_what_is_read_while_a_post_is_in_doubt_is_shown(
    store: SqliteStore, due: DueGroup
) -> None:
    """A message found in the history has the words it was sent with, so it is edited."""
    posted = await claim(store, at=NOW + timedelta(seconds=6))
    await store.outbox.defer(posted, doubt())
    await store.groups.complete(due, found(title="2 findings"))
    await say(store, "1.0")
    edit = await claim(store)

    assert ("sent", "2 findings") == (edit.state, edit.alert.title)


async def test_a_dead_thread_does_not_swallow_what_comes_later(
    store: SqliteStore, due: DueGroup
) -> None:
    """A group whose message died is said anew, in full, when it is announced again."""
    await store.groups.complete(due, found("a"))
    await store.outbox.end(await claim(store), Reason.EXPIRED, "")
    await route(store, grouped("e2"))
    (again,) = await store.groups.claim(NOW, 10)
    await store.groups.complete(again, found("a", "b"))

    said = [one.key for one in await everything(store)]
    assert [PARENT, f"{PARENT}#a", f"{PARENT}#b"] == said


async def test_a_held_thread_takes_its_replies_along(store: SqliteStore, due: DueGroup) -> None:
    """What is read while the channel takes nothing waits with its message, in order."""
    parent = await claim(store, at=NOW + timedelta(seconds=6))
    await store.outbox.hold_channel(parent, Reason.CHANNEL, "not_in_channel", [])
    await store.groups.complete(due, found("a"))

    assert {PARENT: "held", f"{PARENT}#a": "held"} == await states(store)
    await store.outbox.release_channel(TEAM, "C1")
    assert [PARENT, f"{PARENT}#a"] == [one.key for one in await everything(store)]
