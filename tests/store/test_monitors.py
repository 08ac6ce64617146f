"""The monitors that were made or paused through us."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.core.alerts import Alert
from bot.core.events import Subject
from bot.core.monitors import Definition, KnownMonitor, Pause, Run
from bot.core.ports import Told
from bot.store.sqlite import SqliteStore
from tests.store.conftest import SetClock
from tests.store.making import (
    MONITOR,
    NOW,
    PROOF,
    TEAM,
    event,
    follow,
    route,
    routed,
    rows,
    subscription,
    webhook,
)

NEXT = Subject(kind="monitor", id="m2")


def known(**more: Any) -> KnownMonitor:
    """Return what we know of the monitor m1."""
    values: dict[str, Any] = {
        "id": "m1",
        "team_id": TEAM,
        "channel_id": "C1",
        "definition": Definition(query="rivers", frequency="6h", processor="base"),
        "created_by": "U1",
        "created_at": NOW,
    }
    return KnownMonitor(**values | more)


async def test_what_is_saved_comes_back(store: SqliteStore) -> None:
    """Also what has to be known to make a stopped monitor anew."""
    stopped = known(pause=Pause.STOP, cancelled=True)
    await store.monitors.save(stopped)

    assert stopped == await store.monitors.get("m1")
    assert await store.monitors.get("m2") is None


async def test_saving_again_replaces(store: SqliteStore) -> None:
    """One record a monitor, with what was learnt last; who made it when stays."""
    await store.monitors.save(known())
    slower = Definition(query="rivers", frequency="30d", processor="base")
    await store.monitors.save(
        known(definition=slower, pause=Pause.SLOW, channel_id="C2", created_at=None, created_by="")
    )

    expected = known(definition=slower, pause=Pause.SLOW, channel_id="C2")
    assert [expected] == await store.monitors.list(TEAM)


async def test_a_list_is_one_workspace_s_newest_first(store: SqliteStore, clock: SetClock) -> None:
    """Another workspace's monitors are not shown."""
    await store.monitors.save(known(id="old", created_at=NOW - timedelta(days=1)))
    await store.monitors.save(known(id="new", created_at=None))
    await store.monitors.save(known(id="foreign", team_id="T2"))

    assert ["new", "old"] == [one.id for one in await store.monitors.list(TEAM)]


async def test_a_successor_takes_over(store: SqliteStore) -> None:
    """Resuming a stopped monitor moves its record and all that followed it, with its index."""
    await store.monitors.save(known(pause=Pause.STOP, cancelled=True))
    for channel in ("C1", "C2"):
        await follow(store, subscription(channel, "a.*", "b", subject=MONITOR))
    await follow(store, subscription("C3", subject=Subject(kind="workspace", id="m1")))
    await store.monitors.replace("m1", known(id="m2"))

    assert await store.monitors.get("m1") is None
    assert known(id="m2") == await store.monitors.get("m2")
    assert 2 == await route(store, event("e1", "a.x", subjects=(NEXT,)))
    assert 0 == await route(store, event("e2", "a.x", subjects=(MONITOR,)))
    still = await store.subscriptions.list(TEAM, "C3")
    assert still[0].subject == Subject(kind="workspace", id="m1")


async def test_a_channel_that_follows_both_follows_the_successor_once(store: SqliteStore) -> None:
    """Two equal subscriptions become one, and no key of the other is left behind."""
    await follow(store, subscription("C1", subject=MONITOR))
    await follow(store, subscription("C1", subject=NEXT))
    await store.monitors.replace("m1", known(id="m2"))

    assert 1 == len(await store.subscriptions.list(TEAM))
    assert 1 == await route(store, event("e1", subjects=(NEXT,)))
    keyed = await rows(store, "SELECT DISTINCT subscription_id AS id FROM subscription_keys")
    assert keyed == await rows(store, "SELECT id FROM subscriptions")


async def test_replacing_twice_is_harmless(store: SqliteStore) -> None:
    """A resume that is done again after a crash ends in the same state."""
    await store.monitors.save(known(pause=Pause.STOP))
    await follow(store, subscription("C1", subject=MONITOR))
    for _ in range(2):
        await store.monitors.replace("m1", known(id="m2"))

    assert ["m2"] == [one.id for one in await store.monitors.list(TEAM)]
    assert 1 == await route(store, event("e1", subjects=(NEXT,)))


