"""Slack away for hours, or a thread that is gone: nothing lost, and no storm of calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from bot.core.errors import DeliveryError
from bot.core.notifications import Notification
from bot.core.reasons import Reason
from bot.pipeline.deliver import Deliver
from bot.store.database import migrate
from bot.store.outbox import Outbox
from tests.pipeline.slack import FakeSlack, no_notices
from tests.store.conftest import SetClock
from tests.store.inline import InlineWriter
from tests.store.making import draft

HOUR = timedelta(hours=1)
CHANNELS = ("C1", "C2", "C3", "C4")
MOST_CALLS_A_MINUTE = 10
MOST_CALLS_IN_TWO_HOURS = 300


class Away(FakeSlack):
    """A Slack that cannot be reached until some moment; it notes which calls came when."""

    def __init__(self, clock: SetClock, back_at: datetime) -> None:
        super().__init__(clock)
        self.back_at = back_at
        self.called_at: list[tuple[str, datetime]] = []

    @override
    async def post(self, notification: Notification) -> str:
        self.called_at.append((notification.channel_id, self.clock()))
        if self.clock() < self.back_at:
            raise DeliveryError(Reason.UNREACHABLE)
        return await super().post(notification)


class Forgetful(FakeSlack):
    """A Slack in which somebody deleted the parents: their threads are not found."""

    @override
    async def post(self, notification: Notification) -> str:
        if notification.parent_ts:
            self.calls.append("refused")
            raise DeliveryError(Reason.THREAD, detail="thread_not_found")
        return await super().post(notification)


@pytest.fixture
async def outbox(tmp_path: Path, clock: SetClock) -> AsyncIterator[Outbox]:
    """Yield an outbox whose writes wait for no disk."""
    path = tmp_path / "tocsin.db"
    migrate(path)
    writer = InlineWriter(path)
    yield Outbox(writer, clock)
    writer.close()


async def work(outbox: Outbox, slack: FakeSlack, clock: SetClock, *, until: datetime) -> None:
    """Do what the lanes do, one call at a time; where they wait, let the time pass."""
    deliver = Deliver(outbox, slack, notices=no_notices, clock=clock, jitter=lambda: 0)
    while clock() < until and (lanes := await outbox.lanes()):
        claimed = [one for lane in lanes if (one := await outbox.claim(lane, clock()))]
        for one in claimed:
            await deliver(one)
        if not claimed:
            due = [at for lane in lanes if (at := await outbox.next_due(lane, clock()))]
            clock.now = max(min(due, default=until), clock() + timedelta(milliseconds=10))


async def test_two_hours_without_slack(outbox: Outbox, clock: SetClock) -> None:
    """S15, S17: a thousand messages wait; a channel asks now and again; then all go out once."""
    keys = [f"k{number}" for number in range(250)]
    await outbox.enqueue([draft(key, channel) for key in keys for channel in CHANNELS])
    slack = Away(clock, clock() + 2 * HOUR)
    await work(outbox, slack, clock, until=clock() + 24 * HOUR)

    assert Counter(slack.said()) == dict.fromkeys(keys, len(CHANNELS))
    assert await outbox.lanes() == []
    in_vain = [(channel, at) for channel, at in slack.called_at if at < slack.back_at]
    a_minute = Counter((channel, at.replace(second=0)) for channel, at in in_vain)
    assert max(a_minute.values()) <= MOST_CALLS_A_MINUTE
    assert max(Counter(channel for channel, _ in in_vain).values()) <= MOST_CALLS_IN_TWO_HOURS


async def test_replies_whose_parent_is_gone(outbox: Outbox, clock: SetClock) -> None:
    """S16: each is said once in the channel instead, in order, and asked for once more only."""
    parent = draft("p")
    replies = [draft(f"r{number}", parent_key="p") for number in range(3)]
    await outbox.enqueue([parent, *replies])
    slack = Forgetful(clock)
    await work(outbox, slack, clock, until=clock() + HOUR)

    assert ["p", "r0", "r1", "r2"] == slack.said()
    assert [None] * 4 == [one.parent_ts for one in slack.messages]
    assert 3 == slack.calls.count("refused")
