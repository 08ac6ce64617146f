"""The simulated Parallel Monitor API: a real HTTP server on loopback with readable state."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Self

from aiohttp import web

from bot.playground.changes import Changes
from bot.playground.faults import Fault, FaultPlan
from bot.playground.loopback import LoopbackServer
from bot.playground.parallel.account import Account, Run, utc_now
from bot.playground.parallel.answers import Answer
from bot.playground.parallel.call import Call
from bot.playground.parallel.event_log import EventLog
from bot.playground.parallel.findings import Findings
from bot.playground.parallel.misbehaviour import play
from bot.playground.parallel.operations import carry_out
from bot.playground.parallel.routes import OPERATIONS, routes
from bot.playground.parallel.validation import create_problems
from bot.playground.parallel.writing import write

API_KEY = "parallel-playground-key"


class ParallelSim:
    """Serves version 1 of the Monitor API; nothing happens in it that nobody asked for.

    `calls` is every request in order of arrival, refused and failed ones too. A run, whether
    of the schedule or of a trigger, finds what `add_findings` and its companions put in.
    """

    def __init__(
        self,
        *,
        api_key: str = API_KEY,
        port: int = 0,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.api_key = api_key
        self.clock = clock
        self.calls: list[Call] = []
        self._account = Account(clock)
        self._changes = Changes()
        self._faults = FaultPlan(OPERATIONS)
        self._server = LoopbackServer(routes(self._handle), port)

    @property
    def base_url(self) -> str:
        """The address to give to a client. Raises: RuntimeError before the first start."""
        return self._server.url

    @property
    def monitors(self) -> dict[str, dict[str, Any]]:
        """Monitors by id, as the API shows them, in order of creation."""
        return self._account.monitors

    @property
    def events(self) -> dict[str, EventLog]:
        """Events by monitor id; iterate one for its documents, newest first."""
        return self._account.events

    @property
    def runs(self) -> list[Run]:
        """Runs that somebody asked for, by creation or by trigger."""
        return self._account.runs

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

    def add_monitor(self, query: str, **fields: Any) -> str:
        """Create a daily event stream monitor without a call and return its id.

        Arguments: `fields` of the create body, such as frequency, webhook and metadata.
        Raises: ValueError for a body that the API would refuse.
        """
        body = {"type": "event_stream", "frequency": "1d", "settings": {"query": query}, **fields}
        if problems := create_problems(body):
            raise ValueError(problems[0]["msg"])
        monitor_id: str = self._account.create(body)["monitor_id"]
        self._changes.notify()
        return monitor_id

    def add_findings(self, monitor_id: str, findings: Findings, group_id: str | None = None) -> str:
        """Add the findings of a run, as a new group or to one that exists; return its id.

        A sequence that makes its items when asked, such as `Numbered`, is never held whole.
        """
        group_id = self._account.add_findings(monitor_id, findings, group_id)
        self._changes.notify()
        return group_id

    def add_error(self, monitor_id: str, message: str) -> None:
        """Add a run that failed."""
        self._account.add_execution(monitor_id, "error", error_message=message)
        self._changes.notify()

    def add_completion(self, monitor_id: str) -> None:
        """Add a run that found nothing new."""
        self._account.add_execution(monitor_id, "completion")
        self._changes.notify()

    def fail(self, operation: str, *faults: Fault) -> None:
        """Queue faults for create, list, retrieve, update, cancel, trigger, events or `*`."""
        self._faults.fail(operation, *faults)

    def fail_always(self, operation: str, fault: Fault) -> None:
        """Let every call of the operation meet this fault until it is healed."""
        self._faults.fail_always(operation, fault)

    def heal(self, operation: str | None = None) -> None:
        """Take back the faults of one operation, or of all."""
        self._faults.heal(operation)

    async def go_down(self) -> None:
        """Refuse connections, as a machine that is down; the state is kept."""
        await self._server.stop()

    async def come_up(self) -> None:
        """Listen again at the same address."""
        await self._server.start()

    async def wait_for(self, predicate: Callable[[], bool], timeout_s: float = 10) -> None:
        """Return once the predicate is true. Raises: TimeoutError."""
        await self._changes.wait_for(predicate, timeout_s)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        call = _call(request, await request.read(), self.clock())
        self.calls.append(call)
        self._changes.notify()
        fault = self._faults.take(call.operation)
        if fault is None:
            return await write(request, self._carry_out(call))
        return await play(fault, request, call, self._carry_out)

    def _carry_out(self, call: Call) -> Answer:
        answer = carry_out(self._account, call, self.api_key)
        self._changes.notify()
        return answer


def _call(request: web.Request, body: bytes, at: datetime) -> Call:
    query: Mapping[str, list[str]] = {name: request.query.getall(name) for name in request.query}
    return Call(
        operation=request.match_info.route.name or "",
        method=request.method,
        path=request.path,
        query=query,
        body=_parsed(body),
        at=at,
        monitor_id=request.match_info.get("monitor_id", ""),
        api_key=request.headers.get("x-api-key"),
    )


def _parsed(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return body
