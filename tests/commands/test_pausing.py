"""`/monitors pause`, `resume` and `cancel` tell the truth and are safe to repeat."""

from datetime import timedelta

import pytest

from bot.core.monitors import Pause
from bot.core.reasons import Reason
from tests.commands.conftest import Desk, told
from tests.commands.fakes import NOW

ID = "monitor_0000" + "f" * 28


@pytest.fixture
async def watching(desk: Desk) -> Desk:
    """Return a desk at which a monitor was made."""
    await desk.type("/monitors create Acme outages every 6h")
    desk.api.calls.clear()
    return desk


async def test_hold_keeps_quiet_and_says_that_it_costs(watching: Desk) -> None:
    """Nothing is asked of Parallel but to look; the price goes on and is told."""
    words = await watching.type(f"/monitors pause {ID}")

    assert watching.store.rows[ID].pause is Pause.HOLD
    assert watching.api.monitors[ID].frequency == "6h"
    assert "runs on every 6h with the lite processor, about $0.36 a month" in words


async def test_resume_of_hold_counts_what_was_kept_quiet(watching: Desk) -> None:
    """The count is read before the pause ends."""
    await watching.type(f"/monitors pause {ID} hold")
    watching.store.quiet[ID] = 3

    words = await watching.type(f"/monitors resume {ID}")

    assert watching.store.rows[ID].pause is None
    assert "3 alerts were kept quiet" in words


async def test_slow_and_back(watching: Desk) -> None:
    """Thirty days while slow; then the pace of before."""
    slowed = await watching.type(f"/monitors pause {ID} slow")
    assert watching.api.monitors[ID].frequency == "30d"
    assert "every 30d now, less than $0.01 a month" in slowed

    resumed = await watching.type(f"/monitors resume {ID}")
    assert watching.api.monitors[ID].frequency == "6h"
    assert "every 6h" in resumed
    assert watching.store.rows[ID].pause is None


async def test_slow_twice_remembers_the_first_pace(watching: Desk) -> None:
    """The second time does not take 30 days for what to go back to."""
    await watching.type(f"/monitors pause {ID} slow")
    again = await watching.type(f"/monitors pause {ID} slow")
    await watching.type(f"/monitors resume {ID}")

    assert "Go back to every 6h" in again
    assert watching.api.monitors[ID].frequency == "6h"
    assert watching.api.calls.count("update") == 2


async def test_slow_after_a_broken_call_is_done_at_the_second(watching: Desk) -> None:
    """Nobody knows what became of the first call; asking again mends it."""
    watching.api.errors["update"] = [Reason.TIMEOUT]

    unsure = await watching.type(f"/monitors pause {ID} slow")
    await watching.type(f"/monitors pause {ID} slow")

    assert "Ask again" in unsure
    assert watching.api.monitors[ID].frequency == "30d"
    assert watching.store.rows[ID].definition.frequency == "6h"


async def test_refused_slow_leaves_no_pause(watching: Desk) -> None:
    """What surely did not happen is not remembered."""
    watching.api.errors["update"] = [Reason.PAYMENT]

    await watching.type(f"/monitors pause {ID} slow")

    assert watching.store.rows[ID].pause is None


async def test_slowest_cannot_be_slowed(desk: Desk) -> None:
    """Thirty days already: other ways are named."""
    await desk.type("/monitors create Acme every 30d")

    assert "try hold or stop" in await desk.type(f"/monitors pause {ID} slow")


async def test_stop_asks_first(watching: Desk) -> None:
    """What is lost is said, with the exact words that do it."""
    words = await watching.type(f"/monitors pause {ID} stop")

    assert watching.api.monitors[ID].active
    assert "Acme outages" in words
    assert f"/monitors pause {ID} stop confirm" in words


async def test_stop_and_resume_make_it_anew(watching: Desk) -> None:
    """The definition comes back under a new id, and the followers move to it."""
    stopped = await watching.type(f"/monitors pause {ID} stop confirm")
    assert not watching.api.monitors[ID].active
    assert "costs nothing more" in stopped

    resumed = await watching.type(f"/monitors resume {ID}", channel_id="C2")
    new_id = next(reversed(watching.api.monitors))
    assert new_id != ID
    assert new_id in resumed
    assert "history starts anew" in resumed
    assert list(watching.store.rows) == [new_id]
    assert watching.store.rows[new_id].definition.frequency == "6h"
    assert watching.store.rows[new_id].channel_id == "C1"
    (followed,) = watching.subscriptions.rows
    assert followed.subject is not None
    assert followed.subject.id == new_id


