"""Cards: whatever order a life cycle's events arrive in, the same message is shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import reduce
from itertools import combinations, permutations
from typing import NamedTuple

import pytest

from bot.core.alerts import Alert, supersedes
from bot.core.events import Event
from tests.handlers.cases import CASES, NOW, SOURCES, read

MOST_EVENTS = 7


class Cycle(NamedTuple):
    """A thing's events in the order in which they happen."""

    source: str
    card: str
    types: tuple[str, ...]


RUN, WORKFLOW = "task_run/trun_5fJ0aXq8ZeLk", "workflow_run/wrun_Ku17bYd4HfGo"
CONNECTION, CREDENTIAL = "connection/conn_9sKd02QwErTy", "credential/cred_7Yh3mNqPzXc1"
SCAN = "scan/scan_01JD5Z3K7M8N9P0Q1R2S3T4V5W"
JOB = "work/67e92c8765a9bc7fb2d335c459de9eb5"
SESSION = "session/sess_5Tg6yHn7Uj8m"
_RUN = ("queued", "running", "interaction_required", "pending")
_WORKFLOW = ("queued", "running", "sleeping", "interaction_required")
_SESSION = ("queued", "running", "idle", "completing")
_CONNECTION = ("connecting", "interaction_required")
_CREDENTIAL = ("created", "unverified")
_JOB = ("created", "started", "syncing", "synced", "synccomplete")


def types(kind: str, *verbs: str) -> tuple[str, ...]:
    """Return the types of an object's events."""
    return tuple(f"{kind}.{verb}" for verb in verbs)


ENDS = ("completed", "failed", "canceled")
CYCLES = [
    *(Cycle("deck", RUN, types("task_run", *_RUN, end)) for end in ENDS),
    Cycle("deck", RUN, types("task_run", "queued", "running", "review_required", "completed")),
    *(Cycle("deck", WORKFLOW, types("workflow_run", *_WORKFLOW, end)) for end in ENDS),
    *(Cycle("deck", SESSION, types("session", *_SESSION, end)) for end in ENDS[:2]),
    Cycle("deck", CONNECTION, types("connection", *_CONNECTION, "invalid")),
    Cycle("deck", CONNECTION, types("connection", *_CONNECTION, "connected", "disconnected")),
    Cycle("deck", CONNECTION, types("connection", *_CONNECTION, "connected", "terminated")),
    Cycle("deck", CREDENTIAL, types("credential", *_CREDENTIAL, "verified", "deleted")),
    Cycle("deck", CREDENTIAL, types("credential", *_CREDENTIAL, "invalid", "deleted")),
    *(Cycle("surfacedby", SCAN, types("scan", "progress", end)) for end in ENDS[:2]),
    *(Cycle("lytics", JOB, types("work", *_JOB, end)) for end in ENDS[:2]),
    Cycle("lytics", JOB, types("work", *_JOB, "failed", "deleted")),
]
SAMPLES = {(one.source, one.name): read(one)[0] for one in CASES if "--" not in one.name}


def alerts(cycle: Cycle, start: datetime, step: timedelta) -> list[Alert]:
    """Return the alerts of a cycle whose events are that far apart."""
    source = SOURCES[cycle.source]
    return [
        source.format(
            SAMPLES[cycle.source, one].model_copy(update={"occurred_at": start + place * step})
        )
        for place, one in enumerate(cycle.types)
    ]


def shown(arrived: tuple[Alert, ...]) -> Alert:
    """Return what a card shows after these alerts have arrived in this order."""
    return reduce(lambda card, alert: alert if supersedes(alert, card) else card, arrived)


@pytest.mark.parametrize("cycle", CYCLES, ids=lambda one: " ".join(one.types))
def test_any_order_ends_in_the_same_card(cycle: Cycle) -> None:
    """The last event stands at the end, in whatever order all of them arrived."""
    said = alerts(cycle, NOW, timedelta(minutes=1))

    assert len(said) <= MOST_EVENTS
    assert {alert.card for alert in said} == {cycle.card}
    assert {shown(order).footer for order in permutations(said)} == {said[-1].footer}


@pytest.mark.parametrize("step", [timedelta(minutes=1), timedelta()], ids=["apart", "at once"])
@pytest.mark.parametrize("cycle", CYCLES, ids=lambda one: " ".join(one.types))
def test_stage_stands_above_those_before_it(cycle: Cycle, step: timedelta) -> None:
    """Also while it goes on, and when all bear the same time: then by rank."""
    for earlier, later in combinations(alerts(cycle, NOW, step), 2):
        assert supersedes(later, earlier)
        assert not supersedes(earlier, later)
        assert step or earlier.rank < later.rank


@pytest.mark.parametrize("cycle", CYCLES, ids=lambda one: " ".join(one.types))
def test_end_is_never_left(cycle: Cycle) -> None:
    """What comes late, with whatever time, does not bring a thing that ended back to life."""
    *earlier, last = alerts(cycle, NOW, timedelta(minutes=-1))
    open_again = [alert for alert in earlier if not alert.final and supersedes(alert, last)]

    # A connection that dropped can be opened again; everything else here has ended.
    assert bool(open_again) is (last.state == "disconnected")


def test_further_progress_of_one_instant_wins() -> None:
    """Two reports within a second are told apart by how far the scan is."""
    event = SAMPLES["surfacedby", "scan.progress"]

    def at(percentage: int) -> Event:
        body = {"data": {"scan_id": "scan_1", "percentage": percentage}}
        return event.model_copy(update={"data": body})

    near, far = (SOURCES["surfacedby"].format(at(percentage)) for percentage in (9, 60))

    assert shown((near, far)) == shown((far, near)) == far


def test_every_card_knows_its_state() -> None:
    """An alert that ends a card says so, and every card has a word for where it stands."""
    for (source, name), event in SAMPLES.items():
        alert = SOURCES[source].format(event)
        card = None if alert.aside else alert.card
        if card and not card.startswith(("competitors/", "monitor_")):
            assert alert.state, name
            assert alert.final == (alert.rank >= 90), name


@pytest.mark.parametrize("case", CASES, ids=str)
def test_nothing_is_a_card_without_a_name(case: object) -> None:
    """Things without an id must not share a message."""
    assert isinstance(case, type(CASES[0]))
    for event in read(case):
        card = SOURCES[case.source].format(event).card

        assert card is None or card.rpartition("/")[2]
