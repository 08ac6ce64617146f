"""The commands with their outside in memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from bot.commands.assembly import Outside
from bot.commands.assembly import commands as assemble
from bot.commands.run import Commands
from bot.core.answers import Answer
from bot.core.ports import MonitorApi
from bot.core.ports.everything import Memory
from bot.core.requests import Request
from bot.core.sources import Source
from bot.core.verify import SharedToken
from bot.store.sqlite import SqliteStore
from tests.commands.counter import Counter
from tests.commands.fakes import (
    NOW,
    FakeDirectory,
    FakeMonitorApi,
    FakeMonitorStore,
    FakeNames,
    FakeOutbox,
    FakeSubscriptions,
)
from tests.store.conftest import SetClock

SOURCES = {
    source.name: source
    for source in (
        Source("deck", "Deck", SharedToken(), kinds=("task", "connection")),
        Source("lytics", "Lytics", SharedToken(), kinds=("account", "work")),
        Source("parallel", "Parallel", SharedToken(), kinds=("monitor",)),
        Source("surfacedby", "SurfacedBy", SharedToken(), kinds=("workspace", "domain")),
    )
}


@dataclass
class Desk:
    """A person at a channel who types commands, and everything behind it."""

    subscriptions: FakeSubscriptions = field(default_factory=FakeSubscriptions)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    names: FakeNames = field(default_factory=FakeNames)
    api: FakeMonitorApi = field(default_factory=FakeMonitorApi)
    slept_s: list[float] = field(default_factory=list)
    requests: int = 0
    messages: object = None
    mutes: object = None
    week: object = None
    stories: object = None

    def __post_init__(self) -> None:
        self.store = self.monitors = FakeMonitorStore(self.subscriptions)

    def commands(
        self, *, monitors: MonitorApi | None, public_url: str | None = "https://bot.example.com"
    ) -> Commands:
        """Return the commands over the fakes."""

        async def sleep(seconds: float) -> None:
            self.slept_s.append(seconds)

        return assemble(
            Outside(
                sources=SOURCES,
                memory=cast("Memory", self),  # the parts that the fakes are of
                open_sources=("deck", "parallel", "surfacedby"),
                monitors=monitors,
                directory=self.directory,
                clock=lambda: NOW,
                samples=lambda name: {},
                public_url=public_url,
                admins=["UOPERATOR"],
                sleep=sleep,
            )
        )

    def request(self, text: str, **more: Any) -> Request:
        """Return a command as typed, `/alerts list`, each with an id of its own."""
        self.requests += 1
        name, _, words = text.partition(" ")
        fields = {
            "id": f"request-{self.requests}",
            "kind": "command",
            "name": name.removeprefix("/"),
            "team_id": "T1",
            "channel_id": "C1",
            "user_id": "U1",
            "text": words,
            "received_at": NOW,
            "attempts": 1,
            **more,
        }
        return Request.model_validate(fields)

    async def type(self, text: str, **more: Any) -> str:
        """Type a command and return the words of the answer."""
        return await self.again(self.request(text, **more))

    async def again(self, request: Request) -> str:
        """Run a request and return the words of the answer."""
        return (await told(self.commands(monitors=self.api), request)).text


async def told(commands: Commands, request: Request) -> Answer:
    """Run a request and return the answer in words."""
    answer = await commands.run(request)
    assert isinstance(answer, Answer)
    return answer


@pytest.fixture
def desk() -> Desk:
    """Return a person at a fresh desk."""
    return Desk()


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    """Yield a counter over a fresh database."""
    clock = SetClock()
    store = SqliteStore(tmp_path / "tocsin.db", clock)
    store.open()
    yield Counter(store, clock)
    await store.close()
