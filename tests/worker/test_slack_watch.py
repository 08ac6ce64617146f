"""Slack goes away and comes back: noticed, not asked too often, and made use of."""

from __future__ import annotations

import pytest

from bot.core.errors import DeliveryError, StoreUnavailableError
from bot.core.reasons import Reason
from bot.worker.slack_watch import CHECK_AWAY_S, CHECK_S, SlackWatch


class World:
    """A Slack that answers or not, and a clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.away: Reason | None = None
        self.asked = 0
        self.backs = 0
        self.broken = False
        self.watch = SlackWatch(self.ask, self.back, monotonic=lambda: self.now)

    async def ask(self) -> None:
        """Answer, or fail."""
        self.asked += 1
        if self.away is not None:
            raise DeliveryError(self.away)

    async def back(self) -> None:
        """Hear that Slack is back."""
        if self.broken:
            raise StoreUnavailableError("locked")
        self.backs += 1

    async def live(self, seconds: int) -> None:
        """Let the time pass, a look each second."""
        for _ in range(seconds):
            await self.watch.step()
            self.now += 1


async def test_a_healthy_slack_is_asked_now_and_again() -> None:
    """One question at the start, then one in five minutes."""
    world = World()
    await world.live(int(CHECK_S) * 3)

    assert 3 == world.asked
    assert (True, 1) == (world.watch.accepts_us, world.backs)


@pytest.mark.parametrize("reason", [Reason.UNREACHABLE, Reason.TIMEOUT, Reason.INSTALLATION])
async def test_an_outage_is_noticed_and_its_end_is_used(reason: Reason) -> None:
    """A failed call has Slack asked soon; when it answers again, what waits is hurried once."""
    world = World()
    await world.live(10)
    world.away = reason
    world.watch.failed(reason)
    await world.live(int(CHECK_AWAY_S) + 1)

    assert not world.watch.accepts_us
    world.away = None
    await world.live(int(CHECK_AWAY_S) + 1)
    assert (True, 2) == (world.watch.accepts_us, world.backs)


async def test_an_outage_is_no_reason_for_a_storm() -> None:
    """While Slack is away it is asked every five seconds, however many calls fail."""
    world = World()
    world.away = Reason.UNREACHABLE
    for _ in range(60):
        world.watch.failed(Reason.UNREACHABLE)
        await world.live(1)

    assert world.asked <= 60 / CHECK_AWAY_S + 1


@pytest.mark.parametrize("reason", [Reason.SERVER, Reason.DISCONNECTED])
async def test_trouble_with_one_call_hurries_nothing(reason: Reason) -> None:
    """A message that Slack answers 500 is not hurried to death while Slack itself is fine."""
    world = World()
    await world.live(10)
    for _ in range(60):
        world.watch.failed(reason)
        await world.live(1)

    assert 1 == world.backs
    assert world.watch.accepts_us


@pytest.mark.parametrize("reason", [Reason.RATE_LIMITED, Reason.CHANNEL, Reason.PAYLOAD, ""])
async def test_what_says_nothing_of_slack_asks_nothing(reason: str) -> None:
    """A rate limit or a refused message is no reason to ask."""
    world = World()
    await world.live(2)
    world.watch.failed(reason)
    await world.live(60)

    assert 1 == world.asked


async def test_what_could_not_be_hurried_is_hurried_later() -> None:
    """A database that does not answer at that moment costs nothing but a moment."""
    world = World()
    world.broken = True
    with pytest.raises(StoreUnavailableError):
        await world.watch.step()
    world.broken = False
    await world.watch.step()

    assert 1 == world.backs
