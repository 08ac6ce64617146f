"""Commit 2: who is owed a message is decided once, by the subscriptions of that moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.alerts import Alert, Severity
from bot.core.events import Subject
from bot.core.ports import Told
from bot.core.subscriptions import Subscription
from bot.store.sqlite import SqliteStore
from tests.store.making import (
    LANE,
    MONITOR,
    NOW,
    TEAM,
    accept,
    break_in,
    claim,
    event,
    filtered,
    follow,
    found,
    grouped,
    route,
    routed,
    rows,
    states,
    subscription,
)  # fmt: skip

ACME = Subject(kind="workspace", id="acme")
SCAN = event("e1", "scan.failed", subjects=(ACME,), fields={"region": "EU", "count": 3})

FORMS: list[tuple[Subscription, bool]] = [
    (subscription(), True),
    (subscription(source="probe"), True),
    (subscription(source="other"), False),
    (subscription(subject=ACME), True),
    (subscription(subject=Subject(kind="workspace", id="")), True),
    (subscription(subject=Subject(kind="workspace", id="emca")), False),
    (subscription(subject=Subject(kind="monitor", id="acme")), False),
    (subscription("C1", "scan.failed"), True),
    (subscription("C1", "scan.*"), True),
    (subscription("C1", "scan.f*d"), True),
    (subscription("C1", "*"), True),
    (subscription("C1", "*.failed"), True),
    (subscription("C1", "task.*", "scan.?ailed"), True),
    (subscription("C1", "scan"), False),
    (subscription("C1", "scan.failed.*"), False),
    (subscription("C1", "SCAN.failed"), False),
    (subscription(filter=filtered("severity>=warning")), True),
    (subscription(filter=filtered("severity>=critical")), False),
    (subscription(filter=filtered("region:eu")), True),
    (subscription(filter=filtered("region:eu count:3")), True),
    (subscription(filter=filtered("region:eu count:4")), False),
    (subscription(filter=filtered("absent:*")), False),
]


@pytest.mark.parametrize(("wanted", "heard"), FORMS)
async def test_each_form_of_subscription(
    store: SqliteStore, wanted: Subscription, heard: bool
) -> None:
    """Source, subject, types, severity and fields each let through what they name."""
    await follow(store, wanted)
    alert = Alert(title="Scan failed", severity=Severity.WARNING)

    assert int(heard) == await route(store, SCAN, alert)


async def test_what_needs_a_person_passes_every_severity(store: SqliteStore) -> None:
    """`action` is not to be filtered away by a severity."""
    await follow(store, subscription(filter=filtered("severity>=critical")))

    assert 1 == await route(store, SCAN, Alert(title="Sign in again", action=True))


@pytest.mark.parametrize(("types", "heard"), [((), 0), (("scan.*",), 1), (("*",), 1)])
async def test_a_type_that_is_off_is_heard_only_by_name(
    store: SqliteStore, types: tuple[str, ...], heard: int
) -> None:
    """A plain subscription hears what handlers mark as on; a named type is heard anyway."""
    await follow(store, subscription("C1", *types))
    await accept(store, SCAN)
    (stored,) = await store.inbox.claim(1)

    assert heard == await routed(store, Told(stored.row, SCAN, Alert(title="x"), default=False))


async def test_overlapping_subscriptions_are_one_message(store: SqliteStore) -> None:
    """A channel that asked three times hears once, and the row names all three."""
    for wanted in (subscription(), subscription(subject=ACME), subscription("C1", "scan.*")):
        await follow(store, wanted)

    assert 1 == await route(store, SCAN)
    (row,) = await rows(store, "SELECT subscriptions FROM notifications")
    assert "[1,2,3]" == row["subscriptions"]


async def test_each_channel_and_workspace_has_its_own(store: SqliteStore) -> None:
    """The same channel id in another workspace is another channel."""
    for wanted in (subscription("C1"), subscription("C2"), subscription("C1", team_id="T2")):
        await follow(store, wanted)

    assert 3 == await route(store, SCAN)


async def test_an_event_is_routed_once(store: SqliteStore) -> None:
    """A second routing of one event, after a crash that was none, owes nothing."""
    await follow(store, subscription())
    await accept(store, SCAN)
    (stored,) = await store.inbox.claim(1)
    first = await routed(store, Told(stored.row, SCAN, Alert(title="x"), default=True))
    await follow(store, subscription("C2"))
    second = await routed(store, Told(stored.row, SCAN, Alert(title="x"), default=True))

    assert (1, 0) == (first, second)
    assert {f"event:{stored.row}": "pending"} == await states(store)


async def test_a_subscription_counts_from_its_routing(store: SqliteStore) -> None:
    """Who unsubscribes before the routing hears nothing, who subscribes before it does."""
    early = await follow(store, subscription("C1"))
    await accept(store, SCAN)
    await store.subscriptions.remove(TEAM, early.id)
    await follow(store, subscription("C2"))
    (stored,) = await store.inbox.claim(1)
    await routed(store, Told(stored.row, SCAN, Alert(title="x"), default=True))

    assert [{"channel_id": "C2"}] == await rows(store, "SELECT channel_id FROM notifications")


async def test_a_held_channel_is_owed_and_not_sent(store: SqliteStore) -> None:
    """What comes while a channel takes nothing is kept, and goes out with the release."""
    await follow(store, subscription())
    await break_in(store, "UPDATE subscriptions SET held = 'not_in_channel'")
    await route(store, SCAN)

    assert ["held"] == list((await states(store)).values())
    assert 1 == await store.outbox.release_channel(TEAM, "C1")
    assert (await claim(store)).key.startswith("event:")


async def test_since_routes_again_what_nobody_heard(store: SqliteStore) -> None:
    """What came while its monitor was being made reaches the subscription made for it."""
    await route(store, grouped("early"))
    wanted = subscription(source="probe", subject=MONITOR)
    await store.subscriptions.add(wanted, request_id="r1", since=NOW)
    claimed = await store.inbox.claim(10)

    assert ["early"] == [one.key for one in claimed]


@pytest.mark.parametrize(
    ("since", "source", "heard"),
    [(NOW + timedelta(seconds=1), "probe", False), (NOW, "other", False), (NOW, "probe", True)],
)
async def test_since_leaves_alone_what_is_not_meant(
    store: SqliteStore, since: Any, source: str, heard: bool
) -> None:
    """Neither older events, nor those of other sources, nor those that were heard."""
    if heard:
        await follow(store, subscription("C9"))
    await route(store, SCAN)
    await store.subscriptions.add(subscription(source=source), request_id="r1", since=since)

    assert not await store.inbox.claim(10)


async def test_a_group_waits_for_its_members_a_moment(store: SqliteStore) -> None:
    """The message of a group is owed with some seconds of grace, and the group is due now."""
    await follow(store, subscription())
    await route(store, grouped())

    assert await store.outbox.claim(LANE, NOW) is None
    assert 1 == len(await store.groups.claim(NOW, 10))
    later = NOW + timedelta(seconds=6)
    assert "card:probe/g1" == (await claim(store, at=later)).key


async def test_a_group_nobody_follows_is_not_read(store: SqliteStore) -> None:
    """Without a recipient no call to the source's API is made."""
    await route(store, grouped())

    assert not await store.groups.claim(NOW, 10)


async def test_a_later_event_of_a_card_edits_its_message(store: SqliteStore) -> None:
    """Two events about one thing are one message, whose words are the later's."""
    await follow(store, subscription())
    await route(store, event("e1"), Alert(title="running", card="run"))
    await route(store, event("e2"), Alert(title="done", card="run", rank=1))

    assert ("done", 2) == ((one := await claim(store)).alert.title, one.revision)


async def test_a_pending_group_message_is_not_painted_over(store: SqliteStore) -> None:
    """A second announcement does not put "pending" over findings that are shown."""
    await follow(store, subscription())
    await route(store, grouped("e1"))
    (due,) = await store.groups.claim(NOW, 10)
    await store.groups.complete(due, found("a", title="1 finding"))
    await route(store, grouped("e2"), Alert(title="pending", card="g1"))

    assert "1 finding" == (await claim(store)).alert.title
