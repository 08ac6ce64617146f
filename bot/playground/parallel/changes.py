"""Waiting for the simulated service to reach a state, without polling."""

import asyncio
from collections.abc import Callable


class Changes:
    """Wakes everyone who waits whenever the state has changed."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def notify(self) -> None:
        """Say that something changed; safe from plain functions on the same loop."""
        self._next.set()
        self._next = asyncio.Event()

    async def wait_for(self, predicate: Callable[[], bool], timeout_s: float) -> None:
        """Return as soon as the predicate is true.

        Raises: TimeoutError after `timeout_s`.
        """
        async with asyncio.timeout(timeout_s):
            while not predicate():
                await self._next.wait()
