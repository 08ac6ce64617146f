"""A store, a Slack and what lies between them, worked by hand."""

from __future__ import annotations

from collections import deque

from bot.core.notifications import Draft, Lane, Notification
from bot.pipeline.deliver import Deliver, Notices
from bot.store.sqlite import SqliteStore
from tests.pipeline.slack import FakeSlack, Mood, no_notices
from tests.store.conftest import SetClock
from tests.store.making import LANE


class Bench:
    """Does one thing at a time, so that a test may look, or break something, in between."""

    def __init__(
        self, store: SqliteStore, clock: SetClock, *, notices: Notices = no_notices
    ) -> None:
        self.store = store
        self.clock = clock
        self.slack = FakeSlack(clock)
        self.counted: list[tuple[str, str]] = []
        self.deliver = Deliver(
            store.outbox,
            self.slack,
            notices=notices,
            clock=clock,
            jitter=lambda: 0,
            count=lambda outcome, reason: self.counted.append((outcome, reason)),
        )

    async def owe(self, *drafts: Draft) -> None:
        """Owe some messages."""
        await self.store.outbox.enqueue(drafts)

    def meets(self, *moods: Mood) -> None:
        """Let the next calls to Slack meet these moods."""
        self.slack.moods = deque(moods)

    async def step(self, lane: Lane = LANE) -> Notification | None:
        """Do a lane's next thing, if there is one."""
        claimed = await self.store.outbox.claim(lane, self.clock())
        if claimed is not None:
            await self.deliver(claimed)
        return claimed

    async def drain(self, lane: Lane = LANE) -> None:
        """Do all that a lane has to do, moving the clock to whatever is due next."""
        for _ in range(200):
            if await self.step(lane) is None:
                due = await self.store.outbox.next_due(lane, self.clock())
                if due is None:
                    return
                self.clock.now = due
        raise AssertionError("it never ends")
