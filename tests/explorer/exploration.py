"""One play with one call spoilt, and the verdict on it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.playground.child import BotProcess
from bot.playground.stage import Stage
from bot.store.database import migrate
from tests.explorer import hasty, strace
from tests.explorer.play import play, violations
from tests.explorer.points import KILL, Point
from tests.system.scene import settled

LONGEST_S = 45.0
"""After this a bot that lives and does not finish is asked to end, and started again."""

PLAY_S = 240.0
"""After this nobody tries any longer: nothing runs that could answer."""

STARTS = 3
"""How often a bot is started that, on a busy machine, does not answer in time."""

ALIVE = "/healthz"


@dataclass(frozen=True)
class Verdict:
    """Where the fault struck, what the bot did, and what of the promise was not kept."""

    point: Point
    struck: str
    outcome: str
    violations: tuple[str, ...]


class FirstLife:
    """The bot's life with the fault, after which it is started again without.

    `end` is what became of it, once it is over.
    """

    def __init__(self, bot: BotProcess, program: Sequence[str]) -> None:
        self._bot = bot
        self._program = program
        self._task = asyncio.create_task(self._lead())
        self.end = ""

    async def over(self) -> None:
        """End it, if that did not happen by itself, and wait for the second one."""
        if not self.end:
            self.end = "went on"
            await self._bot.stop()
        await self._task

    def forget(self) -> None:
        """Wait for nothing any more."""
        self._task.cancel()

    async def _lead(self) -> None:
        with contextlib.suppress(RuntimeError):  # it ended before it answered
            await self._bot.start(program=self._program, wait_for=ALIVE)
        try:
            async with asyncio.timeout(LONGEST_S):
                code = await self._bot.ended()
        except TimeoutError:
            code = await self._bot.stop()
            self.end = "got nowhere"
        self._judge(code)
        await self._start_again()

    async def _start_again(self) -> None:
        for _ in range(STARTS - 1):
            with contextlib.suppress(RuntimeError):
                await self._bot.start(program=(hasty.__file__,), wait_for=ALIVE)
                return
        await self._bot.start(program=(hasty.__file__,), wait_for=ALIVE)

    def _judge(self, code: int) -> None:
        ends = {0: self.end or "ended by itself", -signal.SIGKILL: "killed"}
        self.end = ends.get(code, f"ended with {code}")


async def explore(point: Point, folder: Path) -> Verdict:
    """Play with one fault and return the verdict; `folder` keeps what was seen."""
    log = folder / "strace.log"
    outcome, problems = await _live(folder, strace.traced(hasty.__file__, log, *point.options))
    return Verdict(point, _struck(log, point), outcome, tuple(problems))


async def count(folder: Path, names: Sequence[str]) -> Counter[str]:
    """Play undisturbed and return how often any one thread makes a call, at most.

    Raises:
        RuntimeError: even so something was not kept.
    """
    log = folder / "strace.log"
    options = ("--seccomp-bpf", "-e", f"trace={','.join(names)}")
    _, problems = await _live(folder, strace.traced(hasty.__file__, log, *options))
    if problems:
        raise RuntimeError(f"undisturbed: {'; '.join(problems)}")
    of_threads = Counter((one.name, one.thread) for one in strace.calls(log))
    most: Counter[str] = Counter()
    for (name, _), times in of_threads.items():
        most[name] = max(most[name], times)
    return most


async def _live(folder: Path, program: Sequence[str]) -> tuple[str, list[str]]:
    """Play a whole life of the bot and return what became of it, and what was not kept."""
    stage = Stage(folder, starts=False)
    migrate(stage.database)
    async with stage:
        life = FirstLife(stage.bot, program)
        try:
            problems = await _played(stage, life)
        finally:
            life.forget()
        return life.end, problems


async def _played(stage: Stage, life: FirstLife) -> list[str]:
    """Return what was not kept once everything was played and the bot has started again."""
    problems = []
    try:
        async with asyncio.timeout(PLAY_S):
            await play(stage)
        await settled(stage, timeout_s=60)
        await life.over()
        await settled(stage)
    except Exception as error:  # whatever it is, it belongs to this point
        problems.append(f"{type(error).__name__}: {error}")
    log = stage.bot.log.read_text(errors="replace")
    # Python's logging tells a line that it could not write by a traceback of its own.
    if log.count("Traceback") > log.count("--- Logging error ---"):
        problems.append("a traceback in the log")
    return [*problems, *violations(stage)]


def _struck(log: Path, point: Point) -> str:
    """Return what the fault met, such as `tocsin.db-wal`; empty if it met nothing."""
    seen = list(strace.calls(log))
    if point.fault != KILL:
        return next((one.place for one in seen if one.injected), "")
    of_threads: Counter[int] = Counter()
    for one in seen:
        of_threads[one.thread] += 1
        if of_threads[one.thread] == point.nth:
            return one.place
    return ""
