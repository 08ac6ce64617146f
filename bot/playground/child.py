"""The bot as a process of its own, so that it can really be killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout

PROGRAM = ("-m", "bot")
READY_S = 20.0
_POLL_S = 0.05


def free_port() -> int:
    """Return a port of the loopback address that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


class BotProcess:
    """`tocsin serve` in a folder of its own, with exactly the settings given.

    Nothing of our own environment reaches it. Its output goes to `log`. `settings` may
    be changed between two starts.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str], *, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "bot.log"
        self._folder = folder
        self._port = port
        self.settings = dict(settings)
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, *, program: Sequence[str] = PROGRAM, wait_for: str = "/readyz") -> None:
        """Start it and wait until `wait_for` answers 200.

        `program` is what Python runs, and takes the command line of `tocsin`.

        Raises:
            RuntimeError: it ended, or did not get ready; the text is the end of its log.
        """
        command = [sys.executable, *program, "serve", "--port", str(self._port)]
        environment = {"PATH": os.defpath, "PYTHONUTF8": "1", **self.settings}
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                cwd=self._folder,
                env=environment,
                stdout=log,
                stderr=log,
            )
        try:
            async with asyncio.timeout(READY_S):
                await self._answers(wait_for)
        except TimeoutError:
            await self.kill()
            raise RuntimeError(f"the bot did not get ready: {self._last_words()}") from None

    @property
    def pid(self) -> int:
        """The process id. Raises: RuntimeError before the start."""
        if self._process is None:
            raise RuntimeError("the bot was not started")
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def kill(self) -> None:
        """End it as a power cut would."""
        self.send_signal(signal.SIGKILL)
        await self.ended()

    async def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        self.send_signal(signal.SIGTERM)
        return await self.ended()

    async def ended(self) -> int:
        """Wait until it has ended and return its exit code; 0 if it never ran."""
        return 0 if self._process is None else await self._process.wait()

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self._process is not None and self.running:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def _answers(self, path: str) -> None:
        async with ClientSession(timeout=ClientTimeout(total=2)) as session:
            while True:
                if self._process is not None and self._process.returncode is not None:
                    raise RuntimeError(f"the bot ended: {self._last_words()}")
                with contextlib.suppress(ClientError, TimeoutError):
                    async with session.get(self.url + path) as response:
                        if response.ok:
                            return
                await asyncio.sleep(_POLL_S)

    def _last_words(self) -> str:
        return self.log.read_text(errors="replace")[-2000:]
