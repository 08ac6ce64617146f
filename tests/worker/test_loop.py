"""A background loop: works while there is work, and never dies of a mistake."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.core.errors import StoreUnavailableError
from bot.worker import loop as loop_module
from bot.worker.loop import Loop


class Work:
    """Steps that return, or raise, what they are given; then there is nothing to do."""

    def __init__(self, *ends: int | Exception) -> None:
        self.ends = list(ends)
        self.done = 0
        self.after = 0

    async def step(self) -> int:
        """Do one step."""
        self.done += 1
        end = self.ends.pop(0) if self.ends else 0
        if isinstance(end, Exception):
            raise end
        return end

    def count_after(self) -> None:
        """Count a step that did something."""
        self.after += 1


async def until(true: Callable[[], bool]) -> None:
    """Wait until something has come true."""
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.002)


async def test_it_works_until_nothing_is_left() -> None:
    """Steps follow each other without a pause while they find something."""
    work = Work(3, 1, 2)
    loop = Loop("test", work.step, after=work.count_after)
    loop.start()
    await until(lambda: work.done == 4)
    await asyncio.sleep(0.05)

    assert (4, 3) == (work.done, work.after)
    await loop.stop()


async def test_it_wakes_up_when_told() -> None:
    """A wake-up is not lost, also when it comes while a step is under way."""
    gate = asyncio.Event()
    steps = 0

    async def step() -> int:
        nonlocal steps
        steps += 1
        await gate.wait()
        return 0

    loop = Loop("test", step)
    loop.start()
    await until(lambda: steps == 1)
    loop.wake()
    gate.set()
    async with asyncio.timeout(loop_module.IDLE_S / 2):
        while steps < 2:
            await asyncio.sleep(0.002)
    await loop.stop()


@pytest.mark.parametrize("mistake", [StoreUnavailableError("locked"), ValueError("a bug")])
async def test_a_mistake_is_survived(monkeypatch: pytest.MonkeyPatch, mistake: Exception) -> None:
    """The loop pauses, is still alive, and does the next step."""
    monkeypatch.setattr(loop_module, "IDLE_S", 0.01)
    monkeypatch.setattr(loop_module, "RETRY_STORE_S", 0.01)
    work = Work(mistake, 1)
    loop = Loop("test", work.step, after=work.count_after)
    loop.start()
    await until(lambda: work.after == 1)

    assert loop.running
    await loop.stop()
    assert not loop.running


async def test_stopping_waits_for_the_step_and_begins_no_other() -> None:
    """What is under way ends by itself."""
    gate = asyncio.Event()
    work = Work(*[1] * 99)

    async def step() -> int:
        await gate.wait()
        return await work.step()

    loop = Loop("test", step)
    loop.start()
    stopping = asyncio.create_task(loop.stop())
    await asyncio.sleep(0.01)
    assert not stopping.done()
    gate.set()
    await asyncio.wait_for(stopping, 5)

    assert work.done <= 1


async def test_a_loop_that_never_began_can_be_stopped() -> None:
    """A start that failed half way is cleaned up like any other."""
    loop = Loop("test", Work().step)

    assert not loop.running
    await loop.stop()
