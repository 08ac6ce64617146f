"""Somebody sets the clock back: what is due stays due, and nothing is done twice."""

from __future__ import annotations

from bot.core.notifications import State
from bot.core.requests import Request
from bot.store.sqlite import SqliteStore
from tests.store.conftest import SetClock
from tests.store.making import LANE, TEAM, draft, event, follow, route, subscription

HOUR_S = 3600


async def test_an_alert_does_not_wait_for_the_old_time(store: SqliteStore, clock: SetClock) -> None:
    """What was owed before the step goes out after it, at once and once."""
    await follow(store, subscription())
    await route(store, event("e1"))
    clock.forward(-HOUR_S)
    claimed = await store.outbox.claim(LANE, clock())
    assert claimed is not None
    await store.outbox.sent(claimed, "1.1")

    assert await store.outbox.claim(LANE, clock()) is None


async def test_a_claim_before_the_step_is_settled_after_it(
    store: SqliteStore, clock: SetClock
) -> None:
    """A message under way while the clock moves is neither lost nor claimed again."""
    await store.outbox.enqueue([draft()])
    claimed = await store.outbox.claim(LANE, clock())
    clock.forward(-HOUR_S)

    assert claimed is not None
    assert State.SENDING == claimed.state
    assert await store.outbox.claim(LANE, clock()) is None
    assert await store.outbox.sent(claimed, "1.1")


async def test_a_command_does_not_wait_for_the_old_time(
    store: SqliteStore, clock: SetClock
) -> None:
    """What a person asked before the step is done after it, at once and once."""
    asked = Request(id="r1", kind="command", name="alerts", team_id=TEAM, received_at=clock())
    await store.requests.accept(asked)
    clock.forward(-HOUR_S)

    assert ["r1"] == [one.id for one in await store.requests.claim(clock(), 8)]
    assert [] == await store.requests.claim(clock(), 8)
