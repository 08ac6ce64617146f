"""Monitors over real HTTP: made, found, listed, slowed and ended."""

import subprocess
import sys

import pytest

from bot.apis.parallel import MOST_PAGES, ParallelApi
from bot.core.errors import ApiError
from bot.core.monitors import EVENT_TYPES, Definition, Origin
from bot.core.reasons import Reason
from bot.playground.faults import EndlessCursor, GzipBomb, WrongType
from bot.playground.parallel import API_KEY, ParallelSim
from tests.apis.conftest import WEBHOOK_URL

DEFINITION = Definition(query="Harbor Biologics announcements", frequency="6h", processor="base")
ORIGIN = Origin(request_id="request-1", team_id="T1", channel_id="C1", user_id="U1")


async def test_created_monitor_carries_all_we_promised(sim: ParallelSim, api: ParallelApi) -> None:
    """The query, pace, processor, webhook with all three types, metadata and the mark."""
    made = await api.create(DEFINITION, ORIGIN)

    stored = sim.monitors[made.id]
    assert stored["settings"]["query"] == "Harbor Biologics announcements"
    assert (stored["frequency"], stored["processor"]) == ("6h", "base")
    assert stored["webhook"] == {"url": WEBHOOK_URL, "event_types": list(EVENT_TYPES)}
    assert stored["metadata"] == {
        "tocsin_request": "request-1",
        "slack_team_id": "T1",
        "slack_channel_id": "C1",
        "user_id": "U1",
    }
    assert made.origin == ORIGIN
    assert made.query == DEFINITION.query
    assert made.active
    assert made.created_at is not None
    assert made.created_at.tzinfo is not None


async def test_no_monitor_without_webhook(sim: ParallelSim) -> None:
    """A monitor that reports to nobody would only cost money."""
    api = ParallelApi(API_KEY, sim.base_url, webhook_url=None)

    with pytest.raises(ApiError) as caught:
        await api.create(DEFINITION, ORIGIN)

    assert caught.value.reason is Reason.INVALID
    assert sim.calls == []


async def test_find_by_mark_goes_through_every_page(sim: ParallelSim, api: ParallelApi) -> None:
    """The mark is found behind a full page, and a cancelled monitor does not count."""
    wanted = sim.add_monitor("wanted", metadata={"tocsin_request": "mine"})
    for number in range(101):
        sim.add_monitor(f"other {number}", metadata={"tocsin_request": f"other-{number}"})

    found = await api.find("mine")
    await api.cancel(wanted)

    assert found is not None
    assert found.id == wanted
    assert await api.find("mine") is None


async def test_list_returns_every_active_monitor_newest_first(
    sim: ParallelSim, api: ParallelApi
) -> None:
    """Two full pages and a bit come back whole, without the cancelled one."""
    ids = [sim.add_monitor(f"query {number}") for number in range(230)]
    await api.cancel(ids[100])

    listed = await api.list()

    assert [one.id for one in listed] == [*reversed(ids[101:]), *reversed(ids[:100])]


async def test_list_stops_when_the_cursor_comes_back(sim: ParallelSim, api: ParallelApi) -> None:
    """The same cursor for ever ends the list after the second page."""
    only = sim.add_monitor("only")
    sim.fail_always("list", EndlessCursor())

    listed = await api.list()

    assert [one.id for one in listed] == [only]
    assert len(sim.calls) == 2


async def test_list_stops_after_the_last_page_we_read(sim: ParallelSim, api: ParallelApi) -> None:
    """Cursors that are always new end after the limit of pages."""
    pages = [WrongType({"monitors": [], "next_cursor": f"c{n}"}) for n in range(MOST_PAGES + 5)]
    sim.fail("list", *pages)

    assert await api.list() == ()
    assert len(sim.calls) == MOST_PAGES


async def test_list_skips_rows_that_are_no_monitors(sim: ParallelSim, api: ParallelApi) -> None:
    """One odd row costs only itself."""
    rows = [None, "x", {"status": "active"}, {"monitor_id": "monitor_ok", "settings": 7}]
    sim.fail("list", WrongType({"monitors": rows}))

    assert [one.id for one in await api.list()] == ["monitor_ok"]


async def test_show_tells_a_cancelled_monitor(sim: ParallelSim, api: ParallelApi) -> None:
    """Cancelling twice is harmless, and the record stays readable."""
    made = sim.add_monitor("query", webhook={"url": WEBHOOK_URL})
    await api.cancel(made)
    again = await api.cancel(made)
    shown = await api.show(made)

    assert not again.active
    assert not shown.active
    assert shown.webhook_url == WEBHOOK_URL


async def test_update_of_the_pace_changes_nothing_else(sim: ParallelSim, api: ParallelApi) -> None:
    """The webhook and the metadata survive; only the pace is sent."""
    made = sim.add_monitor("query", metadata={"a": "b"}, webhook={"url": WEBHOOK_URL})

    slowed = await api.update(made, Definition(query="", frequency="30d"), {"frequency"})

    assert slowed.frequency == "30d"
    assert sim.calls[-1].body == {"frequency": "30d"}
    assert sim.monitors[made]["metadata"] == {"a": "b"}


@pytest.mark.parametrize("monitor_id", ["../x", "a/b", "a?b", "a#b", "%2e%2e", "", "ä", "a" * 129])
async def test_no_odd_id_reaches_a_path(
    sim: ParallelSim, api: ParallelApi, monitor_id: str
) -> None:
    """An id that could change the path is refused before anything is sent."""
    for call in (api.show, api.cancel):
        with pytest.raises(ApiError) as caught:
            await call(monitor_id)

        assert caught.value.reason is Reason.INVALID
    assert sim.calls == []


async def test_packed_bomb_is_cut(sim: ParallelSim, patient: ParallelApi) -> None:
    """128 MiB in 128 KiB end as an unreadable answer."""
    sim.fail("list", GzipBomb(1 << 27))

    with pytest.raises(ApiError) as caught:
        await patient.list()

    assert caught.value.reason is Reason.SERVER


def test_import_is_cheap() -> None:
    """The vendor's SDK is loaded by the first call, not by the import."""
    script = (
        "import sys, bot.apis.parallel; print('parallel' in sys.modules, 'httpx' in sys.modules)"
    )

    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)

    assert printed.stdout.split() == [b"False", b"False"]
