"""A monitor's events are read as runs, bounded, whatever their rows look like."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.apis.parallel import ParallelApi
from bot.apis.parallel_history import MOST_PAGES
from bot.core.errors import ApiError
from bot.core.history import MOST_WORDS, Outcome
from bot.core.reasons import Reason
from bot.playground.faults import EndlessCursor, WrongType
from bot.playground.parallel import Numbered, ParallelSim, json_output, snapshot, structured, text

AT = "2026-08-17T08:15:00Z"


async def test_runs_newest_first_with_their_outcome(sim: ParallelSim, api: ParallelApi) -> None:
    """A group is one run with its first findings; the others have their time."""
    made = sim.add_monitor("q")
    sim.add_findings(made, [text(f"Finding {number}") for number in range(5)])
    sim.add_completion(made)
    sim.add_error(made, "No\ncredit")
    sim.add_findings(made, [structured({"company": "Acme", "amount": 18})])

    history = await api.history(made, first=0, count=10)

    outcomes = [one.outcome for one in history.entries]
    assert outcomes == [Outcome.FOUND, Outcome.FAILED, Outcome.NOTHING_NEW, Outcome.FOUND]
    newest, failed, quiet, oldest = history.entries
    assert newest.findings == ("company: Acme, amount: 18",)
    assert failed.failure == "No credit"
    assert failed.at is not None
    assert quiet.at is not None
    assert (oldest.count, len(oldest.findings)) == (5, 3)
    assert not history.more


async def test_stretch_of_a_long_history(sim: ParallelSim, api: ParallelApi) -> None:
    """Runs are counted across Parallel's pages, and a group is not torn at their edge."""
    made = sim.add_monitor("q")
    for number in range(3):
        sim.add_findings(made, Numbered(90, size_bytes=20))
        sim.add_error(made, f"reason {number}")

    first = await api.history(made, first=0, count=4)
    rest = await api.history(made, first=4, count=4)

    assert [one.count for one in first.entries] == [0, 90, 0, 90]
    assert [one.count for one in rest.entries] == [0, 90]
    assert (first.more, rest.more) == (True, False)


async def test_history_ends_when_the_cursor_comes_back(sim: ParallelSim, api: ParallelApi) -> None:
    """The same cursor for ever costs two calls."""
    made = sim.add_monitor("q")
    sim.add_error(made, "x")
    sim.fail_always("events", EndlessCursor())

    await api.history(made, first=0, count=10)

    assert len(sim.calls) == 2


async def test_history_is_bounded(sim: ParallelSim, api: ParallelApi) -> None:
    """Cursors that are always new end after the limit of pages."""
    made = sim.add_monitor("q")
    pages = [WrongType({"events": [], "next_cursor": f"c{n}"}) for n in range(MOST_PAGES + 5)]
    sim.fail("events", *pages)

    assert (await api.history(made, first=0, count=10)).entries == ()
    assert len(sim.calls) == MOST_PAGES


ROWS: list[tuple[dict[str, Any], Outcome, str]] = [
    ({"event_type": "error", "error_message": "new name", "timestamp": AT},
     Outcome.FAILED, "new name"),
    ({"type": "error", "error": "old name", "date": AT}, Outcome.FAILED, "old name"),
    ({"event_type": "error"}, Outcome.FAILED, ""),
    ({"event_type": "completion", "monitor_ts": f"completed_{AT}"}, Outcome.NOTHING_NEW, ""),
    ({"event_type": "completion", "timestamp": 7, "monitor_ts": None}, Outcome.NOTHING_NEW, ""),
    ({"event_group_id": "g", "output": None}, Outcome.FOUND, ""),
    ({"event_group_id": "g", "output": {"content": "x" * 10_000}}, Outcome.FOUND, ""),
]  # fmt: skip


@pytest.mark.parametrize(("row", "outcome", "failure"), ROWS)
async def test_rows_of_other_shapes(
    sim: ParallelSim, api: ParallelApi, row: dict[str, Any], outcome: Outcome, failure: str
) -> None:
    """Both generations of names are read; what is missing costs only itself."""
    made = sim.add_monitor("q")
    sim.fail("events", WrongType({"events": [None, row, "x"]}))

    (entry,) = (await api.history(made, first=0, count=10)).entries

    assert (entry.outcome, entry.failure) == (outcome, failure)
    assert all(len(one) <= MOST_WORDS for one in entry.findings)
    if AT in str(row):
        assert entry.at == datetime(2026, 8, 17, 8, 15, tzinfo=UTC)


async def test_snapshot_tells_what_changed(sim: ParallelSim, api: ParallelApi) -> None:
    """The changed fields are the finding, not the value before."""
    made = sim.add_monitor("q")
    sim.add_findings(made, [snapshot(json_output({"ceo": "Ada"}), json_output({"ceo": "Bob"}))])

    (entry,) = (await api.history(made, first=0, count=10)).entries

    assert entry.findings == ("ceo: Ada",)


async def test_answer_without_a_list_is_unreadable(sim: ParallelSim, api: ParallelApi) -> None:
    """A success of another form is an error and no empty history."""
    made = sim.add_monitor("q")
    sim.fail("events", WrongType({"events": "none"}))

    with pytest.raises(ApiError) as caught:
        await api.history(made, first=0, count=10)

    assert caught.value.reason is Reason.SERVER