@pytest.mark.parametrize("replaced", [True, False])
async def test_resume_done_again_makes_no_third(watching: Desk, replaced: bool) -> None:
    """A crash before or after the move ends in the same one new monitor."""
    await watching.type(f"/monitors pause {ID} stop confirm")
    before = dict(watching.store.rows)
    request = watching.request(f"/monitors resume {ID}")
    first = await watching.again(request)
    if not replaced:
        watching.store.rows = before

    second = await watching.again(request.model_copy(update={"attempts": 2}))

    assert first == second
    assert len(watching.api.monitors) == 2
    assert list(watching.store.rows) == [next(reversed(watching.api.monitors))]


async def test_broken_remake_ends_as_one(watching: Desk) -> None:
    """Resume is as careful as create."""
    await watching.type(f"/monitors pause {ID} stop confirm")
    watching.api.errors["create"] = [Reason.DISCONNECTED]

    await watching.type(f"/monitors resume {ID}")

    assert len(watching.api.monitors) == 2


async def test_stop_that_did_not_reach_is_simply_resumed(watching: Desk) -> None:
    """If the monitor still runs, resume keeps it instead of paying for another."""
    watching.api.errors["cancel"] = [Reason.TIMEOUT]
    await watching.type(f"/monitors pause {ID} stop confirm")

    words = await watching.type(f"/monitors resume {ID}")

    assert list(watching.api.monitors) == [ID]
    assert watching.store.rows[ID].pause is None
    assert "speaks again" in words


async def test_foreign_monitor_is_stopped_with_a_warning(desk: Desk) -> None:
    """What was set elsewhere cannot be made anew, and that is said before."""
    desk.api.add("monitor_elsewhere")

    assert "memory scope" in await desk.type("/monitors pause monitor_elsewhere stop")


async def test_snapshot_monitor_is_not_stopped(desk: Desk) -> None:
    """It needs a task run that we do not have, so only the honest ways are left."""
    desk.api.add("monitor_snapshot", kind="snapshot")

    words = await desk.type("/monitors pause monitor_snapshot stop confirm")

    assert desk.api.monitors["monitor_snapshot"].active
    assert "/monitors cancel" in words


@pytest.mark.parametrize("how", ["hold", "slow", "stop confirm"])
async def test_same_pause_twice_is_once(watching: Desk, how: str) -> None:
    """The second answer is the first one."""
    first = await watching.type(f"/monitors pause {ID} {how}")
    after = dict(watching.store.rows)
    second = await watching.type(f"/monitors pause {ID} {how}")

    assert first == second
    assert watching.store.rows == after


async def test_one_pause_at_a_time(watching: Desk) -> None:
    """Slow on top of hold would speak again, so resume comes first."""
    await watching.type(f"/monitors pause {ID} hold")

    words = await watching.type(f"/monitors pause {ID} slow")

    assert f"/monitors resume {ID}" in words
    assert watching.store.rows[ID].pause is Pause.HOLD


async def test_stop_after_hold(watching: Desk) -> None:
    """Whoever held it to save nerves may stop it to save money."""
    await watching.type(f"/monitors pause {ID} hold")
    await watching.type(f"/monitors pause {ID} stop confirm")

    assert watching.store.rows[ID].pause is Pause.STOP
    assert not watching.api.monitors[ID].active


async def test_stop_after_slow_comes_back_at_the_old_pace(watching: Desk) -> None:
    """What is kept is the pace of before the pause."""
    await watching.type(f"/monitors pause {ID} slow")
    await watching.type(f"/monitors pause {ID} stop confirm")
    await watching.type(f"/monitors resume {ID}")

    assert next(reversed(watching.api.monitors.values())).frequency == "6h"


async def test_resume_of_what_is_not_paused(watching: Desk) -> None:
    """Nothing happens, and that is said."""
    assert "is not paused" in await watching.type(f"/monitors resume {ID}")


async def test_cancel_asks_and_then_does(watching: Desk) -> None:
    """For good, so the id must be confirmed; the price that ends is told."""
    asked = await watching.type(f"/monitors cancel {ID}")
    assert watching.api.monitors[ID].active
    assert f"/monitors cancel {ID} confirm" in asked
    assert "$0.36" in asked

    done = await watching.type(f"/monitors cancel {ID} confirm")
    again = await watching.type(f"/monitors cancel {ID} confirm")
    assert not watching.api.monitors[ID].active
    assert watching.store.rows[ID].cancelled
    assert done == again
    assert watching.api.calls.count("cancel") == 1


