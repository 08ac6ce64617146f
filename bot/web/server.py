"""The HTTP server, which leaves it to us how the process ends."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from typing_extensions import override

ENDING = (signal.SIGTERM, signal.SIGINT)


class Server(uvicorn.Server):
    """Stops at the first signal and returns, so that the work behind it can be ended.

    uvicorn's own way is to raise the signal again once its connections are closed: the
    process would die before what is under way was written down.
    """

    def __init__(self, config: uvicorn.Config, *, opened: Callable[[], None]) -> None:
        super().__init__(config)
        self._opened = opened

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the doors, then say so."""
        await super().startup(sockets)
        self._opened()

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Hear the signals, and go on hearing them: a second one must not cut the end short."""
        loop = asyncio.get_running_loop()
        for number in ENDING:
            loop.add_signal_handler(number, self._end)
        yield

    def _end(self) -> None:
        self.should_exit = True
