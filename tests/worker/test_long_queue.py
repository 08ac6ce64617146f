"""S15: what waits for Slack waits on the disk, whatever its number, and goes out in order."""

from __future__ import annotations

import gc
import os
import tracemalloc
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from bot.core.errors import DeliveryError
from bot.core.notifications import Notification
from bot.core.reasons import Reason
from bot.core.verify import SharedToken
from bot.pipeline.ingest import Ingest
from bot.pipeline.notify import Notify
from bot.store.database import migrate
from bot.store.groups import Groups
from bot.store.inbox import Inbox
from bot.store.outbox import Outbox
from bot.store.readers import Readers
from bot.store.routing import Router
from bot.store.subscriptions import Subscriptions
from tests.pipeline.probe import SECRET, body, probe, signed
from tests.pipeline.slack import FakeSlack
from tests.store.conftest import SetClock
from tests.store.inline import InlineWriter
from tests.store.making import subscription
from tests.worker.test_slack_down import work

CHANNELS = 5
WARM = 100
"""So many go first, because the first of everything is remembered: code, statements, pages."""

FILLER = "x" * 3_000
"""As long as a real webhook, so that one kept in memory is seen."""

MOST_TRACED_BYTES = 600_000
"""Mostly pydantic's cache of short strings, which has a limit; far less than the webhooks."""

MOST_RESIDENT_BYTES = 12_000_000


class Slack(FakeSlack):
    """Cannot be reached until it is back, and then keeps only the number of each message."""

    def __init__(self, clock: SetClock) -> None:
        super().__init__(clock)
        self.back = False
        self.heard = {f"C{number}": array("l") for number in range(CHANNELS)}

    @override
    async def post(self, notification: Notification) -> str:
        if not self.back:
            raise DeliveryError(Reason.UNREACHABLE)
        heard = self.heard[notification.channel_id]
        heard.append(int(notification.alert.title.rpartition(" ")[2]))
        return f"{len(heard)}.0"


class Line:
    """The whole path of a webhook on one file, worked by hand: take in, route, deliver."""

    def __init__(self, path: Path, clock: SetClock) -> None:
        migrate(path)
        self.writer = InlineWriter(path)
        self.clock = clock
        self.outbox = Outbox(self.writer, clock)
        self._subscriptions = Subscriptions(self.writer, Readers(path), clock)
        sources, inbox = {"probe": probe()}, Inbox(self.writer)
        keys = {"probe": SharedToken().keys(SECRET)}
        self._source = sources["probe"]
        self._ingest = Ingest(sources, keys, inbox, clock, tolerance_s=300)
        self._notify = Notify(
            sources, inbox=inbox, router=Router(self.writer, clock),
            groups=Groups(self.writer, clock), readers={}, clock=clock,
        )  # fmt: skip

    async def subscribe(self) -> None:
        """Let each channel follow a type of its own."""
        for number in range(CHANNELS):
            wanted = subscription(f"C{number}", f"scan.c{number}")
            await self._subscriptions.add(wanted, request_id=str(number))

    async def take(self, numbers: range) -> None:
        """Take webhooks in, and route them."""
        for number in numbers:
            raw = body(str(number), f"scan.c{number % CHANNELS}", filler=FILLER)
            await self._ingest.take(self._source, signed(), raw)
        while await self._notify.route_some():
            pass

    async def deliver(self, slack: Slack, hours: float) -> None:
        """Do what the lanes do for that long."""
        await work(self.outbox, slack, self.clock, until=self.clock() + timedelta(hours=hours))


@contextmanager
def flat() -> Iterator[None]:
    """Assert that what is done within leaves next to nothing in memory."""
    gc.collect()
    tracemalloc.start()
    resident = resident_bytes()
    try:
        yield
        gc.collect()
        traced, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert traced < MOST_TRACED_BYTES
    assert resident_bytes() - resident < MOST_RESIDENT_BYTES


def resident_bytes() -> int:
    """Return the memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


LONG = (pytest.mark.exploration, pytest.mark.timeout(600))


@pytest.mark.parametrize("events", [300, pytest.param(5_000, marks=LONG)])
async def test_a_long_queue_is_on_the_disk(tmp_path: Path, clock: SetClock, events: int) -> None:
    """Slack is down while they come and for a while; then each is said once, in order."""
    line, slack = Line(tmp_path / "tocsin.db", clock), Slack(clock)
    await line.subscribe()
    await line.take(range(WARM))
    await line.deliver(slack, hours=0.1)
    with flat():
        await line.take(range(WARM, WARM + events))
        await line.deliver(slack, hours=0.4)
    slack.back = True
    await line.outbox.hurry()  # as the watch does that notices it
    with flat():
        await line.deliver(slack, hours=24)
    line.writer.close()

    numbers = range(WARM + events)
    assert {channel: list(heard) for channel, heard in slack.heard.items()} == {
        f"C{number}": list(numbers[number::CHANNELS]) for number in range(CHANNELS)
    }
