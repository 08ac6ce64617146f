"""Following things by what they are called, and seeing what there is."""

from __future__ import annotations

import pytest

from bot.commands.offering import Offering
from bot.commands.register import Register
from bot.core.events import Subject
from bot.core.reasons import Reason
from tests.commands.conftest import SOURCES, Desk

AB12 = "monitor_ab12" + "f" * 28


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """Return a desk at which some things were seen, the last of each kind the newest."""
    desk.names.see("deck", "task", "task_01", "Old invoices")
    desk.names.see("deck", "task", "task_02", "Payroll")
    desk.names.see("deck", "task", "task_03", "Invoice fetcher")
    desk.names.see("deck", "connection", "conn_9")
    desk.names.see("surfacedby", "workspace", "wsp_1", "acme")
    desk.names.see("surfacedby", "workspace", "acme", "acme", "wsp_1")
    desk.api.add(AB12, query="Acme outages")
    return desk


def offering(desk: Desk) -> Offering:
    """Return what a modal asks."""
    register = Register(desk.store, desk.subscriptions, desk.names, desk.api)
    return Offering(SOURCES, desk.names, open_sources=("deck",), register=register)


@pytest.mark.parametrize(
    ("typed", "kind", "one", "told"),
    [
        ('deck task "Invoice fetcher"', "task", "task_03", "Deck · task Invoice fetcher"),
        ("deck task payroll", "task", "task_02", "Deck · task Payroll"),
        ("deck task fetcher", "task", "task_03", "Deck · task Invoice fetcher"),
        ("deck task task_02", "task", "task_02", "Deck · task Payroll"),
        ("deck task task_77", "task", "task_77", "Deck · task task_77"),
        ("deck task", "task", "", "Deck · every task"),
        ("parallel monitor ab12", "monitor", AB12, "Parallel · monitor Acme outages"),
        ("parallel monitor outages", "monitor", AB12, "Parallel · monitor Acme outages"),
        ("surfacedby workspace acme", "workspace", "wsp_1", "SurfacedBy · workspace acme"),
        ("surfacedby workspace globex", "workspace", "globex", "SurfacedBy · workspace globex"),
        ('lytics work "a b"', "work", "a b", "Lytics · work a b"),
    ],
)
async def test_what_is_called_so_is_followed_by_id(
    busy: Desk, typed: str, kind: str, one: str, told: str
) -> None:
    """A name, a part of it or of an id is found; a slug is followed by its workspace's id."""
    words = await busy.type(f"/alerts subscribe {typed}")

    (stored,) = busy.subscriptions.rows
    assert stored.subject is not None
    assert (kind, one) == (stored.subject.kind, stored.subject.id)
    assert f"now hears {told}: " in words


async def test_a_whole_source_is_followed_as_ever(busy: Desk) -> None:
    """Without a kind there is nothing to find."""
    await busy.type("/alerts subscribe deck")

    assert busy.subscriptions.rows[0].subject is None


async def test_an_unknown_name_is_told_what_there_is(busy: Desk) -> None:
    """The newest first, in lines to copy with the rest of what was typed; nothing is stored."""
    words = await busy.type("/alerts subscribe deck task nobody severity>=warning")

    assert words.splitlines() == [
        "I have not seen a task of that name. There are:",
        '/alerts subscribe deck task "Invoice fetcher" severity>=warning',
        "/alerts subscribe deck task Payroll severity>=warning",
        '/alerts subscribe deck task "Old invoices" severity>=warning',
    ]
    assert busy.subscriptions.rows == []


async def test_the_lines_to_copy_do_what_they_say(busy: Desk) -> None:
    """Each of them, typed, follows another thing, filter and all."""
    busy.names.see("deck", "task", "task_04", "Payroll")
    busy.names.see("deck", "task", "task_05", 'The "best" <one>')
    busy.names.see("deck", "task", "task_06")
    for number, name in enumerate(("type:*", "(x)", "NOT", "a>=b", "size:full"), start=7):
        busy.names.see("deck", "task", f"task_{number:02}", name)
    words = await busy.type("/alerts subscribe deck task nobody severity>=warning")
    for line in words.splitlines()[1:]:
        assert "now hears" in await busy.type(line)

    followed = [row.subject.id for row in busy.subscriptions.rows if row.subject]
    assert [f"task_{number:02}" for number in range(11, 1, -1)] == followed


