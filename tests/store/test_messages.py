"""Messages that stand in Slack: found by their timestamp, and marked once."""

from __future__ import annotations

import asyncio

from bot.core.alerts import Alert, Reply
from bot.core.marks import ACKNOWLEDGED, MUTED, Mark
from bot.core.notifications import Notification
from bot.core.ports import Told
from bot.store.sqlite import SqliteStore
from tests.store.conftest import SetClock
from tests.store.making import LANE, accept, event, follow, routed, rows, subscription


async def posted(store: SqliteStore, clock: SetClock, ts: str = "1.0") -> Notification:
    """Let an event be said, and return its message."""
    await follow(store, subscription())
    one = event("e1")
    await accept(store, one)
    (stored,) = await store.inbox.claim(1)
    await routed(store, Told(stored.row, one, Alert(title="One"), default=True))
    claimed = await store.outbox.claim(LANE, clock.now)
    assert claimed is not None
    await store.outbox.sent(claimed, ts)
    return claimed


def mark(clock: SetClock, by: str, kind: str = ACKNOWLEDGED, words: str = "did it") -> Mark:
    """Return what somebody did now."""
    return Mark(kind=kind, by=by, words=words, at=clock.now)


async def test_a_message_is_found_by_its_timestamp(store: SqliteStore, clock: SetClock) -> None:
    """In its own channel and workspace only."""
    said = await posted(store, clock)
    found = await store.messages.find(*LANE, "1.0")

    assert found is not None
    assert (found.row, found.alert.title, found.subscription_ids) == (said.id, "One", (1,))
    assert await store.messages.find(*LANE, "2.0") is None
    assert await store.messages.find(LANE[0], "COTHER", "1.0") is None
    assert await store.messages.find("TOTHER", LANE[1], "1.0") is None


async def test_a_reply_stands_for_the_message_above_it(store: SqliteStore, clock: SetClock) -> None:
    """What is done about a reply is done about its alert."""
    said = await posted(store, clock)
    found = await store.messages.find(*LANE, "1.0")
    assert found is not None
    reply = Reply(key="r", title="More").alert()
    await store.writer.run(
        lambda connection: connection.execute(
            "INSERT INTO notifications (delivery_id, team_id, channel_id, key, parent_id, "
            "subscriptions, alert, state, size, thread, not_before, created_at, ts) "
            "VALUES ('d', ?, ?, 'k', ?, '[]', ?, 'sent', 1, 0, 0, 0, '2.0')",
            (*LANE, said.id, reply.model_dump_json()),
        )
    )
    below = await store.messages.find(*LANE, "2.0")

    assert below is not None
    assert (below.row, below.alert.title, below.ts) == (said.id, "One", "2.0")
    assert below.event_row == found.event_row


async def test_the_first_to_acknowledge_counts(store: SqliteStore, clock: SetClock) -> None:
    """Ten presses at once leave one mark, and the message is edited once."""
    said = await posted(store, clock)
    marks = [mark(clock, f"U{number}") for number in range(10)]
    ends = await asyncio.gather(*(store.messages.mark(said.id, one) for one in marks))
    (row,) = await rows(store, "SELECT revision, shown, marks FROM notifications")

    assert len({one.by for one in ends}) == 1
    assert row["revision"] == row["shown"] + 1
    assert row["marks"].count(ACKNOWLEDGED) == 1


async def test_a_newer_mute_takes_the_place_of_the_older(
    store: SqliteStore, clock: SetClock
) -> None:
    """The same again changes nothing, so that a double click edits nothing."""
    said = await posted(store, clock)
    await store.messages.mark(said.id, mark(clock, "U1", MUTED, "muted this"))
    (before,) = await rows(store, "SELECT revision FROM notifications")
    await store.messages.mark(said.id, mark(clock, "U1", MUTED, "muted this"))
    (same,) = await rows(store, "SELECT revision FROM notifications")
    newest = await store.messages.mark(said.id, mark(clock, "U2", MUTED, "muted that"))
    found = await store.messages.find(*LANE, "1.0")

    assert same["revision"] == before["revision"]
    assert found is not None
    assert found.marks == (newest,)
