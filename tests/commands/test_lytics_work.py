"""Lytics by buttons: a failed job runs again once, and its log can be read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import ClientSession

from bot.core.errors import StoreUnavailableError
from bot.core.forms import Form, Reply
from bot.core.marks import Posted
from bot.playground.faults import ErrorBody, Fault, Hang, RateLimited, Reset, ServerError, Text200
from bot.playground.lytics import LyticsSim
from bot.slack.forms import view
from tests.apis.vendors import lytics
from tests.commands.counter import Counter, words
from tests.store.making import TEAM


@pytest.fixture
async def sim() -> AsyncIterator[LyticsSim]:
    """Run the simulated API."""
    async with LyticsSim() as running:
        yield running


@pytest.fixture
async def desk(counter: Counter, sim: LyticsSim) -> AsyncIterator[Counter]:
    """Yield a counter with a token of Lytics."""
    async with ClientSession() as session:
        counter.lytics = lytics(sim, session, timeout_s=0.5)
        yield counter


async def alert_of(desk: Counter, sim: LyticsSim) -> Posted:
    """Have an alert stand in C1 that a job failed, and return it."""
    job_id = sim.add_job()
    await desk.follow(source="lytics")
    event = {"id": f"e{job_id}", "subject_type": "work", "subject_id": job_id, "verb": "failed"}
    await desk.arrive({**event, "timestamp": "2026-11-20T09:00:00Z"}, source="lytics")
    found = await desk.store.messages.find(TEAM, "C1", await desk.say())
    assert found is not None
    return found


async def press(desk: Counter, posted: Posted, label: str, **more: str | int) -> Reply | None:
    """Press the button of an alert that has this label."""
    (action,) = (one for one in posted.alert.actions if one.label == label)
    return await desk.press(action.name, action.value, message_ts=posted.ts, **more)


async def marks(desk: Counter, posted: Posted) -> list[tuple[str, str]]:
    """Return who did what, as the alert shows it."""
    found = await desk.store.messages.find(TEAM, "C1", posted.ts)
    assert found is not None
    return [(one.by, one.words) for one in found.marks]


async def test_a_failed_job_runs_again(desk: Counter, sim: LyticsSim) -> None:
    """It is named, it runs, and the alert shows who let it."""
    posted = await alert_of(desk, sim)

    told = await press(desk, posted, "Resume", user_id="U2")

    assert "High-value customers run again" in words(told)
    assert sim.resumed == [posted.alert.actions[0].value]
    assert await marks(desk, posted) == [("U2", "resumed this job")]


@pytest.mark.parametrize("label", ["Resume", "Logs"])
async def test_guests_are_refused(desk: Counter, sim: LyticsSim, label: str) -> None:
    """Guests are told why not, and Lytics is not asked."""
    posted = await alert_of(desk, sim)

    assert "Guests" in words(await press(desk, posted, label, user_id="UGUEST"))
    assert sim.calls == []


async def test_a_double_click_resumes_once(desk: Counter, sim: LyticsSim) -> None:
    """Two at once: one call, and the other is told of it."""
    posted = await alert_of(desk, sim)

    told = await asyncio.gather(
        press(desk, posted, "Resume"), press(desk, posted, "Resume", user_id="U2")
    )

    assert len(sim.resumed) == 1
    assert sum("run again" in words(one) for one in told) == 1


async def test_the_second_is_told_who_was_first(desk: Counter, sim: LyticsSim) -> None:
    """Even if Lytics says for a while yet that the job has failed."""
    posted = await alert_of(desk, sim)
    await press(desk, posted, "Resume")
    sim.jobs[posted.alert.actions[0].value]["status"] = "failed"

    told = await press(desk, posted, "Resume", user_id="U2")
    desk.clock.now += timedelta(seconds=61)
    later = await press(desk, posted, "Resume", user_id="U2")

    assert "@U1 resumed this" in words(told)
    assert "run again" in words(later)
    assert len(sim.resumed) == 2


@pytest.mark.parametrize(
    ("status", "said"),
    [("running", "already"), ("sleeping", "already"), ("completed", "nothing can resume it")],
)
async def test_a_job_that_has_not_stopped(
    desk: Counter, sim: LyticsSim, status: str, said: str
) -> None:
    """What runs or is over is not resumed, and that is said."""
    posted = await alert_of(desk, sim)
    sim.jobs[posted.alert.actions[0].value]["status"] = status

    assert said in words(await press(desk, posted, "Resume"))
    assert sim.resumed == []


@pytest.mark.parametrize("status", ["failed", "paused", "fault-7", "a new word"])
async def test_every_other_state_is_tried(desk: Counter, sim: LyticsSim, status: str) -> None:
    """Lytics knows best which of its jobs can be resumed."""
    posted = await alert_of(desk, sim)
    sim.jobs[posted.alert.actions[0].value]["status"] = status

    assert "run again" in words(await press(desk, posted, "Resume"))


@pytest.mark.parametrize(
    "fault", [Reset(after=True), Hang(after=True), ServerError(502, "html", after=True),
              Text200(after=True)], ids=str,
)  # fmt: skip
async def test_a_success_that_was_lost_is_found(
    desk: Counter, sim: LyticsSim, fault: Fault
) -> None:
    """Lytics is asked how the job stands, and nothing is sent again."""
    posted = await alert_of(desk, sim)
    sim.fail("resume", fault)

    assert "run again" in words(await press(desk, posted, "Resume"))
    assert sim.count("resume") == 1
    assert await marks(desk, posted) == [("U1", "resumed this job")]


@pytest.mark.parametrize(
    "fault", [Reset(after=False), Hang(after=False), ServerError(500)], ids=str
)
async def test_a_resume_that_perhaps_arrived(desk: Counter, sim: LyticsSim, fault: Fault) -> None:
    """What is not known is said so, and nobody can ask again for a minute."""
    posted = await alert_of(desk, sim)
    sim.fail("resume", fault)

    told = await press(desk, posted, "Resume")
    second = await press(desk, posted, "Resume", user_id="U2")

    assert "not known" in words(told)
    assert "try again in" in words(second)
    assert sim.count("resume") == 1
    assert await marks(desk, posted) == []


async def test_when_lytics_cannot_be_asked_either(desk: Counter, sim: LyticsSim) -> None:
    """Then nothing is known, and nothing is sent again."""
    posted = await alert_of(desk, sim)
    sim.fail("resume", Reset(after=True))
    job = dict(sim.jobs[posted.alert.actions[0].value])
    sim.fail("retrieve_job", ErrorBody(200, {"data": job}), ServerError(503))

    assert "not known" in words(await press(desk, posted, "Resume"))
    assert sim.count("resume") == 1


@pytest.mark.parametrize(
    "fault", [ErrorBody(400), ErrorBody(401), ErrorBody(403), RateLimited("7")]
)
async def test_a_refusal_leaves_the_way_free(desk: Counter, sim: LyticsSim, fault: Fault) -> None:
    """What was surely not done can be asked for at once."""
    posted = await alert_of(desk, sim)
    sim.fail("resume", fault)

    told = await press(desk, posted, "Resume")
    again = await press(desk, posted, "Resume", user_id="U2")

    assert words(told).startswith("Lytics ")
    assert "run again" in words(again)
    assert len(sim.resumed) == 1


async def test_a_request_that_is_done_again_resumes_once(desk: Counter, sim: LyticsSim) -> None:
    """After a crash the same request tells of the success, and asks for nothing."""
    posted = await alert_of(desk, sim)
    value = posted.alert.actions[0].value
    request = desk.request("press", "lytics.resume", text=value, message_ts=posted.ts)

    first = await desk.run(request)
    sim.jobs[value]["status"] = "failed"
    second = await desk.run(request.model_copy(update={"attempts": 2}))

    assert words(first) == words(second)
    assert len(sim.resumed) == 1


async def test_the_log_is_shown_as_data(desk: Counter, sim: LyticsSim) -> None:
    """Its last lines stand in a modal, clipped, without mark-up and without addresses."""
    posted = await alert_of(desk, sim)
    job_id = posted.alert.actions[0].value
    for number in range(40):
        text = f"line {number} <!channel> by admin@acme.example " + "x" * 5_000
        sim.add_line(job_id, text, level="error", code="JOB-FAULT-022")

    shown = await press(desk, posted, "Logs")

    assert isinstance(shown, Form)
    assert not shown.submit
    said = words(shown)
    assert "High-value customers is failed now" in said
    assert "line 20 " in said
    assert "line 39 " in said
    assert "line 19 " not in said
    assert "@" not in said
    rendered = view(shown)
    assert 0 < len(rendered["blocks"]) <= 100
    assert "<!channel>" in said  # as data: in no text that Slack reads as mark-up
    assert all("mrkdwn" not in str(block) for block in rendered["blocks"])


async def test_an_empty_log(desk: Counter, sim: LyticsSim) -> None:
    """There is something to read all the same."""
    assert "empty" in words(await press(desk, await alert_of(desk, sim), "Logs"))


@pytest.mark.parametrize("act", ["lytics.resume", "lytics.logs"])
async def test_odd_values(desk: Counter, sim: LyticsSim, act: str) -> None:
    """A value that is no id goes nowhere."""
    assert "is not the id" in words(await desk.press(act, "../../evil"))
    assert sim.calls == []


async def test_the_database_is_away(desk: Counter, sim: LyticsSim) -> None:
    """Without a mark nothing is sent."""
    posted = await alert_of(desk, sim)
    await desk.store.writer.stop()

    with pytest.raises(StoreUnavailableError):
        await press(desk, posted, "Resume")

    assert sim.resumed == []
