"""The story of an event: what arrived, what became of it, and every try to say it."""

from __future__ import annotations

from bot.core.alerts import Alert
from bot.core.notifications import Lane
from bot.core.reasons import Reason
from bot.core.stories import Story
from bot.store.sqlite import SqliteStore
from tests.store.making import (
    NOW,
    PROOF,
    TEAM,
    accept,
    break_in,
    claim,
    doubt,
    draft,
    event,
    follow,
    route,
    say,
    subscription,
    webhook,
)


async def test_nobody_knows_what_never_came(store: SqliteStore) -> None:
    """Neither by a number nor by a sender's id."""
    assert await store.stories.of_row(TEAM, 1) is None
    assert await store.stories.of_key(TEAM, "e1") is None


async def test_the_story_of_what_was_said(store: SqliteStore) -> None:
    """The body as it came, its proof, and one message for each channel."""
    for channel in ("C1", "C2"):
        await follow(store, subscription(channel))
    await route(store, event("e1"))
    await say(store, "1.0", Lane(TEAM, "C2"))
    story = await store.stories.of_key(TEAM, "e1")
    assert story is not None
    assert story == await store.stories.of_row(TEAM, story.row)
    first, second = story.told

    assert (story.key, story.type, story.state) == ("e1", "scan.failed", "routed")
    assert (story.webhook.source, story.webhook.body) == ("probe", b'[{"id": "e1"}]')
    assert (story.proof, story.intact, story.others) == (PROOF._asdict(), True, 0)
    assert (story.received_at, story.routed_at is None) == (NOW, False)
    assert (first.channel_id, first.state, first.ts, first.sent_at) == ("C1", "pending", "", None)
    assert (second.channel_id, second.state, second.ts) == ("C2", "sent", "1.0")
    assert first.subscription_ids == (1,)
    assert [one.outcome for one in second.tries] == ["sent"]


async def test_every_try_is_told_in_order(store: SqliteStore) -> None:
    """With its reason; the last one is what became of it."""
    await follow(store, subscription())
    await route(store, event("e1"))
    claimed = await claim(store)
    await store.outbox.defer(claimed, doubt())
    again = await claim(store)
    await store.outbox.end(again, Reason.INVALID, "no_text")
    story = await store.stories.of_key(TEAM, "e1")
    assert story is not None
    (told,) = story.told

    assert (told.state, told.reason, told.detail) == ("dead", Reason.INVALID, "no_text")
    assert [one.reason for one in told.tries] == [Reason.TIMEOUT, Reason.INVALID]
    assert [one.outcome for one in told.tries][-1] == "dead"


async def test_another_workspace_is_told_no_messages(store: SqliteStore) -> None:
    """The event is one, its messages are each workspace's own."""
    await follow(store, subscription())
    await route(store, event("e1"))
    story = await store.stories.of_key("TOTHER", "e1")

    assert story is not None
    assert story.told == ()


async def test_a_thread_is_told_as_such(store: SqliteStore) -> None:
    """A reply that an event asked for says that it stands in a thread."""
    await follow(store, subscription())
    await route(store, event("e1"))
    await say(store, "1.0")
    (parent,) = (await store.stories.of_row(TEAM, 1) or _none()).told
    key = await store.readers.run(
        lambda connection: connection.execute("SELECT key FROM notifications").fetchone()["key"]
    )
    await store.outbox.enqueue([draft("r", parent_key=key, alert=Alert(title="More"))])
    await break_in(store, "UPDATE notifications SET event_id = 1")
    told = (await store.stories.of_row(TEAM, 1) or _none()).told

    assert parent.in_thread is False
    assert [one.in_thread for one in told] == [False, True]


async def test_of_two_with_one_id_the_newest_is_meant(store: SqliteStore) -> None:
    """Two sources may use the same id."""
    await accept(store, event("e1"))
    other = event("e1", source="other")
    await store.inbox.accept(webhook(b"[]", source="other"), PROOF, [other], unreadable=None)
    story = await store.stories.of_key(TEAM, "e1")

    assert story is not None
    assert story.webhook.source == "other"


async def test_what_changed_on_the_disk_is_seen(store: SqliteStore) -> None:
    """And so is another body that came under the same id."""
    await accept(store, event("e1"))
    await accept(store, event("e1"), body=b'[{"id": "e1"}, 2]')
    before = await store.stories.of_key(TEAM, "e1")
    await break_in(store, "UPDATE bodies SET raw = x'00' WHERE id = 1")
    after = await store.stories.of_key(TEAM, "e1")

    assert before is not None
    assert after is not None
    assert (before.intact, before.others) == (True, 1)
    assert after.intact is False


async def test_what_nobody_could_read_has_a_story(store: SqliteStore) -> None:
    """Under a name made of its digest, with what was wrong."""
    await store.inbox.accept(webhook(b"[1]"), PROOF, [], unreadable="no object")
    story = await store.stories.of_row(TEAM, 1)

    assert story is not None
    assert story.key.startswith("sha256:")
    assert (story.state, story.told) == ("unreadable", ())
    assert "no object" in f"{story.reason} {story.detail}"


def _none() -> Story:
    raise AssertionError("there is no story")
