"""Settling: what became of a try is written once, by the one who made it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.notifications import Deferral, Form, Lane, Notification, State
from bot.core.reasons import Reason
from bot.store.sqlite import SqliteStore
from tests.store.conftest import SetClock
from tests.store.making import (
    LANE,
    NOW,
    TEAM,
    break_in,
    claim,
    doubt,
    draft,
    rows,
    say,
    states,
)  # fmt: skip

LATER = NOW + timedelta(seconds=30)
COUNTERS = "SELECT attempts, look_ups, repeats, edits FROM notifications WHERE key = 'k1'"


def later(state: State = State.PENDING, **more: object) -> Deferral:
    """Return a deferral of half a minute."""
    return Deferral.model_validate(
        {"state": state, "at": LATER, "reason": Reason.UNREACHABLE, **more}
    )


@pytest.fixture
async def posted(store: SqliteStore) -> Notification:
    """Return a message that is being sent."""
    await store.outbox.enqueue([draft("k1")])
    return await claim(store)


async def test_what_is_deferred_comes_back_in_time(
    store: SqliteStore, posted: Notification
) -> None:
    """Not a moment earlier, and with its try counted."""
    assert await store.outbox.defer(posted, later())
    assert await store.outbox.claim(LANE, LATER - timedelta(milliseconds=1)) is None
    assert 2 == (await claim(store, at=LATER)).attempts


async def test_a_try_that_does_not_count_is_given_back(
    store: SqliteStore, posted: Notification
) -> None:
    """A 429 uses up no try."""
    await store.outbox.defer(posted, later(counted=False))

    assert 1 == (await claim(store, at=LATER)).attempts


@pytest.mark.parametrize("counted", [True, False])
async def test_look_ups_count_apart_from_tries(
    store: SqliteStore, posted: Notification, counted: bool
) -> None:
    """A look-up is no try to post; one that Slack refused for its rate was none at all."""
    await store.outbox.defer(posted, doubt())
    looking = await claim(store)
    await store.outbox.defer(looking, later(State.UNKNOWN, counted=counted))
    (row,) = await rows(store, COUNTERS)

    assert {"attempts": 1, "look_ups": int(counted), "repeats": 0, "edits": 0} == row


async def test_a_repeat_starts_looking_anew(store: SqliteStore, posted: Notification) -> None:
    """A message sent again is marked, and its next doubt is looked into as the first was."""
    await store.outbox.defer(posted, doubt())
    looking = await claim(store)
    await store.outbox.defer(looking, later(State.UNKNOWN))
    looking = await claim(store, at=LATER)
    await store.outbox.defer(looking, later(repeat=True))
    again = await claim(store, at=LATER)
    await store.outbox.defer(again, doubt())
    (row,) = await rows(store, COUNTERS)

    assert (2, 1) == (again.attempts, again.repeats)
    assert {"attempts": 2, "look_ups": 0, "repeats": 1, "edits": 0} == row


@pytest.mark.parametrize("counted", [True, False])
async def test_edits_count_apart_from_tries(
    store: SqliteStore, posted: Notification, counted: bool
) -> None:
    """An edit that failed is an edit tried, and leaves the tries to post alone."""
    await store.outbox.sent(posted, "1.0")
    await break_in(store, "UPDATE notifications SET revision = 2")
    edit = await claim(store)
    await store.outbox.defer(edit, later(State.SENT, counted=counted))
    (row,) = await rows(store, COUNTERS)

    assert {"attempts": 1, "look_ups": 0, "repeats": 0, "edits": int(counted)} == row
    assert await store.outbox.claim(LANE, NOW) is None
    assert State.SENT == (await claim(store, at=LATER)).state


async def test_form_and_place_are_kept(store: SqliteStore) -> None:
    """A plain message stays plain; what left its thread stays out of it."""
    await store.outbox.enqueue([draft("p"), draft("p#1", parent_key="p")])
    await say(store, "1.0")
    reply = await claim(store)
    await store.outbox.defer(reply, later(form=Form.PLAIN, top_level=True))
    again = await claim(store, at=LATER)

    assert (Form.PLAIN, None) == (again.form, again.parent_ts)


Settle = Callable[[SqliteStore, Notification], Awaitable[bool]]
SETTLEMENTS: dict[str, Settle] = {
    "sent": lambda store, one: store.outbox.sent(one, "9.0"),
    "defer": lambda store, one: store.outbox.defer(one, later(lane_until=LATER)),
    "end": lambda store, one: store.outbox.end(one, Reason.EXPIRED, "late"),
}
SNAPSHOT = (
    "SELECT key, state, attempts, ts, reason, not_before, (SELECT COUNT(*) FROM attempts) AS tries,"
    " (SELECT COUNT(*) FROM lanes) AS blocks FROM notifications ORDER BY id"
)


@pytest.mark.parametrize("settle", SETTLEMENTS.values(), ids=SETTLEMENTS)
async def test_a_lost_claim_settles_nothing(store: SqliteStore, settle: Settle) -> None:
    """Whoever was overtaken changes neither the row, nor its replies, nor its history."""
    await store.outbox.enqueue([draft("k1"), draft("k1#1", parent_key="k1")])
    old = await claim(store)
    await store.outbox.defer(old, later())
    await claim(store, at=LATER)
    before = await rows(store, SNAPSHOT)

    assert not await settle(store, old)
    assert before == await rows(store, SNAPSHOT)


@pytest.mark.parametrize("settle", SETTLEMENTS.values(), ids=SETTLEMENTS)
async def test_what_is_settled_stays_settled(
    store: SqliteStore, posted: Notification, settle: Settle
) -> None:
    """A message that was sent is neither sent, nor deferred, nor ended by its old claim."""
    await store.outbox.enqueue([draft("k1#1", parent_key="k1")])
    await store.outbox.sent(posted, "1.0")
    before = await rows(store, SNAPSHOT)

    assert not await settle(store, posted)
    assert before == await rows(store, SNAPSHOT)


async def test_the_end_takes_the_replies_along(store: SqliteStore, posted: Notification) -> None:
    """Without its parent no reply can be said; all of them have a reason."""
    await store.outbox.enqueue([draft("k1#1", parent_key="k1"), draft("other")])
    assert await store.outbox.end(posted, Reason.PAYLOAD, "invalid_blocks")
    found = await rows(store, "SELECT state, reason FROM notifications ORDER BY id")

    assert [("dead", "payload"), ("dead", "parent"), ("pending", None)] == [
        tuple(row.values()) for row in found
    ]


async def test_a_dead_reply_stays_dead(store: SqliteStore) -> None:
    """A reply that may be in Slack already is not owed again when its group is read again."""
    reply = draft("p#1", parent_key="p")
    await store.outbox.enqueue([draft("p"), reply])
    await say(store, "1.0")
    await store.outbox.end(await claim(store), Reason.EXPIRED, "unconfirmed")

    assert 0 == await store.outbox.enqueue([reply])
    assert await store.outbox.claim(LANE, NOW) is None


async def test_giving_up_an_edit_keeps_the_message(
    store: SqliteStore, posted: Notification
) -> None:
    """A message that cannot be edited any more is still sent, and its replies still go."""
    await store.outbox.sent(posted, "1.0")
    await store.outbox.enqueue([draft("k1#1", parent_key="k1")])
    await break_in(store, "UPDATE notifications SET revision = 2 WHERE key = 'k1'")
    reply = await say(store, "2.0")
    await store.outbox.end(await claim(store), Reason.MESSAGE, "message_not_found")

    assert {"k1": "sent", "k1#1": "sent"} == await states(store)
    assert reply.parent_ts == "1.0"
    assert [] == await store.outbox.lanes()


@pytest.mark.parametrize(
    ("block", "others"), [("lane_until", 1), ("workspace_until", 0)], ids=["lane", "workspace"]
)
async def test_blocks_survive_a_restart(
    store: SqliteStore, clock: SetClock, tmp_path: Path, block: str, others: int
) -> None:
    """S4: a channel or workspace that asked for quiet has it after a restart, too."""
    await store.outbox.enqueue([draft("k1"), draft("k2"), draft("o", "C2")])
    await store.outbox.enqueue([draft("elsewhere", team_id="T2")])
    await store.outbox.defer(await claim(store), later().model_copy(update={block: LATER}))
    await store.close()
    again = SqliteStore(tmp_path / "tocsin.db", clock)
    again.open()

    assert await again.outbox.claim(LANE, LATER - timedelta(seconds=1)) is None
    assert others == bool(await again.outbox.claim(Lane(TEAM, "C2"), NOW))
    assert await again.outbox.claim(Lane("T2", "C1"), NOW) is not None
    assert LATER == await again.outbox.next_due(LANE, NOW)
    assert "k1" == (await claim(again, at=LATER)).key
    await again.close()


async def test_a_shorter_block_does_not_end_a_longer_one(store: SqliteStore) -> None:
    """The latest moment that Slack named counts."""
    await store.outbox.enqueue([draft("k1"), draft("k2")])
    first, second = await claim(store), await claim(store)
    await store.outbox.defer(first, later(lane_until=LATER))
    await store.outbox.defer(second, later(lane_until=NOW + timedelta(seconds=1)))

    assert LATER == await store.outbox.next_due(LANE, NOW)
    assert await store.outbox.claim(LANE, NOW + timedelta(seconds=2)) is None
