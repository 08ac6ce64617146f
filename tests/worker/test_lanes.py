"""One worker a lane: in order, at its own pace, and nobody waits for another's trouble."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from typing_extensions import override

from bot.core.errors import StoreUnavailableError
from bot.core.notifications import Deferral, Lane, Notification
from bot.pipeline.deliver import Deliver
from bot.store.outbox import Outbox
from bot.store.sqlite import SqliteStore
from bot.worker.lanes import Lanes
from bot.worker.pace import Pace
from tests.pipeline.slack import FakeSlack, Mood, no_notices
from tests.store.conftest import SetClock
from tests.store.making import draft, states

CHANNELS = [f"C{number}" for number in range(1, 6)]


def unhurried() -> float:
    """Return a time that flies, so that the pace is never what a test waits for."""
    return time.monotonic() * 1e6


class Slow(FakeSlack):
    """A Slack where each post to C1 waits until it is let go."""

    def __init__(self, clock: SetClock) -> None:
        super().__init__(clock)
        self.go = asyncio.Event()

    @override
    async def post(self, notification: Notification) -> str:
        if notification.channel_id == "C1":
            self.calls.append("waits")
            await self.go.wait()
        return await super().post(notification)


@asynccontextmanager
async def working(
    outbox: Outbox, slack: FakeSlack, *, monotonic: Callable[[], float] = unhurried
) -> AsyncIterator[Lanes]:
    """Run the lanes of an outbox; when this ends they have stopped."""
    deliver = Deliver(outbox, slack, notices=no_notices, clock=slack.clock, jitter=lambda: 0)
    lanes = Lanes(outbox, deliver, Pace(monotonic), slack.clock)
    await lanes.refresh()
    yield lanes
    await asyncio.wait_for(lanes.stop(), 5)


async def until(true: Callable[[], bool]) -> None:
    """Wait until something has come true."""
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.002)


async def test_every_lane_in_its_order(store: SqliteStore, clock: SetClock) -> None:
    """Five channels at once, each hearing its own from first to last."""
    keys = [f"k{number}" for number in range(5)]
    await store.outbox.enqueue([draft(key, one) for key in keys for one in CHANNELS])
    slack = FakeSlack(clock)
    async with working(store.outbox, slack):
        await until(lambda: len(slack.messages) == 25)

    assert all(keys == slack.said(channel) for channel in CHANNELS)


async def test_a_busy_channel_delays_no_other(store: SqliteStore, clock: SetClock) -> None:
    """While a call to one channel hangs, all the others hear everything."""
    await store.outbox.enqueue([draft(f"k{n}", one) for n in range(3) for one in CHANNELS])
    slack = Slow(clock)
    async with working(store.outbox, slack):
        await until(lambda: len(slack.messages) == 12)
        assert ("waits", []) == (slack.calls[0], slack.said("C1"))
        slack.go.set()
        await until(lambda: len(slack.messages) == 15)


async def test_a_broken_channel_delays_no_other(store: SqliteStore, clock: SetClock) -> None:
    """A channel whose every call fails is its own trouble."""

    class Broken(FakeSlack):
        @override
        async def post(self, notification: Notification) -> str:
            if notification.channel_id == "C1":
                raise RuntimeError("a surprise")
            return await super().post(notification)

    await store.outbox.enqueue([draft(f"k{n}", one) for n in range(3) for one in CHANNELS])
    slack = Broken(clock)
    async with working(store.outbox, slack):
        await until(lambda: len(slack.messages) == 12)

    assert [] == slack.said("C1")


async def test_an_idle_lane_wakes_up_again(store: SqliteStore, clock: SetClock) -> None:
    """A lane that had ended, or sleeps over something due later, hears what is new."""
    slack = FakeSlack(clock)
    await store.outbox.enqueue([draft("k1"), draft("later", not_before=clock.now.replace(hour=23))])
    async with working(store.outbox, slack) as lanes:
        await until(lambda: slack.said() == ["k1"])
        await store.outbox.enqueue([draft("k2"), draft("o", "C2")])
        await lanes.refresh()
        await until(lambda: sorted(slack.said()) == ["k1", "k2", "o"])


class Watched(Outbox):
    """An outbox that notes what it is asked for."""

    def __init__(self, store: SqliteStore, clock: SetClock) -> None:
        super().__init__(store.writer, clock)
        self.asked: list[str] = []

    @override
    async def claim(self, lane: Lane, now: datetime, *, edits: bool = True) -> Notification | None:
        self.asked.append("claim")
        return await super().claim(lane, now, edits=edits)

    @override
    async def next_due(self, lane: Lane, now: datetime) -> datetime | None:
        self.asked.append("due")
        return await super().next_due(lane, now)


async def test_a_lone_message_costs_one_look(store: SqliteStore, clock: SetClock) -> None:
    """Its claim tells that nothing is behind it, so that nobody looks again."""
    await store.outbox.enqueue([draft("k1")])
    outbox, slack = Watched(store, clock), FakeSlack(clock)
    async with working(outbox, slack) as lanes:
        await until(lambda: not lanes._tasks)

    assert (["k1"], ["claim"]) == (slack.said(), outbox.asked)


async def test_what_comes_during_the_last_call_is_heard(
    store: SqliteStore, clock: SetClock
) -> None:
    """A lane that was about to end goes on, and waits for no other sign."""
    await store.outbox.enqueue([draft("k1")])
    slack = Slow(clock)
    async with working(store.outbox, slack) as lanes:
        await until(lambda: "waits" in slack.calls)
        await store.outbox.enqueue([draft("k2")])
        await lanes.refresh()
        slack.go.set()
        await until(lambda: slack.said() == ["k1", "k2"])


async def test_a_refusal_of_the_last_message_is_followed_up(
    store: SqliteStore, clock: SetClock
) -> None:
    """Only what was posted ends a lane: what is to be tried again is, without a sign."""
    await store.outbox.enqueue([draft("k1")])
    slack = FakeSlack(clock)
    slack.moods.append(Mood.PAYLOAD)
    async with working(store.outbox, slack):
        await until(lambda: slack.said() == ["k1"])


async def test_who_may_not_speak_yet_is_not_woken(store: SqliteStore, clock: SetClock) -> None:
    """However much arrives, a lane that has used up its pace sleeps until it may go on."""
    asked: list[None] = []

    def monotonic() -> float:
        asked.append(None)
        return 7.0

    await store.outbox.enqueue([draft("k1"), draft("k2")])
    slack = FakeSlack(clock)
    async with working(store.outbox, slack, monotonic=monotonic) as lanes:
        await until(lambda: slack.said() == ["k1"])
        await asyncio.sleep(0.05)
        before = len(asked)
        for _ in range(5):
            await lanes.refresh()
            await asyncio.sleep(0.01)

    assert before == len(asked)


class Forgetful(Outbox):
    """An outbox whose database does not answer a settlement, some times."""

    def __init__(self, store: SqliteStore, clock: SetClock, *, times: int, doubts: int = 0) -> None:
        super().__init__(store.writer, clock)
        self.times = times
        self.doubts = doubts

    @override
    async def sent(self, claimed: Notification, ts: str) -> bool:
        if self.times:
            self.times -= 1
            raise StoreUnavailableError("locked")
        return await super().sent(claimed, ts)

    @override
    async def defer(self, claimed: Notification, deferral: Deferral) -> bool:
        if self.doubts:
            self.doubts -= 1
            raise StoreUnavailableError("locked")
        return await super().defer(claimed, deferral)


@pytest.mark.parametrize("doubts", [0, 1])
async def test_what_could_not_be_settled_is_looked_up(
    store: SqliteStore, clock: SetClock, doubts: int
) -> None:
    """S1 on our side: Slack took it, we could not write it down, and it is said once."""
    await store.outbox.enqueue([draft("k1"), draft("k2")])
    slack = FakeSlack(clock)
    async with working(Forgetful(store, clock, times=1, doubts=doubts), slack):
        await until(lambda: len(slack.messages) == 2)

    assert ["k1", "k2"] == slack.said()
    assert ["post", "find", "post"] == slack.calls
    assert {"k1": "sent", "k2": "sent"} == await states(store)


async def test_a_settlement_that_fails_is_not_tried_in_a_rush(
    store: SqliteStore, clock: SetClock
) -> None:
    """A look-up whose end cannot be written pauses, instead of asking Slack all the time."""
    await store.outbox.enqueue([draft("k1")])
    slack = FakeSlack(clock)
    async with working(Forgetful(store, clock, times=1000), slack):
        await until(lambda: "find" in slack.calls)
        await asyncio.sleep(0.2)

    assert slack.calls.count("find") <= 2


async def test_stopping_finishes_the_message_at_hand(store: SqliteStore, clock: SetClock) -> None:
    """C9: what is on its way is settled, and nothing else is begun."""
    await store.outbox.enqueue([draft("k1"), draft("k2")])
    slack = Slow(clock)
    async with working(store.outbox, slack) as lanes:
        await until(lambda: "waits" in slack.calls)
        stopping = asyncio.create_task(lanes.stop())
        await asyncio.sleep(0.01)
        assert not stopping.done()
        slack.go.set()
        await asyncio.wait_for(stopping, 5)
        await lanes.refresh()

    assert {"k1": "sent", "k2": "pending"} == await states(store)


async def test_stopping_with_the_database_away_leaves_it_to_the_next(
    store: SqliteStore, clock: SetClock
) -> None:
    """A row that cannot be settled stays `sending`, which the next start looks up."""
    await store.outbox.enqueue([draft("k1")])
    slack = FakeSlack(clock)
    async with working(Forgetful(store, clock, times=99, doubts=99), slack):
        await until(lambda: slack.said() == ["k1"])

    assert {"k1": "sending"} == await states(store)
    assert 1 == await store.outbox.recover()
    async with working(store.outbox, slack):
        await until(lambda: slack.calls == ["post", "find"])
    assert {"k1": "sent"} == await states(store)


async def test_many_lanes_share_one_budget(store: SqliteStore, clock: SetClock) -> None:
    """S14: twenty channels that become due together do not talk all at once."""
    await store.outbox.enqueue([draft("k1", f"C{number}") for number in range(20)])
    slack = FakeSlack(clock)
    async with working(store.outbox, slack, monotonic=lambda: 7.0):
        await until(lambda: bool(slack.messages))
        await asyncio.sleep(0.1)

    assert 1 == len(slack.messages)


async def test_a_slept_over_block_ends_on_time(store: SqliteStore, clock: SetClock) -> None:
    """A lane that Slack stopped goes on when the clock says so, and not before."""
    await store.outbox.enqueue([draft("k1")])
    slack = FakeSlack(clock)
    slack.moods.append(Mood.RATE_LIMITED)
    async with working(store.outbox, slack) as lanes:
        await until(lambda: slack.calls == ["post"])
        await asyncio.sleep(0.05)
        await lanes.refresh()
        await asyncio.sleep(0.05)
        assert ["post"] == slack.calls
        clock.forward(30)
        await lanes.refresh()
        await until(lambda: slack.said() == ["k1"])
