"""The bot of the model: the real path on a real file, driven by hand, one step at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from bot.core.notifications import Lane
from bot.core.subscriptions import Subscription
from bot.core.verify import SharedToken
from bot.pipeline.deliver import Deliver
from bot.pipeline.ingest import Ingest
from bot.pipeline.notify import Notify
from bot.store.groups import Groups
from bot.store.inbox import Inbox
from bot.store.outbox import Outbox
from bot.store.readers import Readers
from bot.store.routing import Router
from bot.store.subscriptions import Subscriptions
from tests.model import runs
from tests.pipeline.probe import SECRET, Shelf, signed
from tests.pipeline.slack import FakeSlack, no_notices
from tests.store.conftest import SetClock
from tests.store.inline import InlineWriter

T = TypeVar("T")


class Bot:
    """One life of the bot, from its start to its end. Nothing of it outlives a crash."""

    def __init__(self, path: Path, clock: SetClock, slack: FakeSlack, shelf: Shelf) -> None:
        self._clock = clock
        self._loop = asyncio.new_event_loop()
        self._writer = InlineWriter(path)
        self.outbox = Outbox(self._writer, clock)
        self._subscriptions = Subscriptions(self._writer, Readers(path), clock)
        inbox = Inbox(self._writer)
        source = runs.source()
        keys = SharedToken().keys(SECRET)
        self._ingest = Ingest({"probe": source}, {"probe": keys}, inbox, clock, tolerance_s=300)
        self._notify = Notify(
            {"probe": source},
            inbox=inbox,
            router=Router(self._writer, clock),
            groups=Groups(self._writer, clock),
            readers={"probe": shelf},
            clock=clock,
        )
        self._deliver = Deliver(
            self.outbox, slack, notices=no_notices, clock=clock, jitter=lambda: 0
        )
        self._do(self.outbox.recover())

    def end(self) -> None:
        """End without settling anything, as a crash does."""
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()
        self._writer.close()

    def take(self, raw: bytes) -> None:
        """Take a webhook in; returning is the acknowledgement."""
        source = self._ingest.source("probe")
        assert source is not None
        self._do(self._ingest.take(source, signed(), raw))

    def subscribe(self, wanted: Subscription) -> Subscription:
        """Store a subscription."""
        return self._do(self._subscriptions.add(wanted, request_id="r1"))[0]

    def unsubscribe(self, one: Subscription) -> None:
        """Forget a subscription."""
        self._do(self._subscriptions.remove(one.team_id, one.id))

    def release(self, lane: Lane) -> None:
        """Hear that the bot is in a channel again."""
        self._do(self.outbox.release_channel(lane.team_id, lane.channel_id))

    def route(self) -> int:
        """Route what waits."""
        return self._do(self._notify.route_some())

    def read_groups(self) -> int:
        """Read the groups that are due."""
        return self._do(self._notify.read_groups(4))

    def step(self, lane: Lane) -> bool:
        """Do a lane's next thing; False if there is none now."""
        claimed = self._do(self.outbox.claim(lane, self._clock()))
        if claimed is not None:
            self._do(self._deliver(claimed))
        return claimed is not None

    def next_due(self, lane: Lane) -> datetime:
        """Return when a lane is to be looked at again, or now."""
        now = self._clock()
        return self._do(self.outbox.next_due(lane, now)) or now

    def lanes(self) -> list[Lane]:
        """Return the lanes that have something to do."""
        return list(self._do(self.outbox.lanes()))

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """Return what is stored."""
        return [dict(row) for row in self._writer.connection.execute(statement)]

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)
