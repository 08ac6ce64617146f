"""Requests: done side by side, once each, and told to who asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from typing_extensions import override

from bot.core.answers import Answer
from bot.core.errors import DeliveryError, StoreUnavailableError
from bot.core.forms import Reply
from bot.core.reasons import Reason
from bot.core.requests import Request
from bot.store.requests import LEASE
from bot.store.sqlite import SqliteStore
from bot.worker.serving import AT_ONCE, FAILED, MOST_TRIES, RETRY
from tests.store.conftest import SetClock
from tests.worker.desk import DONE, Desk


@pytest.fixture
async def desk(store: SqliteStore, clock: SetClock) -> AsyncIterator[Desk]:
    """Yield a desk with nothing on it."""
    made = Desk(store, clock)
    yield made
    await asyncio.wait_for(made.serving.stop(), 5)


async def test_what_is_asked_is_done_and_told_once(desk: Desk) -> None:
    """And nothing is left of it but the knowledge that it was done."""
    await desk.ask("r1", "r2")
    await desk.serve()
    await desk.serve()

    assert [("r1", 1), ("r2", 1)] == desk.done
    assert [("r1", DONE), ("r2", DONE)] == desk.told
    assert {"r1": "answered", "r2": "answered"} == await desk.states()


async def test_a_slow_request_does_not_block_others(desk: Desk) -> None:
    """Somebody's API call of ten seconds is nobody else's wait; and there is a limit."""
    gate = asyncio.Event()

    async def slow(request: Request) -> Answer:
        if request.id == "slow":
            await gate.wait()
        return DONE

    desk.doing = slow
    await desk.ask("slow", "quick")
    await desk.serving.serve_some()
    async with asyncio.timeout(5):
        while not desk.told:
            await asyncio.sleep(0.002)
    assert [("quick", DONE)] == desk.told

    gate.set()
    await desk.serve()
    assert [("quick", DONE), ("slow", DONE)] == desk.told


async def test_what_was_claimed_is_begun(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that goes away half way does not leave a claimed request to its lease."""

    async def away(now: datetime, limit: int) -> list[tuple[Request, Answer]]:
        raise StoreUnavailableError("locked")

    monkeypatch.setattr(desk.store.requests, "unanswered", away)
    await desk.ask("r1")
    with pytest.raises(StoreUnavailableError):
        await desk.serve()
    await desk.serving.stop()

    assert [("r1", DONE)] == desk.told


async def test_only_so_many_at_once(desk: Desk) -> None:
    """A flood of commands waits in the database and not in memory."""
    gate = asyncio.Event()

    async def slow(request: Request) -> Answer:
        await gate.wait()
        return DONE

    desk.doing = slow
    await desk.ask(*(f"r{number}" for number in range(AT_ONCE + 3)))

    assert [AT_ONCE, 0] == [await desk.serving.serve_some() for _ in range(2)]
    gate.set()
    await desk.serving.stop()
    await desk.serve()
    assert AT_ONCE + 3 == len(desk.told)


async def test_a_mistake_is_told_as_such(desk: Desk) -> None:
    """A bug costs one answer that says so, and no second try of half-done work."""

    async def broken(request: Request) -> Answer:
        raise KeyError("a bug")

    desk.doing = broken
    await desk.ask("r1")
    await desk.serve()

    assert [("r1", FAILED)] == desk.told
    assert {"r1": "answered"} == await desk.states()


async def test_an_event_of_slacks_is_told_to_nobody(desk: Desk) -> None:
    """Also when doing it fails."""

    async def broken(request: Request) -> Answer:
        raise KeyError("a bug")

    await desk.ask("r1", kind="event")
    await desk.serve()
    desk.doing = broken
    await desk.ask("r2", kind="event")
    await desk.serve()

    assert [] == desk.told
    assert {"r1": "answered", "r2": "answered"} == await desk.states()


async def test_a_request_waits_for_slack_and_then_gives_up(desk: Desk) -> None:
    """What needs Slack is tried some times, counted; then the person is told."""

    async def away(request: Request) -> Answer:
        raise DeliveryError(Reason.UNREACHABLE)

    desk.doing = away
    await desk.ask("r1")
    for _ in range(MOST_TRIES + 3):
        await desk.serve()
        desk.clock.forward(RETRY.total_seconds())

    assert [("r1", number) for number in range(1, MOST_TRIES + 1)] == desk.done
    assert [("r1", FAILED)] == desk.told


@pytest.mark.parametrize("refused", [1, MOST_TRIES - 1])
async def test_an_answer_is_told_until_it_is_heard(desk: Desk, refused: int) -> None:
    """The work is done once, however often the telling fails."""
    desk.refusals = [DeliveryError(Reason.UNREACHABLE)] * refused
    await desk.ask("r1")
    for _ in range(refused + 3):
        await desk.serve()
        desk.clock.forward(RETRY.total_seconds())

    assert [("r1", 1)] == desk.done
    assert refused + 1 == len(desk.told)
    assert {"r1": "answered"} == await desk.states()


@pytest.mark.parametrize("refusal", [DeliveryError(Reason.UNREACHABLE), KeyError("a bug")])
async def test_an_answer_nobody_takes_ends(desk: Desk, refusal: Exception) -> None:
    """A response URL that is dead, or an answer that cannot be rendered, is given up."""
    desk.refusals = [refusal] * 99
    await desk.ask("r1")
    for _ in range(MOST_TRIES + 5):
        await desk.serve()
        desk.clock.forward(LEASE.total_seconds())

    assert len(desk.told) <= MOST_TRIES + 1
    assert {"r1": "answered"} == await desk.states()


async def test_an_answer_that_is_not_taken_ends_at_once(desk: Desk) -> None:
    """Slack said that this address is used up: asking again is of no use."""
    desk.delivered = False
    await desk.ask("r1")
    await desk.serve()

    assert {"r1": "answered"} == await desk.states()


async def test_a_crash_between_doing_and_telling(desk: Desk) -> None:
    """C6: the next life tells what was done, once, and does not do it again."""
    hanging = asyncio.Event()

    class Hanging(Desk):
        @override
        async def respond(self, request: Request, reply: Reply) -> bool:
            await hanging.wait()
            return True

    dying = Hanging(desk.store, desk.clock)
    await dying.ask("r1")
    await dying.serving.serve_some()
    async with asyncio.timeout(5):
        while await dying.states() != {"r1": "done"}:
            await asyncio.sleep(0.002)
    await desk.store.requests.recover(desk.clock())
    await desk.serve()
    await desk.serve()

    assert ([("r1", 1)], [("r1", DONE)]) == (dying.done, desk.told)
    assert [] == desk.done
    hanging.set()
    await dying.serving.stop()


async def test_a_crash_while_doing(desk: Desk) -> None:
    """C6: what was under way is done after the restart, and knows that it was begun before."""
    await desk.ask("r1")
    await desk.store.requests.claim(desk.clock(), 1)
    await desk.store.requests.recover(desk.clock() + timedelta(seconds=1))
    desk.clock.forward(1)
    await desk.serve()

    assert ([("r1", 2)], [("r1", DONE)]) == (desk.done, desk.told)
