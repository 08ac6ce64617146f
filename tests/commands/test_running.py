"""`/monitors run`: one run, paid once, however often and by whomever it is asked for."""

from datetime import timedelta

import pytest

from bot.core.reasons import Reason
from tests.commands.conftest import Desk
from tests.commands.fakes import NOW

ID = "monitor_0000" + "f" * 28
RUN = f"/monitors run {ID}"


@pytest.fixture
async def watching(desk: Desk) -> Desk:
    """Return a desk at which a monitor of U1 was made."""
    await desk.type("/monitors create Acme outages every 6h")
    desk.api.calls.clear()
    return desk


async def test_run_says_what_it_costs(watching: Desk) -> None:
    """One call, and the price of one run of this processor."""
    words = await watching.type(RUN)

    assert watching.api.triggered == [ID]
    assert "runs once now, for $0.003." in words
    assert f"/monitors events {ID}" in words


async def test_base_costs_more(desk: Desk) -> None:
    """A cent, without zeros that say nothing."""
    desk.api.add("monitor_base", processor="base")

    assert "for $0.01." in await desk.type("/monitors run monitor_base")


async def test_second_asker_is_told_who_and_when(watching: Desk) -> None:
    """Whoever asks, in whichever channel, within a minute: no second run is paid."""
    await watching.type(RUN)
    words = await watching.type(RUN, user_id="UADMIN", channel_id="C2")

    assert watching.api.triggered == [ID]
    assert "@U1 started it at 08:15:00 UTC" in words
    assert "ask again in 60 seconds" in words


async def test_same_request_done_again_is_one_run(watching: Desk) -> None:
    """A crash after the call answers as if nothing had been."""
    request = watching.request(RUN)
    first = await watching.again(request)
    second = await watching.again(request.model_copy(update={"attempts": 2}))

    assert first == second
    assert watching.api.triggered == [ID]


async def test_crash_during_the_call_is_not_paid_twice(watching: Desk) -> None:
    """Nobody knows whether it was taken, so it is not sent again, and that is said."""
    request = watching.request(RUN)
    await watching.again(request)
    watching.store.runs[ID] = watching.store.runs[ID].model_copy(update={"sure": False})

    words = await watching.again(request.model_copy(update={"attempts": 2}))

    assert watching.api.triggered == [ID]
    assert "Whether it runs now is not known" in words


async def test_answer_that_stays_out_is_told_and_not_repeated(watching: Desk) -> None:
    """“Twice does no harm” would be untrue here; the next minute is for looking."""
    watching.api.errors["trigger"] = [Reason.TIMEOUT]

    unsure = await watching.type(RUN)
    second = await watching.type(RUN, user_id="UADMIN")

    assert "Whether it runs now is not known, and each run costs" in unsure
    assert "no harm" not in unsure
    assert "(Reference ref-7.)" in unsure
    assert "@U1 asked for it at" in second
    assert watching.api.calls.count("trigger") == 1


@pytest.mark.parametrize("reason", [Reason.UNREACHABLE, Reason.RATE_LIMITED, Reason.PAYMENT])
async def test_refused_run_blocks_nobody(watching: Desk, reason: Reason) -> None:
    """What surely did not run is forgotten, so the next may ask at once."""
    watching.api.errors["trigger"] = [reason]

    await watching.type(RUN)
    words = await watching.type(RUN)

    assert "runs once now" in words
    assert watching.api.triggered == [ID]


async def test_cancelled_and_stopped_do_not_run(watching: Desk) -> None:
    """Parallel refuses both; for a stopped one the way back is named."""
    await watching.type(f"/monitors pause {ID} stop confirm")
    stopped = await watching.type(RUN)
    await watching.type(f"/monitors cancel {ID} confirm")
    cancelled = await watching.type(RUN)

    assert f"/monitors resume {ID} makes it anew" in stopped
    assert "cannot run any more" in cancelled
    assert watching.api.triggered == []
    assert watching.store.runs == {}


async def test_held_monitor_runs_and_says_that_it_is_quiet(watching: Desk) -> None:
    """It costs all the same, and nothing will be heard of it."""
    await watching.type(f"/monitors pause {ID}")

    assert "kept from every channel" in await watching.type(RUN)


async def test_another_minute_another_run(watching: Desk) -> None:
    """After a minute whoever may can have one more."""
    await watching.type(RUN)
    last = watching.store.runs[ID]
    watching.store.runs[ID] = last.model_copy(update={"at": NOW - timedelta(seconds=60)})
    await watching.type(RUN)

    assert watching.api.triggered == [ID, ID]


async def test_words_too_many(watching: Desk) -> None:
    """A word that is not understood costs nothing."""
    assert "“twice” is one word too many" in await watching.type(f"{RUN} twice")
    assert watching.api.triggered == []
