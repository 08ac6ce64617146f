"""A simulated JSON API: a real HTTP server on loopback that can fail in every way."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self

from aiohttp import web

from bot.playground.changes import Changes
from bot.playground.faults import Fault, FaultPlan
from bot.playground.loopback import LoopbackServer
from bot.playground.parallel.answers import Answer
from bot.playground.parallel.call import Call
from bot.playground.parallel.misbehaviour import play
from bot.playground.parallel.writing import write

Route = tuple[str, str, str]
"""The name of an operation, its method and its path; `{id}` in it is what it is about."""


@dataclass(frozen=True)
class RestCall(Call):
    """A request; `thing` is the id in its path, `headers` have lower-case names."""

    thing: str = ""
    headers: dict[str, str] = field(default_factory=dict, repr=False)


def utc_now() -> datetime:
    """Return the time of the machine."""
    return datetime.now(UTC)


class RestSim(ABC):
    """Answers calls and remembers them; `calls` holds refused and failed ones too."""

    def __init__(
        self,
        routes: Sequence[Route],
        *,
        prefix: str = "",
        port: int = 0,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.clock = clock
        self.calls: list[RestCall] = []
        self._prefix = prefix
        self._changes = Changes()
        self._faults = FaultPlan({operation for operation, _, _ in routes})
        made = [
            web.route(how, prefix + path, self._handle, name=name) for name, how, path in routes
        ]
        self._server = LoopbackServer(made, port)

    @property
    def base_url(self) -> str:
        """The address to give to a client. Raises: RuntimeError before the first start."""
        return self._server.url + self._prefix

    @abstractmethod
    def carry_out(self, call: RestCall) -> Answer:
        """Do what a call asks and return the answer."""

    async def start(self) -> None:
        """Listen; the port stays the same after the first time."""
        await self._server.start()

    async def stop(self) -> None:
        """Drop all connections and stop listening."""
        await self._server.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def fail(self, operation: str, *faults: Fault) -> None:
        """Queue faults for an operation or `*`: each meets one call, in order."""
        self._faults.fail(operation, *faults)

    def fail_always(self, operation: str, fault: Fault) -> None:
        """Let every call of the operation meet this fault until it is healed."""
        self._faults.fail_always(operation, fault)

    def heal(self, operation: str | None = None) -> None:
        """Take back the faults of one operation, or of all."""
        self._faults.heal(operation)

    async def wait_for(self, predicate: Callable[[], bool], timeout_s: float = 10) -> None:
        """Return once the predicate is true. Raises: TimeoutError."""
        await self._changes.wait_for(predicate, timeout_s)

    def count(self, operation: str) -> int:
        """Return how often an operation was called."""
        return sum(call.operation == operation for call in self.calls)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        call = _call(request, await request.read(), self.clock())
        self.calls.append(call)
        self._changes.notify()

        def carry_out(one: Call) -> Answer:
            # A fault may have changed the query, and nothing else.
            answer = self.carry_out(replace(call, query=one.query))
            self._changes.notify()
            return answer

        fault = self._faults.take(call.operation)
        if fault is None:
            return await write(request, carry_out(call))
        return await play(fault, request, call, carry_out)


def _call(request: web.Request, body: bytes, at: datetime) -> RestCall:
    return RestCall(
        operation=request.match_info.route.name or "",
        method=request.method,
        path=request.path,
        query={name: request.query.getall(name) for name in request.query},
        body=_parsed(body),
        at=at,
        monitor_id="",
        api_key=None,
        thing=request.match_info.get("id", ""),
        headers={name.lower(): value for name, value in request.headers.items()},
    )


def _parsed(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return body
