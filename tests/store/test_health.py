"""How channels fare: the last message, what is held, and what was given up lately."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.health import Health
from bot.core.notifications import Lane
from bot.core.reasons import Reason
from bot.store.sqlite import SqliteStore
from tests.store.conftest import SetClock
from tests.store.making import TEAM, break_in, claim, draft, event, follow, route, say, subscription


async def health(store: SqliteStore, clock: SetClock, *channels: str) -> list[Health]:
    """Return how some channels fare now."""
    return list(await store.health.of(TEAM, channels or ("C1",), clock()))


async def given_up(store: SqliteStore, key: str, channel: str = "C1") -> None:
    """Owe a message and give it up."""
    await store.outbox.enqueue([draft(key, channel)])
    claimed = await claim(store, Lane(TEAM, channel))
    await store.outbox.end(claimed, Reason.INVALID, "no_text")


async def test_of_nothing_there_is_nothing(store: SqliteStore, clock: SetClock) -> None:
    """Each channel asked for has an answer, in the order of their ids."""
    found = await health(store, clock, "C2", "C1")

    assert found == [Health(channel_id="C1"), Health(channel_id="C2")]
    assert await store.health.of(TEAM, (), clock()) == []


async def test_the_last_message_of_each_channel(store: SqliteStore, clock: SetClock) -> None:
    """Its own, and what waits does not count."""
    for key in ("k1", "k2"):
        await store.outbox.enqueue([draft(key)])
        clock.forward(60)
        await say(store, f"{key[1]}.0")
    await store.outbox.enqueue([draft("k3"), draft("k4", "C2")])
    clock.forward(60)
    first, second = await health(store, clock, "C1", "C2")

    assert first.said_at == clock() - timedelta(seconds=60)
    assert second.said_at is None


async def test_what_is_held_is_counted_by_channel(store: SqliteStore, clock: SetClock) -> None:
    """Of our workspace alone, until it is released."""
    await store.outbox.enqueue([draft("k1"), draft("k2"), draft("k3", "C2")])
    await store.outbox.enqueue([draft("k4", team_id="TOTHER")])
    await break_in(store, "UPDATE notifications SET state = 'held'")
    held = [one.held for one in await health(store, clock, "C1", "C2")]
    await store.outbox.release_channel(TEAM, "C1")
    after = [one.held for one in await health(store, clock, "C1", "C2")]

    assert (held, after) == ([2, 1], [0, 1])


async def test_what_was_given_up_says_what_and_why(store: SqliteStore, clock: SetClock) -> None:
    """With the event to ask about, where there is one."""
    await follow(store, subscription())
    await route(store, event("e1"))
    claimed = await claim(store)
    await store.outbox.end(claimed, Reason.INVALID, "no_text")
    await given_up(store, "k2", "C2")
    first, second = await health(store, clock, "C1", "C2")
    (failure,), (notice,) = first.failures, second.failures

    assert (failure.event_row, failure.title) == (1, "scan.failed")
    assert (failure.reason, failure.detail) == (Reason.INVALID, "no_text")
    assert (notice.event_row, notice.title) == (None, "About k2")


async def test_the_newest_five_of_seven_days(store: SqliteStore, clock: SetClock) -> None:
    """Newest first; replies of a thread that was given up are not told one by one."""
    await given_up(store, "old")
    clock.forward(8 * 24 * 3600)
    for number in range(6):
        await given_up(store, f"n{number}")
        clock.forward(1)
    await break_in(store, "UPDATE notifications SET parent_id = 1 WHERE key LIKE 'n5%'")
    (found,) = await health(store, clock)

    assert [one.title for one in found.failures] == [
        f"About n{number}" for number in (4, 3, 2, 1, 0)
    ]


@pytest.mark.parametrize("state", ["held", "dead", "sent"])
async def test_another_workspace_sees_nothing(
    store: SqliteStore, clock: SetClock, state: str
) -> None:
    """Under the same id of a channel."""
    await store.outbox.enqueue([draft("k1")])
    await say(store, "1.0")
    await break_in(store, "UPDATE notifications SET state = ?", state)

    assert await store.health.of("TOTHER", ("C1",), clock()) == [Health(channel_id="C1")]


async def test_a_thousand_channels_of_failures_hide_none_of_mine(
    store: SqliteStore, clock: SetClock
) -> None:
    """However much is given up elsewhere, later, a channel sees its own."""
    await given_up(store, "mine")
    clock.forward(1)
    await store.outbox.enqueue([draft(f"k{number}", "C2") for number in range(600)])
    await break_in(store, "UPDATE notifications SET state = 'dead' WHERE channel_id = 'C2'")
    mine, other = await health(store, clock, "C1", "C2")

    assert [one.title for one in mine.failures] == ["About mine"]
    assert len(other.failures) == 5