async def test_a_name_of_several_asks_which(busy: Desk) -> None:
    """A part that fits two is not guessed at."""
    words = await busy.type("/alerts subscribe deck task invoice")

    assert words.splitlines() == [
        "“invoice” may be one of several; which?",
        '/alerts subscribe deck task "Invoice fetcher"',
        '/alerts subscribe deck task "Old invoices"',
    ]
    assert busy.subscriptions.rows == []


async def test_at_most_ten_are_listed(desk: Desk) -> None:
    """An answer stays readable."""
    for number in range(30):
        desk.names.see("deck", "task", f"task_{number}", f"Task number {number}")
    words = await desk.type("/alerts subscribe deck task nobody")

    assert 11 == len(words.splitlines())


async def test_lists_show_names(busy: Desk) -> None:
    """In the list and when it is stopped, whatever the thing is called by then."""
    await busy.type("/alerts subscribe deck task Payroll")
    busy.names.rows = [
        row.model_copy(update={"name": "Wages"}) if row.id == "task_02" else row
        for row in busy.names.rows
    ]

    assert "Deck · task Wages" in await busy.type("/alerts list")
    assert "no longer hears Deck · task Wages" in await busy.type("/alerts unsubscribe 12")


async def test_monitors_are_listed_by_what_they_watch(desk: Desk) -> None:
    """What was made here is known without asking Parallel."""
    await desk.type("/monitors create Acme funding news")
    desk.api.calls.clear()

    assert "Parallel · monitor Acme funding news" in await desk.type("/alerts list")
    assert [] == desk.api.calls


async def test_parallel_away_is_no_reason_to_fail(busy: Desk) -> None:
    """Then what is remembered has to do, and an id is taken as it is."""
    busy.api.errors["list"] = [Reason.SERVER] * 9

    assert "now hears" in await busy.type("/alerts subscribe parallel monitor monitor_cd34")


async def test_sources_say_what_there_is(busy: Desk) -> None:
    """Each open source with its kinds, how many were seen, and the newest names."""
    assert (await busy.type("/alerts sources")).splitlines() == [
        "Deck: /alerts subscribe deck",
        "task: 3 seen, the newest Invoice fetcher, Payroll, Old invoices",
        "connection: 1 seen, the newest conn_9",
        "Parallel: /alerts subscribe parallel",
        "nothing seen yet of: monitor",
        "SurfacedBy: /alerts subscribe surfacedby",
        "workspace: 1 seen, the newest acme",
        "nothing seen yet of: domain",
        "Closed, because no secret is set: Lytics.",
    ]


async def test_a_guest_learns_no_names(busy: Desk) -> None:
    """Who may not subscribe is not told what there is."""
    words = await busy.type("/alerts subscribe deck task nobody", user_id="UGUEST")

    assert "Payroll" not in words


async def test_options_for_a_modal(busy: Desk) -> None:
    """Everything of a kind, or what the letters typed so far fit; slugs are no second thing."""
    offered = offering(busy)

    everything = await offered.options("T1", "deck", "task")
    assert ["task_03", "task_02", "task_01"] == [one.id for one in everything]
    assert ["Invoice fetcher", "Old invoices"] == [
        one.name for one in await offered.options("T1", "deck", "task", "inv")
    ]
    assert ["wsp_1"] == [one.id for one in await offered.options("T1", "surfacedby", "workspace")]
    assert ["Acme outages"] == [
        one.name for one in await offered.options("T1", "parallel", "monitor")
    ]
    assert () == tuple(await offered.options("T1", "deck", "unheard-of"))


async def test_look_ups_are_kept(busy: Desk) -> None:
    """What Parallel's list told is known when Parallel is away."""
    await offering(busy).options("T1", "parallel", "monitor")
    busy.api.monitors.clear()

    (named,) = await busy.names.named("parallel", [Subject(kind="monitor", id=AB12)])
    assert "Acme outages" == named.name
