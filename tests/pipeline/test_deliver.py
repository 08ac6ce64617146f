"""Commit 3: one message, whatever Slack says and whenever we die."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.core.alerts import Alert
from bot.core.notifications import Draft, Form, Lane, Notification, State
from bot.store.sqlite import SqliteStore
from tests.pipeline.bench import Bench
from tests.pipeline.probe import Crash
from tests.pipeline.slack import Mood
from tests.store.conftest import SetClock
from tests.store.making import LANE, TEAM, draft, follow, rows, states, subscription

OTHER = Lane(TEAM, "C2")


@pytest.fixture
def bench(store: SqliteStore, clock: SetClock) -> Bench:
    """Return a bench with a Slack that is well."""
    return Bench(store, clock)


async def test_what_slack_takes_is_sent(bench: Bench) -> None:
    """With its timestamp, and its thread under it."""
    await bench.owe(draft("p"), draft("p#1", parent_key="p"))
    await bench.drain()

    assert [("p", None), ("p#1", "1.0")] == [(m.key, m.parent_ts) for m in bench.slack.messages]
    assert {"p": "sent", "p#1": "sent"} == await states(bench.store)


@pytest.mark.parametrize("mood", Mood)
async def test_every_mood_ends_in_one_message(bench: Bench, mood: Mood) -> None:
    """S1, S2, S3: taken or lost, said or not, alive or dead: there is one, unmarked."""
    await bench.owe(draft("k1"), draft("k2"))
    bench.meets(mood)
    try:
        await bench.step()
    except Crash:
        await bench.store.outbox.recover()
    await bench.drain()

    assert ["k1", "k2"] == sorted(bench.slack.said())
    lost = mood in {Mood.TIMEOUT_LOST, Mood.SERVER_LOST, Mood.CRASH_LOST}
    assert [lost, False] == [one.marked for one in bench.slack.messages]


@pytest.mark.parametrize("mood", [Mood.TIMEOUT_TAKEN, Mood.SERVER_LOST, Mood.UNREACHABLE])
async def test_a_lane_in_doubt_keeps_its_order(bench: Bench, mood: Mood) -> None:
    """Trouble that says something about the road holds the next message up, for a while."""
    await bench.owe(draft("k1"), draft("k2"))
    bench.meets(mood)
    await bench.drain()

    assert ["k1", "k2"] == bench.slack.said()


async def test_a_late_history_costs_one_marked_copy(bench: Bench) -> None:
    """S5: what Slack shows only after every look is repeated once, and says so."""
    await bench.owe(draft("k1"))
    bench.slack.lag = timedelta(seconds=60)
    bench.meets(Mood.TIMEOUT_TAKEN)
    await bench.drain()

    assert [False, True] == [one.marked for one in bench.slack.messages]


async def test_a_history_a_little_late_costs_nothing(bench: Bench) -> None:
    """Shown after the first look and before the second, it is found."""
    await bench.owe(draft("k1"))
    bench.slack.lag = timedelta(seconds=4)
    bench.meets(Mood.RESET_TAKEN)
    await bench.drain()

    assert ["k1"] == bench.slack.said()


async def test_a_rate_limit_on_the_history_is_no_look(bench: Bench) -> None:
    """S6: a look that was refused does not count towards "it is not there"."""
    await bench.owe(draft("k1"))
    bench.slack.lag = timedelta(seconds=34)
    bench.meets(Mood.TIMEOUT_TAKEN, Mood.RATE_LIMITED)
    await bench.drain()

    assert ["k1"] == bench.slack.said()
    assert ["post", "find", "find", "find"] == bench.slack.calls


async def test_an_unreadable_history_costs_one_marked_copy(bench: Bench) -> None:
    """S6: without the scope to look, losing would be worse than repeating."""
    await bench.owe(draft("k1"))
    bench.slack.readable = False
    bench.meets(Mood.TIMEOUT_TAKEN)
    await bench.drain()

    assert [False, True] == [one.marked for one in bench.slack.messages]


async def test_copies_are_few(bench: Bench) -> None:
    """Ambiguous again and again and never to be found: at most two more, then an end."""
    await bench.owe(draft("k1"), draft("k1#1", parent_key="k1"))
    bench.slack.readable = False
    bench.meets(*[Mood.TIMEOUT_TAKEN, Mood.OK] * 9)
    await bench.drain()

    assert [False, True, True] == [one.marked for one in bench.slack.messages]
    found = await rows(bench.store, "SELECT state, reason FROM notifications ORDER BY id")
    assert [("dead", "expired"), ("dead", "parent")] == [tuple(row.values()) for row in found]


async def test_refused_blocks_become_plain_text(bench: Bench) -> None:
    """S12: at once and without using up a try; refused again, it is dead with its reason."""
    await bench.owe(draft("k1"), draft("k2"))
    bench.meets(Mood.PAYLOAD, Mood.OK, Mood.PAYLOAD, Mood.PAYLOAD)
    tries = [await bench.step() for _ in range(4)]

    assert [(Form.BLOCKS, 1), (Form.PLAIN, 1)] * 2 == [
        (one.form, one.attempts) for one in tries if one
    ]
    assert ["k1"] == bench.slack.said()
    assert ["sent", "dead"] == list((await states(bench.store)).values())


async def test_a_revoked_token_drops_nothing(bench: Bench) -> None:
    """S7: the workspace waits, however long, and the backlog goes out once, in order."""
    await bench.owe(*(draft(f"k{n}") for n in range(3)))
    bench.slack.revoked = True
    for _ in range(100):
        await bench.step()
        bench.clock.forward(3600)
    bench.slack.revoked = False
    await bench.drain()

    assert ["k0", "k1", "k2"] == bench.slack.said()


async def test_a_closed_channel_waits_and_its_people_are_told(
    store: SqliteStore, clock: SetClock
) -> None:
    """S9: kept back, told once, other channels unaffected; released, said once in order."""

    async def notices(claimed: Notification, reason: str) -> Sequence[Draft]:
        return (draft(f"held {reason}", "U1"),)

    await follow(store, subscription("C1"))
    bench = Bench(store, clock, notices=notices)
    await bench.owe(draft("k1"), draft("k2"), draft("o", "C2"))
    bench.slack.closed.add("C1")
    for lane in (LANE, OTHER, Lane(TEAM, "U1")):
        await bench.drain(lane)
    while_closed = bench.slack.said()
    bench.slack.closed.clear()
    await bench.store.outbox.release_channel(TEAM, "C1")
    await bench.drain()

    assert ["o", "held not_in_channel"] == while_closed
    assert ["k1", "k2"] == bench.slack.said("C1")


@pytest.mark.parametrize(("apart_s", "blocked"), [(0, True), (10, True), (10.5, False)])
async def test_two_limited_channels_are_a_limited_workspace(
    bench: Bench, apart_s: float, blocked: bool
) -> None:
    """Refused for its rate in two channels within ten seconds, the workspace waits."""
    await bench.owe(draft("a", "C1"), draft("b", "C2"), draft("c", "C3"))
    bench.meets(Mood.RATE_LIMITED, Mood.RATE_LIMITED)
    await bench.step()
    bench.clock.forward(apart_s)
    await bench.step(OTHER)
    third = await bench.step(Lane(TEAM, "C3"))

    assert blocked == (third is None)


async def test_one_limited_channel_is_not_the_workspace(bench: Bench) -> None:
    """S4: the same channel twice stops only itself."""
    await bench.owe(draft("a", "C1"), draft("c", "C3"))
    bench.meets(Mood.RATE_LIMITED, Mood.RATE_LIMITED)
    await bench.step()
    bench.clock.forward(30)
    await bench.step()

    assert await bench.step(Lane(TEAM, "C3")) is not None


@pytest.mark.parametrize("mood", [Mood.RATE_LIMITED, Mood.TIMEOUT_LOST, Mood.TIMEOUT_TAKEN])
async def test_an_edit_is_tried_again_and_delays_no_post(bench: Bench, mood: Mood) -> None:
    """The newest words arrive in the end; a post that comes meanwhile goes at once."""
    await bench.owe(draft("k1"))
    await bench.step()
    await bench.owe(draft("k1", alert=Alert(title="newer")))
    bench.meets(mood)
    edit = await bench.step()
    await bench.owe(draft("k2"))
    post = await bench.step()
    await bench.drain()

    assert edit is not None
    assert post is not None
    assert (State.SENT, State.SENDING, "k2") == (edit.state, post.state, post.key)
    assert ["newer", "About k2"] == [one.alert.title for one in bench.slack.messages]


async def test_words_that_changed_in_doubt_arrive(bench: Bench) -> None:
    """A message found after a timeout shows what it was sent with, so it is edited."""
    await bench.owe(draft("k1"))
    bench.meets(Mood.TIMEOUT_TAKEN)
    await bench.step()
    await bench.owe(draft("k1", alert=Alert(title="newer")))
    await bench.drain()

    assert ["newer"] == [one.alert.title for one in bench.slack.messages]


async def test_every_outcome_is_counted(bench: Bench) -> None:
    """Each settlement is a number with its reason, for those who watch."""
    await bench.owe(draft("k1"), draft("k2"))
    bench.meets(Mood.UNREACHABLE, Mood.OK, Mood.PAYLOAD, Mood.PAYLOAD)
    await bench.drain()

    assert [
        ("deferral", "unreachable"),
        ("sent", ""),
        ("deferral", "payload"),
        ("end", "payload"),
    ] == bench.counted


async def test_the_copy_that_is_found_shows_the_newest_words(bench: Bench) -> None:
    """Tried with old words, then with new ones, and found: whichever it was is edited."""
    await bench.owe(draft("k1"))
    bench.slack.lag = timedelta(seconds=20)
    bench.meets(Mood.TIMEOUT_TAKEN, Mood.OK, Mood.OK, Mood.TIMEOUT_LOST)
    await bench.step()
    await bench.owe(draft("k1", alert=Alert(title="newer")))
    for wait_s in (1, 5, 0):
        bench.clock.forward(wait_s)
        await bench.step()
    bench.clock.forward(60)
    await bench.drain()

    assert ["newer"] == [one.alert.title for one in bench.slack.messages]
