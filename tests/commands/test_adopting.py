"""Monitors are known again after the database was lost, with who made them and where."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.apis.parallel import ParallelApi
from bot.commands.assembly import Outside
from bot.commands.assembly import commands as assemble
from bot.core.monitors import Origin, Pause
from bot.playground.parallel import API_KEY, ParallelSim
from bot.store.sqlite import SqliteStore
from tests.commands.conftest import SOURCES, Desk, told
from tests.commands.fakes import NOW, FakeDirectory

WEBHOOK_URL = "https://bot.example.com/webhooks/parallel"


class House:
    """The commands on a real database and a simulated Parallel."""

    def __init__(self, folder: Path, sim: ParallelSim) -> None:
        self._folder = folder
        self._desk = Desk()
        self._opened = 0
        self.sim = sim
        self.api = ParallelApi(API_KEY, sim.base_url, webhook_url=WEBHOOK_URL)
        self.store = self._open()

    async def type(self, text: str, **more: Any) -> str:
        """Type a command and return the words of the answer."""
        commands = assemble(
            Outside(
                sources=SOURCES,
                memory=self.store,
                open_sources=("parallel",),
                monitors=self.api,
                directory=FakeDirectory(),
                clock=lambda: NOW,
                samples=lambda name: {},
                public_url="https://bot.example.com",
            )
        )
        answer = await told(commands, self._desk.request(text, **more))
        return answer.text

    async def lose_database(self) -> None:
        """Begin anew on an empty file."""
        await self.store.close()
        self.store = self._open()

    async def close(self) -> None:
        """Close what is open."""
        await self.api.close()
        await self.store.close()

    def _open(self) -> SqliteStore:
        self._opened += 1
        store = SqliteStore(self._folder / f"{self._opened}.db", lambda: NOW)
        store.open()
        return store


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Yield a house in which U1 made a monitor in C1, and whose database is then lost."""
    async with ParallelSim() as sim:
        opened = House(tmp_path, sim)
        await opened.type("/monitors create “Acme” every 6h fields name, amount:number location us")
        await opened.lose_database()
        yield opened
        await opened.close()


async def test_list_remembers_and_offers_to_hear_it(house: House) -> None:
    """Definition, creator and channel are back; who follows it is not, so the line is offered."""
    (monitor_id,) = house.sim.monitors

    words = await house.type("/monitors list all", channel_id="C2", user_id="UOTHER")

    (known,) = await house.store.monitors.list("T1")
    assert (known.id, known.created_by, known.channel_id) == (monitor_id, "U1", "C1")
    assert known.definition == (await house.api.show(monitor_id)).definition
    assert known.definition.location == "us"
    assert "1 monitor runs with nobody listening: about $0.36 a month." in words
    assert f"/alerts subscribe parallel monitor {monitor_id}" in words


async def test_the_offered_line_works(house: House) -> None:
    """Typed as offered, the channel hears it and nobody is offered anything more."""
    (monitor_id,) = house.sim.monitors
    await house.type("/monitors list all")
    await house.type(f"/alerts subscribe parallel monitor {monitor_id}")

    words = await house.type("/monitors list all")

    assert "nobody" not in words


async def test_paused_and_resumed_after_the_loss(house: House) -> None:
    """List, stop and resume: the new one has every option, and its creator."""
    await house.type("/monitors list all")
    (first,) = house.sim.monitors
    await house.type(f"/monitors pause {first} stop confirm")
    await house.type(f"/monitors resume {first}", user_id="UADMIN", channel_id="C2")

    (known,) = await house.store.monitors.list("T1")
    old, new = house.sim.monitors.values()
    assert (old["status"], new["status"]) == ("cancelled", "active")
    assert new["settings"] == old["settings"]
    assert known.id == new["monitor_id"]
    assert (known.created_by, known.channel_id, known.pause) == ("U1", "C1", None)


@pytest.mark.parametrize("typed", ["show {}", "pause {}", "edit {} every 2h"])
async def test_one_monitor_is_remembered_when_it_is_met(house: House, typed: str) -> None:
    """Also by those who may not change it, who are told whose it is."""
    (monitor_id,) = house.sim.monitors

    words = await house.type(f"/monitors {typed.format(monitor_id)}", user_id="UOTHER")

    known = await house.store.monitors.get(monitor_id)
    assert known is not None
    assert (known.created_by, known.pause) == ("U1", None)
    assert ("Only @U1, who made it" in words) == (not typed.startswith("show"))


async def test_what_was_known_is_not_overwritten(house: House) -> None:
    """A pause survives every list."""
    (monitor_id,) = house.sim.monitors
    await house.type(f"/monitors pause {monitor_id}")
    await house.type("/monitors list all")

    known = await house.store.monitors.get(monitor_id)
    assert known is not None
    assert known.pause is Pause.HOLD


MARKS = {
    "tocsin_request": "r",
    "slack_team_id": "T1",
    "slack_channel_id": "C1",
    "user_id": "U1",
}


@pytest.mark.parametrize(
    "change",
    [
        {"tocsin_request": ""},
        {"slack_team_id": "T2"},
        {"slack_team_id": ""},
        {"slack_channel_id": "general"},
        {"slack_channel_id": ""},
        {"user_id": "<!channel>"},
        {"user_id": ""},
    ],
    ids=str,
)
async def test_marks_of_others_are_not_ours(house: House, change: dict[str, str]) -> None:
    """Another workspace's monitors, and marks that cannot be ours, are left alone."""
    foreign = house.sim.add_monitor("foreign", metadata=MARKS | change)

    await house.type("/monitors list all")
    await house.type(f"/monitors show {foreign}")

    assert await house.store.monitors.get(foreign) is None


async def test_cancelled_monitors_are_not_remembered(house: House) -> None:
    """There is nothing to go on with."""
    (monitor_id,) = house.sim.monitors
    await house.api.cancel(monitor_id)

    await house.type(f"/monitors show {monitor_id}")

    assert await house.store.monitors.get(monitor_id) is None


async def test_mark_says_which_request_it_was(house: House) -> None:
    """What is remembered comes from the monitor's own metadata."""
    (monitor_id,) = house.sim.monitors

    assert (await house.api.show(monitor_id)).origin == Origin(
        request_id="request-1", team_id="T1", channel_id="C1", user_id="U1"
    )


async def test_run_is_paid_once_over_http(house: House) -> None:
    """Two people, one minute, one run; the database is asked before Parallel is."""
    (monitor_id,) = house.sim.monitors
    first = await house.type(f"/monitors run {monitor_id}")
    second = await house.type(f"/monitors run {monitor_id}", user_id="UADMIN")

    assert "runs once now" in first
    assert "@U1 started it at" in second
    assert [one.cause for one in house.sim.runs] == ["created", "triggered"]


async def test_events_over_http(house: House) -> None:
    """What the monitor found, and that a run failed."""
    (monitor_id,) = house.sim.monitors
    house.sim.add_error(monitor_id, "No credit left")

    assert "No credit left" in await house.type(f"/monitors events {monitor_id}")
