"""What things are called, as events and look-ups told it."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from bot.core.alerts import Alert
from bot.core.events import Event, Subject
from bot.core.ports import Told
from bot.store import names as names_module
from bot.store.sqlite import SqliteStore
from tests.store.conftest import SetClock
from tests.store.making import NOW, accept, break_in, event, route, routed, rows

KNOWN = "SELECT kind, id, name, thing FROM names ORDER BY kind, id"


def agent(name: str | None = "Payroll", one: str = "agt_1") -> Subject:
    """Return an agent."""
    return Subject(kind="agent", id=one, name=name)


def about(key: str, *subjects: Subject, after_s: float = 0, test: bool = False) -> Event:
    """Return an event that speaks of some things, some seconds after nine o'clock."""
    at = NOW + timedelta(seconds=after_s)
    return event(key, subjects=subjects, occurred_at=at, test=test)


async def called(store: SqliteStore, one: str = "agt_1") -> str | None:
    """Return what an agent is called."""
    (found,) = await store.names.named("probe", [agent(None, one)])
    return found.name


async def test_names_come_with_the_events(store: SqliteStore) -> None:
    """Whoever follows anything or not: what an event calls its subjects is kept."""
    await route(store, about("e1", agent(), Subject(kind="task", id="task_1")))

    assert [("agent", "agt_1", "Payroll", None), ("task", "task_1", None, None)] == [
        tuple(row.values()) for row in await rows(store, KNOWN)
    ]


async def test_a_change_of_name_is_kept(store: SqliteStore) -> None:
    """There and back, too; an event without the name takes it away from nobody."""
    for number, name in enumerate(("Payroll", "Wages", None, "Payroll")):
        await route(store, about(f"e{number}", agent(name), after_s=number))
        assert await called(store) == (name or "Wages")


async def test_an_older_event_changes_no_name(store: SqliteStore, clock: SetClock) -> None:
    """Sources keep no order; but a name that comes late is better than none."""
    clock.forward(60)
    await route(store, about("e2", agent("Wages"), agent(None, "agt_2"), after_s=10))
    await route(store, about("e1", agent("Payroll"), agent("Bills", "agt_2"), after_s=5))

    assert ("Wages", "Bills") == (await called(store), await called(store, "agt_2"))


async def test_a_clock_ahead_pins_no_name(store: SqliteStore, clock: SetClock) -> None:
    """What an event of the year 2099 called a thing is changed by the next one."""
    await route(store, about("e1", agent("Payroll"), after_s=2e9))
    clock.forward(1)
    await route(store, about("e2", agent("Wages"), after_s=1))

    assert await called(store) == "Wages"


async def test_a_slug_that_changes_leaves_one_workspace(store: SqliteStore) -> None:
    """Both slugs lead to it, and it is listed once, by its newest name."""
    for number, slug in enumerate(("acme", "acme-labs")):
        subjects = [Subject(kind="workspace", id=one, name=slug) for one in ("wsp_1", slug)]
        await route(store, about(f"e{number}", *subjects, after_s=number))
    seen = await store.names.seen("probe", "workspace")

    assert {one.id: one.thing for one in seen} == {
        "wsp_1": None, "acme": "wsp_1", "acme-labs": "wsp_1",
    }  # fmt: skip
    (census,) = await store.names.census()
    assert (1, ["acme-labs"]) == (census.count, [one.name for one in census.newest])


async def test_what_a_test_button_sends_teaches_nothing(store: SqliteStore) -> None:
    """Its workspace may be made up."""
    await route(store, about("e1", agent(), test=True))

    assert [] == await rows(store, KNOWN)


async def test_an_event_that_is_not_routed_teaches_nothing(store: SqliteStore) -> None:
    """The name is in the transaction of the route: it comes when that is done again."""
    one = about("e1", agent(), Subject(kind="task", id="task_1"))
    await break_in(
        store,
        "CREATE TRIGGER no_route BEFORE UPDATE ON events WHEN NEW.state = 'routed'"
        " BEGIN SELECT RAISE(FAIL, 'away'); END",
    )
    await accept(store, one)
    (stored,) = await store.inbox.claim(1)
    with pytest.raises(sqlite3.IntegrityError, match="away"):
        await routed(store, Told(stored.row, one, Alert(title="x"), default=True))
    assert [] == await rows(store, KNOWN)

    await break_in(store, "DROP TRIGGER no_route")
    await routed(store, Told(stored.row, one, Alert(title="x"), default=True))
    assert await called(store) == "Payroll"


async def test_a_busy_thing_costs_one_write_a_day(store: SqliteStore, clock: SetClock) -> None:
    """The second event of a day writes no name; the first of the next tells it is alive."""
    await route(store, about("e1", agent()))
    await break_in(
        store, "CREATE TRIGGER no_write BEFORE UPDATE ON names BEGIN SELECT RAISE(FAIL, 'w'); END"
    )
    await route(store, about("e2", agent(), after_s=60))
    await break_in(store, "DROP TRIGGER no_write")
    clock.forward(100_000)
    await route(store, about("e3", agent(), after_s=100_000))

    (seen,) = await store.names.seen("probe", "agent")
    assert seen.seen_at == NOW + timedelta(seconds=100_000)


async def test_look_ups_are_learnt(store: SqliteStore) -> None:
    """A query or a name from an API; none is no reason to forget one."""
    await store.names.learn("probe", [agent("Payroll"), agent(None, "agt_2")])
    await store.names.learn("probe", [agent(None), agent("Bills", "agt_2")])

    assert ("Payroll", "Bills") == (await called(store), await called(store, "agt_2"))


async def test_hostile_names_are_tamed(store: SqliteStore) -> None:
    """One line, no characters that hide or reorder, and not without end."""
    await route(store, about("e1", agent("a\nb\u202e" + "c" * 300)))

    name = await called(store)
    assert name is not None
    assert (name[:3], len(name) <= 80, name.isprintable()) == ("a b", True, True)


async def test_too_many_of_a_kind_are_forgotten(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The longest unseen go, so that a million profiles are no million rows."""
    monkeypatch.setattr(names_module, "MOST_OF_A_KIND", 3)
    monkeypatch.setattr(names_module, "_FORGET_EVERY", 10)
    for number in range(10):
        await route(store, about(f"e{number}", agent(one=f"agt_{number}"), after_s=number - 60))

    assert {"agt_9", "agt_8", "agt_7"} == {
        one.id for one in await store.names.seen("probe", "agent")
    }


async def test_the_newest_is_first(store: SqliteStore) -> None:
    """In lists, what was seen last is offered first."""
    for number in range(5):
        await route(store, about(f"e{number}", agent(one=f"agt_{number}"), after_s=number - 60))

    assert ["agt_4", "agt_3"] == [one.id for one in await store.names.seen("probe", "agent")][:2]
    (census,) = await store.names.census()
    assert (5, ["agt_4", "agt_3", "agt_2"]) == (census.count, [one.id for one in census.newest])
