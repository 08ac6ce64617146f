"""Somebody who does requests and tells the answers, and fails when told to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.core.answers import Answer, answer
from bot.core.forms import Reply
from bot.core.requests import Request
from bot.store.sqlite import SqliteStore
from bot.worker.serving import Serving
from tests.store.conftest import SetClock
from tests.store.making import rows

DONE = answer("Done.")


class Desk:
    """What does requests, and what tells the answers; each may be told to fail."""

    def __init__(self, store: SqliteStore, clock: SetClock) -> None:
        self.store = store
        self.clock = clock
        self.done: list[tuple[str, int]] = []
        self.told: list[tuple[str, Answer]] = []
        self.doing: Callable[[Request], Awaitable[Answer | None]] = self.at_once
        self.refusals: list[Exception] = []
        self.delivered = True
        self.serving = self.begin()

    def begin(self) -> Serving:
        """Return another life of the worker."""
        return Serving(self.store.requests, self.run, self, self.clock)

    async def at_once(self, request: Request) -> Answer | None:
        """Do a request without ado."""
        return DONE

    async def run(self, request: Request) -> Answer | None:
        """Do a request."""
        self.done.append((request.id, request.attempts))
        return await self.doing(request)

    async def respond(self, request: Request, reply: Reply) -> bool:
        """Tell an answer."""
        assert isinstance(reply, Answer)
        self.told.append((request.id, reply))
        if self.refusals:
            raise self.refusals.pop(0)
        return self.delivered

    async def ask(self, *keys: str, kind: str = "command") -> None:
        """Let somebody ask."""
        for key in keys:
            request = Request(
                id=key, kind=kind, name="/alerts", team_id="T1", received_at=self.clock(),
                response_url="https://hooks.slack.com/x",
            )  # fmt: skip
            await self.store.requests.accept(request)

    async def serve(self) -> None:
        """Do what is due, and wait for its end."""
        await self.serving.serve_some()
        await self.serving.stop()

    async def states(self) -> dict[str, str]:
        """Return where each request stands."""
        found = await rows(self.store, "SELECT id, state FROM requests")
        return {row["id"]: row["state"] for row in found}