@pytest.mark.parametrize("command", ["pause {}", "pause {} slow", "pause {} stop", "resume {}"])
async def test_cancelled_is_for_good(watching: Desk, command: str) -> None:
    """There is nothing to pause or resume any more."""
    await watching.type(f"/monitors cancel {ID} confirm")

    assert "is cancelled" in await watching.type("/monitors " + command.format(ID))


async def test_cancel_of_a_stopped_one_forgets_the_way_back(watching: Desk) -> None:
    """It asks, because after cancel, resume does not make it anew."""
    await watching.type(f"/monitors pause {ID} stop confirm")
    asked = await watching.type(f"/monitors cancel {ID}")
    assert watching.store.rows[ID].pause is Pause.STOP
    assert "could still be made anew" in asked

    await watching.type(f"/monitors cancel {ID} confirm")
    words = await watching.type(f"/monitors resume {ID}")
    assert list(watching.api.monitors) == [ID]
    assert "cancelled for good" in words


@pytest.mark.parametrize("how", ["hold", "slow"])
async def test_resume_of_what_was_cancelled_elsewhere(watching: Desk, how: str) -> None:
    """A paused monitor that somebody ended at Parallel does not speak again."""
    await watching.type(f"/monitors pause {ID} {how}")
    await watching.api.cancel(ID)

    assert "cancelled for good" in await watching.type(f"/monitors resume {ID}")


async def test_pace_that_was_changed_elsewhere_comes_back(watching: Desk) -> None:
    """Before it is slowed, what it really does is remembered, not what we made."""
    faster = watching.api.monitors[ID].model_copy(update={"frequency": "2h"})
    await watching.api.update(ID, faster, {"frequency"})
    await watching.type(f"/monitors pause {ID} slow")
    await watching.type(f"/monitors resume {ID}")

    assert watching.api.monitors[ID].frequency == "2h"


async def test_hold_works_without_a_key(watching: Desk) -> None:
    """Keeping quiet is ours alone, for monitors made here and for followed ones."""
    keyless = watching.commands(monitors=None)
    followed = f"monitor_{'ab12' * 8}"
    await watching.type(f"/alerts subscribe parallel monitor {followed}")

    for one in (ID, followed):
        answer = await told(keyless, watching.request(f"/monitors pause {one}"))
        assert "on hold" in answer.text
        assert watching.store.rows[one].pause is Pause.HOLD


async def test_hold_works_while_parallel_is_down(watching: Desk) -> None:
    """Nobody has to listen to a monitor because its API is gone."""
    watching.api.errors["show"] = [Reason.UNREACHABLE]

    await watching.type(f"/monitors pause {ID}")

    assert watching.store.rows[ID].pause is Pause.HOLD


@pytest.mark.parametrize("command", ["pause {} slow", "pause {} stop confirm", "cancel {} confirm"])
async def test_the_rest_needs_a_key(watching: Desk, command: str) -> None:
    """The answer names the setting, and nothing is remembered that did not happen."""
    before = dict(watching.store.rows)
    keyless = watching.commands(monitors=None)

    answer = await told(keyless, watching.request("/monitors " + command.format(ID)))

    assert "PARALLEL_API_KEY" in answer.text
    assert watching.store.rows == before


@pytest.mark.parametrize("command", ["pause {}", "resume {}", "cancel {} confirm"])
async def test_guests_change_nothing(watching: Desk, command: str) -> None:
    """Pausing and ending are for full members."""
    before = dict(watching.store.rows)

    words = await watching.type("/monitors " + command.format(ID), user_id="UGUEST")

    assert "Guests" in words
    assert watching.store.rows == before


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("pause {} forever", "forever"),
        ("pause {} hold confirm", "confirm"),
        ("pause {} stop yes", "yes"),
        ("pause {} stop confirm now", "now"),
        ("cancel {} yes", "yes"),
        ("resume {} now", "now"),
        ("list everything", "everything"),
        ("show {} all", "all"),
    ],
)
async def test_words_too_many_are_pointed_at(watching: Desk, command: str, word: str) -> None:
    """What is not understood is not skipped, least of all before ending a monitor."""
    words = await watching.type("/monitors " + command.format(ID))

    assert f"“{word}”" in words
    assert watching.api.monitors[ID].active
    assert watching.store.rows[ID].pause is None


async def test_record_keeps_when_it_was_made(watching: Desk) -> None:
    """Pausing changes the pause and nothing else of the record."""
    before = watching.store.rows[ID]

    await watching.type(f"/monitors pause {ID}", received_at=NOW + timedelta(days=1))

    assert watching.store.rows[ID] == before.model_copy(update={"pause": Pause.HOLD})
