"""One monitor over real HTTP, whichever way the create breaks."""

from typing import cast

import pytest

from bot.apis.parallel import ParallelApi
from bot.commands.assembly import Outside
from bot.commands.assembly import commands as assemble
from bot.core.ports.everything import Memory
from bot.playground.faults import (
    CloseWithoutAnswer,
    Fault,
    HalfBody,
    Hang,
    Reset,
    ServerError,
    Text200,
    WrongType,
)
from bot.playground.parallel import API_KEY, ParallelSim
from tests.commands.conftest import SOURCES, Desk, told
from tests.commands.fakes import NOW

CREATE = "/monitors create Acme outages"
WEBHOOK_URL = "https://bot.example.com/webhooks/parallel"


async def _no_sleep(_: float) -> None:
    return None


async def _type(desk: Desk, sim: ParallelSim, text: str, *, attempts: int = 1) -> str:
    api = ParallelApi(API_KEY, sim.base_url, webhook_url=WEBHOOK_URL, timeout_s=0.3)
    commands = assemble(
        Outside(
            sources=SOURCES,
            memory=cast("Memory", desk),
            open_sources=("parallel",),
            monitors=api,
            directory=desk.directory,
            clock=lambda: NOW,
            samples=lambda name: {},
            public_url="https://bot.example.com",
            sleep=_no_sleep,
        )
    )
    answer = await told(commands, desk.request(text, id="request-http", attempts=attempts))
    await api.close()
    return answer.text


@pytest.mark.parametrize(
    "fault",
    [
        Reset(),
        Reset(after=False),
        CloseWithoutAnswer(),
        CloseWithoutAnswer(after=False),
        HalfBody(),
        HalfBody(after=False),
        Hang(),
        Hang(after=False),
        ServerError(500),
        ServerError(500, after=True),
        ServerError(502, "html"),
        Text200(),
        Text200(after=True),
        WrongType({}),
        WrongType([]),
    ],
    ids=str,
)
async def test_one_monitor_whatever_breaks(desk: Desk, fault: Fault) -> None:
    """Carried out or not, there is exactly one monitor, and this channel follows it."""
    async with ParallelSim() as sim:
        sim.fail("create", fault)

        words = await _type(desk, sim, CREATE)

        (monitor_id,) = sim.monitors
        (followed,) = desk.subscriptions.rows
    assert monitor_id in words
    assert followed.subject is not None
    assert followed.subject.id == monitor_id


async def test_create_and_look_ups_broken_then_done_again(desk: Desk) -> None:
    """A create that was carried out while everything else failed is found the next time."""
    async with ParallelSim() as sim:
        sim.fail("create", Reset())
        sim.fail("list", *[ServerError(503)] * 3)

        unsure = await _type(desk, sim, CREATE)
        words = await _type(desk, sim, CREATE, attempts=2)

        (monitor_id,) = sim.monitors
    assert "not known" in unsure
    assert monitor_id in words


async def test_whole_life_over_http(desk: Desk) -> None:
    """Create, slow, resume, stop and resume again: two monitors, one of them active."""
    async with ParallelSim() as sim:
        await _type(desk, sim, CREATE)
        (first,) = sim.monitors
        await _type(desk, sim, f"/monitors pause {first} slow")
        assert sim.monitors[first]["frequency"] == "30d"
        await _type(desk, sim, f"/monitors resume {first}")
        assert sim.monitors[first]["frequency"] == "1d"
        await _type(desk, sim, f"/monitors pause {first} stop confirm")
        await _type(desk, sim, f"/monitors resume {first}")

        assert [one["status"] for one in sim.monitors.values()] == ["cancelled", "active"]
        _, second = sim.monitors
    assert list(desk.store.rows) == [second]
