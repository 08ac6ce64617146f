"""Every option reaches Parallel where its API takes it, and comes back the same."""

import pytest

from bot.apis.parallel import ParallelApi
from bot.core.errors import ApiError
from bot.core.monitors import Definition, Origin
from bot.core.output_fields import OutputField, schema_of
from bot.core.reasons import Reason
from bot.playground.parallel import ParallelSim

ORIGIN = Origin(request_id="request-1", team_id="T1", channel_id="C1", user_id="U1")
SCHEMA = schema_of([OutputField(name="company"), OutputField(name="amount", type="number")])
FULL = Definition(
    query="Acme",
    frequency="6h",
    processor="base",
    output_schema=SCHEMA,
    location="de",
    include_domains=("a.com", ".gov"),
    after_date="2026-01-01",
    backfill=True,
    metadata={"team": "research"},
)


async def test_every_option_stands_where_the_api_takes_it(
    sim: ParallelSim, api: ParallelApi
) -> None:
    """Settings as documented; nothing is sent that was not asked for."""
    await api.create(FULL, ORIGIN)
    await api.create(Definition(query="plain"), ORIGIN)

    full, plain = (call.body["settings"] for call in sim.calls)
    assert full == {
        "query": "Acme",
        "output_schema": {"type": "json", "json_schema": SCHEMA},
        "include_backfill": True,
        "advanced_settings": {
            "location": "de",
            "source_policy": {"include_domains": ["a.com", ".gov"], "after_date": "2026-01-01"},
        },
    }
    assert plain == {"query": "plain"}


@pytest.mark.parametrize(
    "definition",
    [FULL, Definition(query="plain"), Definition(query="q", exclude_domains=("a.com/x",))],
)
async def test_what_was_asked_for_is_read_again(api: ParallelApi, definition: Definition) -> None:
    """Created, shown and listed, a monitor has the definition it was made from."""
    made = await api.create(definition, ORIGIN)
    shown = await api.show(made.id)
    (listed,) = await api.list()

    assert made.definition == shown.definition == listed.definition == definition
    assert shown.origin == ORIGIN


async def test_marks_come_before_other_metadata(sim: ParallelSim, api: ParallelApi) -> None:
    """Sixteen keys are the most; ours are among them and cannot be overruled."""
    others = {"user_id": "UEVIL"} | {f"key-{number}": "v" for number in range(16)}

    made = await api.create(Definition(query="q", metadata=others), ORIGIN)

    assert len(sim.monitors[made.id]["metadata"]) == 16
    assert made.origin == ORIGIN


async def test_odd_metadata_is_no_origin(sim: ParallelSim, api: ParallelApi) -> None:
    """What others write there does not break the reading."""
    first = sim.add_monitor("q", metadata={"tocsin_request": ""})
    second = sim.add_monitor("q", metadata={"user_id": "U1"})
    third = sim.add_monitor("q")
    sim.monitors[third]["metadata"] = {"tocsin_request": 7, "x": None}

    assert [(await api.show(one)).origin for one in (first, second, third)] == [None] * 3


async def test_update_sends_what_is_named(sim: ParallelSim, api: ParallelApi) -> None:
    """Advanced settings go together, the type with the settings, and nothing else changes."""
    made = await api.create(FULL, ORIGIN)
    slower = FULL.model_copy(update={"frequency": "1d", "location": "us", "query": "Acme 2"})

    paced = await api.update(made.id, slower, {"frequency"})
    assert sim.calls[-1].body == {"frequency": "1d"}
    assert paced.definition == FULL.model_copy(update={"frequency": "1d"})

    moved = await api.update(made.id, slower, {"location", "query"})
    assert sim.calls[-1].body == {
        "type": "event_stream",
        "settings": {
            "query": "Acme 2",
            "advanced_settings": {
                "location": "us",
                "source_policy": {"include_domains": ["a.com", ".gov"], "after_date": "2026-01-01"},
            },
        },
    }
    assert moved.definition == slower


@pytest.mark.parametrize("name", ["include_domains", "exclude_domains", "after_date", "location"])
async def test_each_place_can_be_changed_alone(
    sim: ParallelSim, api: ParallelApi, name: str
) -> None:
    """One is named, and the others go along because they would be lost."""
    place = Definition(
        query="q", location="us", exclude_domains=("a.com",), after_date="2026-01-01"
    )
    made = await api.create(Definition(query="q"), ORIGIN)

    changed = await api.update(made.id, place, {name})

    assert changed.definition == place


async def test_what_is_taken_away_is_cleared(sim: ParallelSim, api: ParallelApi) -> None:
    """Without any advanced setting left, null clears what was there."""
    made = await api.create(Definition(query="q", location="us"), ORIGIN)

    cleared = await api.update(made.id, Definition(query="q"), {"location"})

    assert sim.calls[-1].body["settings"] == {"advanced_settings": None}
    assert cleared.location is None


async def test_cancelled_monitor_takes_no_change_and_no_run(
    sim: ParallelSim, api: ParallelApi
) -> None:
    """Parallel refuses both; nothing is billed."""
    made = sim.add_monitor("q")
    await api.cancel(made)

    for call in (api.update(made, Definition(query="q"), {"frequency"}), api.trigger(made)):
        with pytest.raises(ApiError) as caught:
            await call
        assert caught.value.reason is Reason.INVALID
    assert [one.cause for one in sim.runs] == ["created"]


async def test_trigger_is_one_run(sim: ParallelSim, api: ParallelApi) -> None:
    """An answer without a body is a success."""
    made = sim.add_monitor("q")
    await api.trigger(made)

    assert [one.cause for one in sim.runs] == ["created", "triggered"]
