"""A monitor on hold runs on and is kept quiet about; everything is still counted."""

from __future__ import annotations

import pytest

from bot.core.alerts import Alert
from bot.core.monitors import Definition, KnownMonitor, Pause
from bot.store.sqlite import SqliteStore
from tests.store.conftest import SetClock
from tests.store.making import (
    MONITOR,
    NOW,
    TEAM,
    claim,
    event,
    follow,
    grouped,
    route,
    states,
    subscription,
)  # fmt: skip


async def hold(store: SqliteStore, pause: Pause | None = Pause.HOLD) -> None:
    """Put the monitor on hold, or take it off."""
    monitor = KnownMonitor(
        id=MONITOR.id, team_id=TEAM, channel_id="C1", definition=Definition(query="x"),
        pause=pause,
    )  # fmt: skip
    await store.monitors.save(monitor)


async def test_its_alerts_are_skipped_and_counted(store: SqliteStore) -> None:
    """Nothing is sent; every event is counted once, however many channels follow."""
    await follow(store, subscription("C1"))
    await follow(store, subscription("C2"))
    await hold(store)
    for key in ("e1", "e2"):
        await route(store, event(key, subjects=(MONITOR,)))

    assert {"skipped"} == set((await states(store)).values())
    assert 2 == await store.monitors.kept_quiet(MONITOR.id)


@pytest.mark.parametrize("pause", [None, Pause.SLOW, Pause.STOP])
async def test_no_other_pause_is_quiet(store: SqliteStore, pause: Pause | None) -> None:
    """A slowed or stopped monitor that does say something is heard."""
    await follow(store, subscription())
    await hold(store, pause)
    await route(store, event("e1", subjects=(MONITOR,)))

    assert ["pending"] == list((await states(store)).values())


async def test_a_group_announced_on_hold_is_counted_each_time(store: SqliteStore) -> None:
    """Two announcements of one group are two events that were not said."""
    await follow(store, subscription())
    await hold(store)
    await route(store, grouped("e1"))
    await route(store, grouped("e2"))

    assert 2 == await store.monitors.kept_quiet(MONITOR.id)
    assert not await store.groups.claim(NOW, 10)


async def test_a_group_first_seen_on_hold_is_said_after_it(store: SqliteStore) -> None:
    """What a group announces after the hold is said, whatever was skipped before."""
    await follow(store, subscription())
    await hold(store)
    await route(store, grouped("quiet"))
    await hold(store, None)
    await route(store, grouped("loud"))

    assert ["pending"] == [one for key, one in (await states(store)).items() if "card" in key]
    assert ["loud"] == [due.event.id for due in await store.groups.claim(NOW, 10)]


async def test_a_message_said_before_is_not_edited_on_hold(store: SqliteStore) -> None:
    """A hold is quiet in the messages that stand already, too."""
    await follow(store, subscription())
    await route(store, event("e1", subjects=(MONITOR,)), Alert(title="running", card="c"))
    await hold(store)
    await route(store, event("e2", subjects=(MONITOR,)), Alert(title="done", card="c"))
    claimed = await claim(store)

    assert ("running", 1) == (claimed.alert.title, claimed.revision)
    assert 1 == await store.monitors.kept_quiet(MONITOR.id)


async def test_an_earlier_hold_is_not_counted(store: SqliteStore, clock: SetClock) -> None:
    """The count starts anew with each hold, and saving it again does not restart it."""
    await follow(store, subscription())
    await hold(store)
    await route(store, event("e1", subjects=(MONITOR,)))
    await hold(store, None)
    clock.forward(60)
    await hold(store)
    await route(store, event("e2", subjects=(MONITOR,)))
    clock.forward(60)
    await hold(store)

    assert 1 == await store.monitors.kept_quiet(MONITOR.id)
