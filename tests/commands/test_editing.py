"""`/monitors edit` changes what can be changed, says the cost, and names the way round."""

import pytest

from bot.core.monitors import Pause
from bot.core.reasons import Reason
from tests.commands.conftest import Desk

ID = "monitor_0000" + "f" * 28


@pytest.fixture
async def watching(desk: Desk) -> Desk:
    """Return a desk at which a monitor with options was made."""
    await desk.type("/monitors create “Acme outages” every 6h fields company, amount:number")
    desk.api.calls.clear()
    return desk


async def test_edit_changes_in_place_and_tells_both_costs(watching: Desk) -> None:
    """Pace, processor, question and place at once, in one call; memory follows."""
    words = await watching.type(
        f"/monitors edit {ID} every 2h processor base query “Acme strikes” location de"
    )

    live, known = watching.api.monitors[ID], watching.store.rows[ID].definition
    assert (live.query, live.frequency, live.processor) == ("Acme strikes", "2h", "base")
    assert live.location == "de"
    assert known == live.definition
    assert watching.api.updates == [{"frequency", "processor", "query", "location"}]
    assert "It costs about $3.60 a month now; it was about $0.36 a month." in words
    assert "for another question make another monitor" in words


async def test_only_what_differs_is_sent(watching: Desk) -> None:
    """What is like that already is not asked for again, nor is it an error."""
    words = await watching.type(f"/monitors edit {ID} every 6h processor base")
    again = await watching.type(f"/monitors edit {ID} every 6h processor base")

    assert watching.api.updates == [{"processor"}]
    assert "every 6h with the base processor" in words
    assert "is like that already" in again


async def test_same_cost_is_said_as_such(watching: Desk) -> None:
    """A change that costs nothing more says so."""
    words = await watching.type(f"/monitors edit {ID} without a.com")

    assert "It costs about $0.36 a month, as before." in words
    assert "leaves out a.com" in words


@pytest.mark.parametrize("typed", ["fields name", "backfill", "fields none every 1h"])
async def test_what_parallel_fixes_is_refused_with_the_way_round(
    watching: Desk, typed: str
) -> None:
    """Nothing is changed by half, and three lines to type make it anew."""
    before = dict(watching.store.rows)

    words = await watching.type(f"/monitors edit {ID} {typed}")

    assert "Parallel lets nobody change fields or backfill" in words
    assert f"/monitors pause {ID} stop confirm" in words
    assert f"/monitors edit {ID} {typed}\n/monitors resume {ID}" in words
    assert watching.api.updates == []
    assert watching.store.rows == before


async def test_the_way_round_leads_there(watching: Desk) -> None:
    """Stopped, everything can be changed; resume makes it with the new fields and the old rest."""
    await watching.type(f"/monitors pause {ID} stop confirm")
    edited = await watching.type(f"/monitors edit {ID} fields name backfill every 1h")
    await watching.type(f"/monitors resume {ID}")

    made = next(reversed(watching.api.monitors.values()))
    assert made.id != ID
    assert made.output_schema is not None
    assert list(made.output_schema["properties"]) == ["name"]
    assert (made.backfill, made.frequency, made.query) == (True, "1h", "Acme outages")
    assert "It is stopped" in edited
    assert watching.api.updates == []


async def test_stop_and_resume_keep_every_option(desk: Desk) -> None:
    """Whatever was asked for at creation is there again in the new monitor."""
    await desk.type(
        "/monitors create “Acme” every 6h processor base fields name, price:number "
        "location us domains a.com, .gov backfill"
    )
    first = desk.api.monitors[ID].definition
    await desk.type(f"/monitors pause {ID} stop confirm")
    await desk.type(f"/monitors resume {ID}")

    assert next(reversed(desk.api.monitors.values())).definition == first
    assert first.include_domains == ("a.com", ".gov")


async def test_options_of_a_foreign_monitor_survive_stop_and_resume(desk: Desk) -> None:
    """What somebody set elsewhere is read before the stop, also what our words cannot say."""
    schema = {"type": "object", "properties": {"deep": {"type": "object"}}}
    foreign = desk.api.add(
        "monitor_elsewhere",
        output_schema=schema,
        after_date="2026-01-01",
        metadata={"team": "research"},
    )
    await desk.type("/monitors pause monitor_elsewhere stop confirm")
    await desk.type("/monitors resume monitor_elsewhere")

    assert next(reversed(desk.api.monitors.values())).definition == foreign.definition


async def test_slowed_monitor_changes_the_pace_to_go_back_to(watching: Desk) -> None:
    """It stays slow until it is resumed, and then runs at the new pace."""
    await watching.type(f"/monitors pause {ID} slow")
    words = await watching.type(f"/monitors edit {ID} every 2h location us")
    assert watching.api.monitors[ID].frequency == "30d"
    assert watching.api.monitors[ID].location == "us"
    assert "on resume it runs every 2h" in words

    await watching.type(f"/monitors resume {ID}")
    assert watching.api.monitors[ID].frequency == "2h"


async def test_held_monitor_stays_held(watching: Desk) -> None:
    """Editing is not speaking again."""
    await watching.type(f"/monitors pause {ID} hold")
    await watching.type(f"/monitors edit {ID} every 2h")

    assert watching.api.monitors[ID].frequency == "2h"
    assert watching.store.rows[ID].pause is Pause.HOLD


@pytest.mark.parametrize("reason", [Reason.TIMEOUT, Reason.INVALID])
async def test_edit_that_failed_can_be_asked_for_again(watching: Desk, reason: Reason) -> None:
    """Memory does not run ahead of Parallel, so a second time does what the first did not."""
    watching.api.errors["update"] = [reason]

    failed = await watching.type(f"/monitors edit {ID} every 2h")
    assert "ref-7" in failed
    assert watching.store.rows[ID].definition.frequency == "6h"

    await watching.type(f"/monitors edit {ID} every 2h")
    assert watching.api.monitors[ID].frequency == "2h"


async def test_snapshot_monitor_changes_pace_and_processor_only(desk: Desk) -> None:
    """Its question is a task that Parallel lets nobody change."""
    desk.api.add("monitor_snapshot", kind="snapshot")

    refused = await desk.type("/monitors edit monitor_snapshot query “Other”")
    await desk.type("/monitors edit monitor_snapshot every 2d processor base")

    assert "only every and processor can be changed" in refused
    assert desk.api.monitors["monitor_snapshot"].frequency == "2d"
    assert desk.api.updates == [{"frequency", "processor"}]


async def test_domains_beside_without_are_refused(watching: Desk) -> None:
    """Parallel would overlook one of them, so both lines that end it are named."""
    await watching.type(f"/monitors edit {ID} without a.com")

    refused = await watching.type(f"/monitors edit {ID} domains b.com")
    await watching.type(f"/monitors edit {ID} domains b.com without none")

    assert "Parallel overlooks" in refused
    assert watching.api.monitors[ID].include_domains == ("b.com",)
    assert watching.api.monitors[ID].exclude_domains == ()


async def test_cancelled_monitor_is_not_changed(watching: Desk) -> None:
    """Nothing of it runs any more."""
    await watching.type(f"/monitors cancel {ID} confirm")

    assert "is cancelled" in await watching.type(f"/monitors edit {ID} every 2h")
    assert watching.api.updates == []


async def test_edit_without_an_id_or_a_change(watching: Desk) -> None:
    """Both are asked for."""
    assert "Which monitor?" in await watching.type("/monitors edit")
    assert "What shall change?" in await watching.type(f"/monitors edit {ID}")