async def test_what_a_successor_said_too_early_is_routed_again(store: SqliteStore) -> None:
    """A run that reports before its monitor is followed reaches those who will follow it."""
    await follow(store, subscription("C1", source="parallel", subject=MONITOR))
    early = event("e1", source="parallel", subjects=(NEXT,))
    body = webhook(source="parallel")
    await store.inbox.accept(body, PROOF, [early], unreadable=None)
    (stored,) = await store.inbox.claim(1)
    assert 0 == await routed(store, Told(stored.row, early, Alert(title="x"), default=True))
    await store.monitors.replace("m1", known(id="m2"), since=body.received_at)
    (again,) = await store.inbox.claim(1)

    assert 1 == await routed(store, Told(again.row, early, Alert(title="x"), default=True))


MINUTE = timedelta(seconds=60)


def run(request_id: str, **more: Any) -> Run:
    """Return a wish for a run of the monitor m1."""
    return Run(**{"monitor_id": "m1", "request_id": request_id, "user_id": "U1", "at": NOW} | more)


async def test_a_run_stands_in_the_way_for_a_minute(store: SqliteStore) -> None:
    """The second is told of the first; another monitor and a later wish are free."""
    first = run("r1")
    assert await store.monitors.begin_run(first, pause=MINUTE) is None
    soon = run("r2", at=NOW + timedelta(seconds=59))
    assert first == await store.monitors.begin_run(soon, pause=MINUTE)
    assert await store.monitors.begin_run(run("r3", monitor_id="m2"), pause=MINUTE) is None
    assert await store.monitors.begin_run(run("r4", at=NOW + MINUTE), pause=MINUTE) is None


async def test_the_same_request_meets_its_own_run(store: SqliteStore) -> None:
    """However late it is done again, it learns what became of it."""
    await store.monitors.begin_run(run("r1"), pause=MINUTE)
    again = run("r1", at=NOW + timedelta(hours=1))
    assert run("r1") == await store.monitors.begin_run(again, pause=MINUTE)
    await store.monitors.settle_run(run("r1"), done=True)
    assert run("r1", sure=True) == await store.monitors.begin_run(again, pause=MINUTE)


async def test_a_refused_run_is_forgotten(store: SqliteStore) -> None:
    """It stands in nobody's way, and a late refusal does not remove another's run."""
    await store.monitors.begin_run(run("r1"), pause=MINUTE)
    await store.monitors.settle_run(run("r1"), done=False)
    assert await store.monitors.begin_run(run("r2"), pause=MINUTE) is None
    await store.monitors.settle_run(run("r1"), done=False)
    assert run("r2") == await store.monitors.begin_run(run("r3"), pause=MINUTE)


async def test_a_clock_set_back_blocks_no_run(store: SqliteStore) -> None:
    """A run that lies in the future is not waited for."""
    await store.monitors.begin_run(run("r1", at=NOW + timedelta(days=1)), pause=MINUTE)
    assert await store.monitors.begin_run(run("r2"), pause=MINUTE) is None


async def test_a_run_is_known_after_a_restart(store: SqliteStore) -> None:
    """It is on the disk before Parallel is asked."""
    await store.monitors.begin_run(run("r1"), pause=MINUTE)
    (row,) = await rows(store, "SELECT request_id, user_id, sure FROM monitor_runs")

    assert row == {"request_id": "r1", "user_id": "U1", "sure": 0}


async def test_a_definition_keeps_all_its_options(store: SqliteStore) -> None:
    """What a stopped monitor is made anew from survives the database."""
    full = Definition(
        query="rivers",
        output_schema={"type": "object", "properties": {"name": {"type": "string"}}},
        location="us",
        include_domains=("a.com", ".gov"),
        after_date="2026-01-01",
        backfill=True,
        metadata={"team": "research"},
    )
    await store.monitors.save(known(definition=full))

    found = await store.monitors.get("m1")
    assert found is not None
    assert found.definition == full
