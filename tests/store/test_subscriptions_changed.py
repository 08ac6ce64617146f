"""Changing what a subscription hears, when it last spoke, and the last days' events."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.alerts import Alert, Size, Thread
from bot.core.subscriptions import Subscription
from bot.store import week
from bot.store.sqlite import SqliteStore
from tests.store.conftest import SetClock
from tests.store.making import (
    NOW,
    TEAM,
    accept,
    break_in,
    event,
    filtered,
    follow,
    route,
    rows,
    say,
    subscription,
)  # fmt: skip


def changed(one: Subscription, words: str, **more: object) -> Subscription:
    """Return a subscription with another filter."""
    return one.model_copy(update={"filter": filtered(words), **more})


async def test_a_changed_filter_counts_from_the_next_event(store: SqliteStore) -> None:
    """The index follows: what it heard before it hears no more, and the other way round."""
    one = await follow(store, subscription("C1", "scan.*"))
    told = await store.subscriptions.change(
        changed(one, "type:task.* OR verb:x", size=Size.FULL, thread=Thread.FLAT)
    )
    keys = await rows(store, "SELECT type_key FROM subscription_keys")

    assert told == await store.subscriptions.get(TEAM, one.id)
    assert told is not None
    assert (told.size, told.thread, told.id) == (Size.FULL, Thread.FLAT, one.id)
    assert [""] == [row["type_key"] for row in keys]
    assert 0 == await route(store, event("e1", "scan.failed"))
    assert 1 == await route(store, event("e2", "task.failed"))


async def test_a_changed_filter_keeps_who_made_it(store: SqliteStore) -> None:
    """An edit is no new subscription: number, person and moment stay."""
    one = await follow(store, subscription("C1", created_by="U1"))
    told = await store.subscriptions.change(changed(one, "verb:x", created_by="U2"))

    assert told is not None
    assert (told.created_by, told.created_at) == ("U1", NOW)


async def test_a_wish_that_is_there_already_is_returned(store: SqliteStore) -> None:
    """Two subscriptions of a channel never become the same one; nothing is changed."""
    first = await follow(store, subscription("C1", "a"))
    second = await follow(store, subscription("C1", "b"))

    assert first == await store.subscriptions.change(changed(second, "type:a", size=Size.FULL))
    assert [first, second] == await store.subscriptions.list(TEAM)


async def test_what_is_gone_or_of_others_is_not_changed(store: SqliteStore) -> None:
    """A number of another workspace, or of nothing, changes nothing."""
    one = await follow(store, subscription())
    foreign = one.model_copy(update={"team_id": "T2"})

    assert await store.subscriptions.change(changed(foreign, "verb:x")) is None
    assert await store.subscriptions.change(changed(one, "verb:x", id=99)) is None
    assert [one] == await store.subscriptions.list(TEAM)


async def test_filters_that_differ_in_writing_alone_are_one(store: SqliteStore) -> None:
    """Order, repetition and double negation make no second subscription."""
    await follow(store, subscription(filter=filtered("verb:x type:a.* OR a:b")))
    _, new = await store.subscriptions.add(
        subscription(filter=filtered("NOT NOT a:b OR (type:a.* AND verb:x verb:x)")),
        request_id="r2",
    )

    assert not new
    assert 1 == len(await store.subscriptions.list(TEAM))


async def test_asking_again_with_another_thread_changes_it(store: SqliteStore) -> None:
    """Where news are told is an option of the subscription, as its size is."""
    first = await follow(store, subscription())
    told, news = await store.subscriptions.add(
        subscription(thread=Thread.BROADCAST), request_id="r2"
    )

    assert (first.id, Thread.BROADCAST, True) == (told.id, told.thread, news)


async def test_when_a_subscription_last_spoke(store: SqliteStore, clock: SetClock) -> None:
    """The newest posted message that it asked for; what only waits does not count."""
    one = await follow(store, subscription("C1", "scan.*"))
    both = await follow(store, subscription("C1"))
    quiet = await follow(store, subscription("C1", "task.*"))
    await route(store, event("e1"))
    await say(store, "1700000001.000100")
    clock.forward(60)
    await route(store, event("e2", "other"))
    await say(store, "1700000061.000100", at=clock())
    await route(store, event("e3"))
    later = NOW + timedelta(seconds=60)

    assert {one.id: NOW, both.id: later} == await store.subscriptions.last_said([one, both, quiet])
    assert {} == await store.subscriptions.last_said([quiet])
    assert {} == await store.subscriptions.last_said([one.model_copy(update={"team_id": "T2"})])


async def test_looking_for_the_last_message_reads_few_rows(store: SqliteStore) -> None:
    """It goes along the index of what is posted, however much a channel has heard."""
    await follow(store, subscription())
    plan = await rows(
        store,
        "EXPLAIN QUERY PLAN SELECT subscriptions, sent_at FROM notifications "
        "WHERE channel_id = ? AND +team_id = ? AND ts IS NOT NULL AND sent_at IS NOT NULL "
        "ORDER BY ts DESC LIMIT ?",
        "C1", TEAM, 5,
    )  # fmt: skip

    assert ["outbox_posted" in row["detail"] for row in plan] == [True]


async def _week(store: SqliteStore, source: str = "*", days: float = 7) -> list[str]:
    """Return the keys of everything that the pages hold, in their order."""
    keys: list[str] = []
    before: int | None = None
    for _ in range(50):
        page = await store.week.page(source, since=NOW - timedelta(days=days), before=before)
        keys += [one.key for one in page.events]
        before = page.before
        if before is None:
            return keys
    raise AssertionError("it never ends")


async def test_the_week_is_handed_out_newest_first(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page by page, each event once, of the source that is asked for, and none that is older."""
    monkeypatch.setattr(week, "WINDOW", 3)
    for number in range(10):
        await accept(store, event(f"e{number}"))
    await break_in(store, "UPDATE events SET state = 'routed'")
    await break_in(store, "UPDATE events SET source = 'other' WHERE id % 2 = 1")
    await break_in(store, "UPDATE events SET received_at = received_at - 700000 WHERE id <= 2")

    assert [f"e{number}" for number in range(9, 1, -1)] == await _week(store)
    assert ["e9", "e7", "e5", "e3"] == await _week(store, "probe")
    assert 10 == len(await _week(store, days=9))


async def test_the_week_has_what_was_routed_alone(store: SqliteStore) -> None:
    """What waits is not known yet, and what killed its reader is not read again."""
    for state in ("received", "dead", "unreadable", "routed"):
        await accept(store, event(state))
        await break_in(store, "UPDATE events SET state = ? WHERE key = ?", state, state)

    assert ["routed"] == await _week(store)
    (one,) = (await store.week.page("*", since=NOW)).events
    assert (one.webhook.source, one.type, one.intact) == ("probe", "scan.failed", True)


async def test_an_empty_week_ends_at_once(store: SqliteStore) -> None:
    """A new bot has no past."""
    page = await store.week.page("*", since=NOW)

    assert ([], None) == (list(page.events), page.before)


async def test_a_body_that_changed_is_not_intact(store: SqliteStore) -> None:
    """What the disk made of a body is not taken for what arrived."""
    await route(store, event("e1"), Alert(title="x"))
    await break_in(store, "UPDATE bodies SET raw = x'00'")
    (one,) = (await store.week.page("*", since=NOW)).events

    assert not one.intact
