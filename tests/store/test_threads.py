"""Where later news is said: in the thread, in the channel too, or without a thread."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.alerts import Alert, Thread
from bot.store.sqlite import SqliteStore
from tests.store.making import NOW, event, follow, found, grouped, route, rows, subscription

IN_A_THREAD = [Thread.ONLY, Thread.BROADCAST]


async def owed(store: SqliteStore) -> list[tuple[str, bool, Thread]]:
    """Return title or text, whether it is a reply, and how it is told, of each message."""
    stored = await rows(store, "SELECT alert, parent_id, thread FROM notifications ORDER BY id")
    alerts = [Alert.model_validate_json(row["alert"]) for row in stored]
    return [
        (alert.title or alert.text, row["parent_id"] is not None, Thread(row["thread"]))
        for alert, row in zip(alerts, stored, strict=True)
    ]


async def read(store: SqliteStore, *members: str) -> None:
    """Let the group that is due be read with these members."""
    (due,) = await store.groups.claim(NOW, 10)
    await store.groups.complete(due, found(*members))


@pytest.mark.parametrize("thread", Thread)
async def test_members_of_a_group(store: SqliteStore, thread: Thread) -> None:
    """They are replies unless the channel wants none; each is said once, in order."""
    await follow(store, subscription(thread=thread))
    for key, members in (("e1", "ab"), ("e2", "abc")):
        await route(store, grouped(key))
        await read(store, *members)

    parent, *replies = await owed(store)
    assert parent == ("Findings", False, thread)
    threaded = thread in IN_A_THREAD
    assert replies == [(f"Finding {one}", threaded, thread) for one in "abc"]


@pytest.mark.parametrize("thread", Thread)
async def test_later_news_of_a_card(store: SqliteStore, thread: Thread) -> None:
    """Without threads each event is a message of its own; else it is one card with a story."""
    await follow(store, subscription(thread=thread))
    for minutes, word in enumerate(("running", "done")):
        alert = Alert(title=word, card="run/1", occurred_at=NOW + timedelta(minutes=minutes))
        await route(store, event(word), alert)

    said = [(title, reply) for title, reply, _ in await owed(store)]
    if thread is Thread.FLAT:
        assert said == [("running", False), ("done", False)]
    else:
        assert said == [("done", False), ("running", True), ("done", True)]


async def test_the_loudest_wish_of_a_channel_counts(store: SqliteStore) -> None:
    """Of two subscriptions of one channel, the event is told once, as the louder wants."""
    await follow(store, subscription(thread=Thread.ONLY))
    await follow(store, subscription("C1", "scan.*", thread=Thread.BROADCAST))
    await route(store, event())

    assert [thread for *_, thread in await owed(store)] == [Thread.BROADCAST]
