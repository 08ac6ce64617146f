"""The commands with their outside in memory."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from bot.commands.run import Commands
from bot.core.ports import MonitorApi, Outbox
from bot.core.requests import Request
from bot.core.sources import Source
from bot.core.verify import SharedToken
from tests.commands.fakes import (
    NOW,
    FakeDirectory,
    FakeMonitorApi,
    FakeMonitorStore,
    FakeOutbox,
    FakeSubscriptions,
)

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
    api: FakeMonitorApi = field(default_factory=FakeMonitorApi)
    slept_s: list[float] = field(default_factory=list)
    requests: int = 0

    def __post_init__(self) -> None:
        self.store = FakeMonitorStore(self.subscriptions)

    def commands(
        self, *, monitors: MonitorApi | None, public_url: str | None = "https://bot.example.com"
    ) -> Commands:
        """Return the commands over the fakes."""

        async def sleep(seconds: float) -> None:
            self.slept_s.append(seconds)

        return Commands(
            sources=SOURCES,
            subscriptions=self.subscriptions,
            monitor_store=self.store,
            monitors=monitors,
            directory=self.directory,
            outbox=cast("Outbox", self.outbox),  # the two methods that commands use
            clock=lambda: NOW,
            public_url=public_url,
            sleep=sleep,
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
        answer = await self.commands(monitors=self.api).run(request)
        assert answer is not None
        return answer.text


@pytest.fixture
def desk() -> Desk:
    """Return a person at a fresh desk."""
    return Desk()
