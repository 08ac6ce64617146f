"""Lytics: a job, its log, and letting it run again."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.core.errors import ApiError
from bot.core.reasons import Reason
from bot.playground.faults import ErrorBody, WrongType
from bot.playground.lytics import LyticsSim
from tests.apis.vendors import lytics

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
async def sim() -> AsyncIterator[LyticsSim]:
    """Run the simulated API, a minute later at each look at its clock."""
    times = (NOW + timedelta(minutes=number) for number in range(10_000))
    async with LyticsSim(clock=lambda: next(times)) as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    """Share one session."""
    async with ClientSession() as one:
        yield one


async def test_a_job_and_its_resume(sim: LyticsSim, session: ClientSession) -> None:
    """The bare token goes along, and the job that was named runs again, once."""
    job_id, api = sim.add_job(), lytics(sim, session)

    job = await api.job(job_id)
    await api.resume(job_id)

    assert (job.name, job.status) == ("High-value customers", "failed")
    assert sim.resumed == [job_id]
    assert (await api.job(job_id)).status == "sleeping"
    assert {call.headers["authorization"] for call in sim.calls} == {sim.api_key}


async def test_the_end_of_a_log(sim: LyticsSim, session: ClientSession) -> None:
    """The newest lines come in order of time, whichever way the vendor sorts them."""
    job_id = sim.add_job()
    for number in range(30):
        sim.add_line(job_id, f"line {number}", level="error", code="JOB-FAULT-022")
    sim.log[job_id].reverse()

    lines = await lytics(sim, session).logs(job_id, most=20)

    assert [one.message for one in lines] == [f"line {number}" for number in range(10, 30)]
    assert (lines[0].level, lines[0].code) == ("error", "JOB-FAULT-022")
    assert sim.calls[-1].query == {"include_errors": ["true"]}


async def test_no_address_is_read(sim: LyticsSim, session: ClientSession) -> None:
    """Who did it is nobody's business: neither the text nor the context tells."""
    job_id = sim.add_job()
    sim.add_line(job_id, "Started by user admin@acme.example")

    (line,) = await lytics(sim, session).logs(job_id, most=20)

    assert line.message == "Started by user …"
    assert "@" not in line.model_dump_json()


@pytest.mark.parametrize(("data", "count"), [(None, 0), ([], 0), ([3, {}, None], 1)])
async def test_odd_logs(sim: LyticsSim, session: ClientSession, data: Any, count: int) -> None:
    """No log is an empty one, and what is no entry is left out."""
    sim.fail("logs", WrongType({"data": data}))

    assert len(await lytics(sim, session).logs(sim.add_job(), most=20)) == count


@pytest.mark.parametrize("body", [{}, {"data": 3}, {"data": {"id": "other"}}, [], {"data": None}])
async def test_a_job_of_another_shape(sim: LyticsSim, session: ClientSession, body: Any) -> None:
    """An answer that is not the job that was asked for is not taken for it."""
    sim.fail("retrieve_job", WrongType(body))

    with pytest.raises(ApiError) as caught:
        await lytics(sim, session).job(sim.add_job())

    assert caught.value.reason is Reason.SERVER


async def test_lytics_words_and_reference(sim: LyticsSim, session: ClientSession) -> None:
    """A refusal is told in the vendor's words, with the id of the request."""
    sim.fail("resume", ErrorBody(400, {"message": "No way.", "request_id": "abc-1"}))

    with pytest.raises(ApiError) as caught:
        await lytics(sim, session).resume(sim.add_job())

    assert caught.value.text == "Lytics refuses this: No way."
    assert caught.value.ref_id == "abc-1"
