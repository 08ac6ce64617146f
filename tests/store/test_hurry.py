"""When Slack is back, what waited for it waits no longer; other waits are left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.notifications import Deferral, State
from bot.core.reasons import Reason
from bot.store.sqlite import SqliteStore
from tests.store.making import LANE, NOW, draft

HOUR = timedelta(hours=1)


async def put_off(store: SqliteStore, reason: Reason, *, state: State = State.PENDING) -> None:
    """Owe a message, try it, and put it off for an hour, with its whole lane."""
    await store.outbox.enqueue([draft()])
    claimed = await store.outbox.claim(LANE, NOW)
    assert claimed is not None
    later = Deferral(state=state, at=NOW + HOUR, reason=reason, lane_until=NOW + HOUR)
    assert await store.outbox.defer(claimed, later)


@pytest.mark.parametrize(
    "reason",
    [
        Reason.UNREACHABLE,
        Reason.TIMEOUT,
        Reason.DISCONNECTED,
        Reason.SERVER,
        Reason.INSTALLATION,
    ],
)
async def test_what_waits_for_slack_goes_at_once(store: SqliteStore, reason: Reason) -> None:
    """The pause that grew during the outage ends with it, for the message and its lane."""
    await put_off(store, reason)

    assert await store.outbox.claim(LANE, NOW) is None
    assert 1 == await store.outbox.hurry()
    assert await store.outbox.claim(LANE, NOW) is not None


async def test_what_is_unknown_is_looked_up_at_once(store: SqliteStore) -> None:
    """A message that may be in Slack is still looked up, and not sent again."""
    await put_off(store, Reason.TIMEOUT, state=State.UNKNOWN)
    await store.outbox.hurry()
    claimed = await store.outbox.claim(LANE, NOW)

    assert claimed is not None
    assert State.UNKNOWN == claimed.state


@pytest.mark.parametrize("reason", [Reason.RATE_LIMITED, Reason.UNKNOWN])
async def test_other_waits_are_kept(store: SqliteStore, reason: Reason) -> None:
    """A time that Slack named, or a message that it refuses, has nothing to do with it."""
    await put_off(store, reason)

    assert 0 == await store.outbox.hurry()
    assert await store.outbox.claim(LANE, NOW) is None
