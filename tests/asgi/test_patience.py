"""One timer for everybody who waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest

from bot.asgi.patience import Patience

SHORT_S = 0.1


async def wait(patience: Patience, what: Awaitable[object]) -> None:
    """Wait for something with patience."""
    with patience:
        await what


async def test_who_waits_too_long_is_told_so() -> None:
    """By TimeoutError, after the time and not before; the task lives on."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(TimeoutError):
        await wait(Patience(SHORT_S), asyncio.sleep(60))
    assert SHORT_S * 0.9 <= loop.time() - began < 10 * SHORT_S
    await asyncio.sleep(0)  # a cancellation left over would end the test here


async def test_each_has_the_whole_time_for_itself() -> None:
    """Who came later is not ended with the first, and both are ended in the end."""
    patience, loop = Patience(SHORT_S), asyncio.get_running_loop()
    ended: dict[str, float] = {}

    async def one(name: str) -> None:
        with pytest.raises(TimeoutError):
            await wait(patience, asyncio.sleep(60))
        ended[name] = loop.time()

    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(one("first"))
        await asyncio.sleep(SHORT_S / 2)
        group.create_task(one("second"))
    assert ended["second"] - ended["first"] >= SHORT_S * 0.3


async def test_who_is_done_in_time_hears_nothing() -> None:
    """Again and again, by the same task, beside one that is late."""
    patience = Patience(SHORT_S)
    late = asyncio.create_task(wait(patience, asyncio.sleep(60)))
    for _ in range(10):
        await wait(patience, asyncio.sleep(SHORT_S / 4))
    with pytest.raises(TimeoutError):
        await late


async def test_what_comes_after_a_lull_is_timed_as_well() -> None:
    """The timer that found nobody is set again by the next."""
    patience = Patience(SHORT_S)
    await wait(patience, asyncio.sleep(0))
    await asyncio.sleep(2 * SHORT_S)
    async with asyncio.timeout(20):
        with pytest.raises(TimeoutError):
            await wait(patience, asyncio.sleep(60))


async def test_another_ones_cancellation_is_no_timeout() -> None:
    """A server that stops cancels its requests, and they must not answer 408."""
    task = asyncio.create_task(wait(Patience(60), asyncio.sleep(60)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancellation_at_the_same_moment_wins() -> None:
    """Late, and wanted dead by somebody else before it noticed: it ends."""
    patience = Patience(SHORT_S)

    async def stubborn() -> None:
        with patience:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                asyncio.get_running_loop().call_soon(task.cancel)
                await asyncio.sleep(0)
                await asyncio.sleep(60)

    task = asyncio.create_task(stubborn())
    async with asyncio.timeout(20):
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_an_error_of_its_own_passes() -> None:
    """It is what happened, whatever the time."""
    with pytest.raises(ValueError, match="broken"), Patience(60):
        raise ValueError("broken")
