"""What was done or told is written down, however long the database is away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.core.errors import DeliveryError, StoreUnavailableError
from bot.core.reasons import Reason
from bot.core.requests import Request
from bot.store.sqlite import SqliteStore
from bot.worker.serving import RETRY
from tests.store.conftest import SetClock
from tests.worker.desk import DONE, Desk

AWAY = 3
"""How often the database refuses before it is back."""


class Away:
    """A write that is refused some times, and then done; `tries` counts them all."""

    def __init__(self, write: Callable[..., Awaitable[Any]]) -> None:
        self._write = write
        self.tries = 0

    async def __call__(self, *args: Any, **named: Any) -> Any:
        """Write, unless the database is still away."""
        self.tries += 1
        if self.tries <= AWAY:
            raise StoreUnavailableError("no room")
        return await self._write(*args, **named)


@pytest.fixture
def desk(store: SqliteStore, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a desk that does not wait long for its database."""
    monkeypatch.setattr("bot.worker.serving.RETRY_STORE_S", 0.001)
    return Desk(store, clock)


def send_away(desk: Desk, monkeypatch: pytest.MonkeyPatch, write: str) -> Away:
    """Let one write of the requests fail for a while."""
    away = Away(getattr(desk.store.requests, write))
    monkeypatch.setattr(desk.store.requests, write, away)
    return away


@pytest.mark.parametrize("write", ["done", "answered"])
async def test_what_was_done_and_told_is_kept(
    write: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D3: neither done nor told again, though writing so down was refused at first."""
    away = send_away(desk, monkeypatch, write)
    await desk.ask("r1")
    await desk.serve()
    desk.clock.forward(3600)
    await desk.serve()

    assert (away.tries, desk.done, desk.told) == (AWAY + 1, [("r1", 1)], [("r1", DONE)])
    assert {"r1": "answered"} == await desk.states()


async def test_when_to_try_again_is_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for Slack is tried after its pause, and not only when its lease runs out."""

    async def away_from_slack(request: Request) -> None:
        raise DeliveryError(Reason.UNREACHABLE)

    away = send_away(desk, monkeypatch, "postpone")
    desk.doing = away_from_slack
    await desk.ask("r1")
    await desk.serve()
    desk.doing = desk.at_once
    desk.clock.forward(RETRY.total_seconds())
    await desk.serve()

    assert (away.tries, desk.done) == (AWAY + 1, [("r1", 1), ("r1", 2)])
    assert [("r1", DONE)] == desk.told


async def test_a_mistake_of_ours_is_not_tried_for_ever(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a database that is away comes back; a bug is left to the lease."""
    tries = []

    async def broken(*args: Any) -> None:
        tries.append(args)
        raise KeyError("a bug")

    monkeypatch.setattr(desk.store.requests, "done", broken)
    await desk.ask("r1")
    await desk.serve()

    assert 1 == len(tries)
    assert [] == desk.told
