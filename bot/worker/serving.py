"""Requests of people: done once, then answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any, ParamSpec

import structlog

from bot.core.answers import answer
from bot.core.errors import DeliveryError, StoreUnavailableError
from bot.core.forms import Home, Reply
from bot.core.ports import Clock, RequestStore, Responder
from bot.core.requests import Request
from bot.worker.loop import RETRY_STORE_S

log: Any = structlog.get_logger(__name__)

AT_ONCE = 8
MOST_TRIES = 5
RETRY = timedelta(seconds=20)

Arguments = ParamSpec("Arguments")
Run = Callable[[Request], Awaitable[Reply | None]]

FAILED = answer(
    "Something went wrong on our side and the request was not finished. "
    "Nothing is lost; the operators find the details in the log. Please try again."
)


class Serving:
    """Carries out what was asked, several at a time, and tells the people who asked.

    `done` is called after each, because what was asked may owe messages to channels.
    """

    def __init__(
        self,
        requests: RequestStore,
        run: Run,
        responder: Responder,
        clock: Clock,
        *,
        done: Callable[[], None] = lambda: None,
    ) -> None:
        self._requests = requests
        self._run = run
        self._responder = responder
        self._clock = clock
        self._done = done
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve_some(self) -> int:
        """Begin what is due and return how many requests and answers were taken.

        Raises:
            StoreUnavailableError: the database cannot be written; nothing is lost.
        """
        free = AT_ONCE - len(self._tasks)
        if free <= 0:
            return 0
        due = await self._requests.claim(self._clock(), free)
        for request in due:
            self._begin(self._do(request))
        told = await self._requests.unanswered(self._clock(), free)
        for request, reply in told:
            self._begin(self._tell(request, reply))
        return len(due) + len(told)

    async def stop(self) -> None:
        """Wait for what was begun; what does not end is begun again after a restart."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def abandon(self) -> None:
        """End what was begun, wherever it is."""
        for task in self._tasks:
            task.cancel()

    def _begin(self, job: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The lease runs out and the request is taken up again.
            log.warning("request interrupted", error=str(error))

    async def _do(self, request: Request) -> None:
        reply: Reply | None
        if request.attempts > MOST_TRIES:
            reply = FAILED
        else:
            try:
                reply = await self._run(request)
            except DeliveryError as error:
                log.info("request waits for Slack", request=request.id, reason=error.reason)
                await self._keep(self._requests.postpone, request.id, self._clock() + RETRY)
                return
            except StoreUnavailableError as error:
                log.warning("request interrupted", request=request.id, error=str(error))
                # Not left to its lease: this succeeds when the database is back.
                await self._keep(self._requests.postpone, request.id, self._clock())
                return
            except Exception:
                log.exception("request failed", request=request.id, name=request.name)
                reply = FAILED
        if request.kind == "event" and not isinstance(reply, Home):
            reply = None
        await self._keep(self._requests.done, request.id, reply, self._clock())
        self._done()
        if reply is not None:
            await self._tell(request.model_copy(update={"attempts": 1}), reply)

    async def _tell(self, request: Request, reply: Reply) -> None:
        try:
            told = await self._responder.respond(request, reply)
        except DeliveryError as error:
            log.info("answer waits", request=request.id, reason=error.reason)
            if request.attempts < MOST_TRIES:
                await self._keep(self._requests.postpone, request.id, self._clock() + RETRY)
                return
            told = False
        except Exception:
            # Whoever cannot say it now cannot say it later: without this it would be tried forever.
            log.exception("answer failed", request=request.id)
            told = False
        if not told:
            log.warning("answer could not be delivered", request=request.id)
        await self._keep(self._requests.answered, request.id)

    async def _keep(
        self,
        write: Callable[Arguments, Awaitable[None]],
        *args: Arguments.args,
        **named: Arguments.kwargs,
    ) -> None:
        """Write how a request stands, however long the database takes to come back.

        Otherwise what was done or told would be done or told again.
        """
        while True:
            try:
                return await write(*args, **named)
            except StoreUnavailableError:
                await asyncio.sleep(RETRY_STORE_S)
