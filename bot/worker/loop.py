"""A background loop: start, wake, stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot.core.errors import StoreUnavailableError

log: Any = structlog.get_logger(__name__)

IDLE_S = 1.0
"""Longest time after which a loop looks by itself, whether it was woken or not."""

RETRY_STORE_S = 0.5

Step = Callable[[], Awaitable[int]]


class Loop:
    """Calls `step` until it returns 0, then waits to be woken."""

    def __init__(self, name: str, step: Step, *, after: Callable[[], None] = lambda: None) -> None:
        self._name = name
        self._step = step
        self._after = after
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self) -> None:
        """Begin; call it from the event loop."""
        self._task = asyncio.create_task(self._run(), name=self._name)

    def wake(self) -> None:
        """Say that there may be something to do."""
        self._woken.set()

    @property
    def running(self) -> bool:
        """Whether the loop is alive."""
        return self._task is not None and not self._task.done()

    async def stop(self) -> None:
        """Let the step under way end, and start no other."""
        self._stopping = True
        self._woken.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            pause_s = await self._turn()
            if pause_s:
                try:
                    await asyncio.wait_for(self._woken.wait(), pause_s)
                except TimeoutError:
                    continue

    async def _turn(self) -> float:
        """Do one step and return the seconds to wait; 0 while there is more."""
        try:
            done = await self._step()
        except StoreUnavailableError as error:
            log.warning("database unavailable", loop=self._name, error=str(error))
            return RETRY_STORE_S
        except Exception:
            log.exception("loop failed", loop=self._name)
            return IDLE_S
        if done:
            self._after()
        return 0.0 if done else IDLE_S
