"""Every event type that the vendors document has a recorded payload, in every form it has.

The tables are written down here once, by hand, from the vendors' pages: what the handlers
know is no proof of what there is.

Source: https://docs.deck.co/events/events-reference,
https://docs.surfacedby.com/v1/webhooks/events, https://docs.surfacedby.com/v1/console/webhooks,
https://docs.lytics.com/docs/monitoring-job-status,
https://docs.parallel.ai/monitor-api/monitor-webhooks
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product

import pytest

from tests.handlers.cases import CASES, FORMS, SOURCES, Case, groups, read


def of(kind: str, verbs: str) -> set[str]:
    """Return the event types of an object."""
    return {f"{kind}.{verb}" for verb in verbs.split()}


DECK_OLDER = {
    *of("agent", "created updated deleted"),
    *of("source", "created updated deleted"),
    *of("connection", "connecting connected interaction_required invalid disconnected terminated"),
    *of("task", "created updated deleted"),
    *of("task_run", "queued running interaction_required pending completed failed canceled"),
    *of("storage", "created deleted"),
    *of("workflow_run", "queued running sleeping interaction_required completed failed canceled"),
    *of("event_destination", "activated deactivated"),
}
DECK_NEWER = {
    *of("credential", "created unverified verified invalid deleted"),
    *of("session", "queued running idle completing completed failed"),
    "task_run.review_required",
}
SURFACEDBY_WORKSPACE = {
    *of("scan", "completed failed progress"),
    "alert.triggered",
    "citation.changed",
    "domain.added",
    "competitor.discovered",
    "report.ready",
}
SURFACEDBY_CONSOLE = {*of("scan", "completed failed progress"), "report.ready"}
ALERT_TYPES = {
    "first_scan_complete", "visibility_drop", "citation_rate_change", "competitor_surpass",
    "platform_drop", "new_competitor", "lens_emerged", "lens_decayed",
}  # fmt: skip
SUBJECTS = (
    "account", "auth", "campaign", "data", "entity", "experience", "journey", "program",
    "provider", "query", "report", "rollup", "schema", "schematable", "scoring", "segment",
    "segmentcollection", "segmentml", "stream", "subscription", "topic-document", "user",
    "variation", "work", "workflow",
)  # fmt: skip
COMMON = ("created", "updated", "deleted", "failed")
JOB = "created update deleted started syncing synced synccomplete completed failed"
LYTICS = {
    *(f"{kind}.{verb}" for kind, verb in product(SUBJECTS, COMMON)),
    *of("work", JOB),
    *of("workflow", "completed update"),
    "segmentml.completed",
    "entity.clustered",
}
PARALLEL = {"monitor.event.detected", *of("monitor.execution", "completed failed")}
TABLES = {
    "deck": DECK_OLDER | DECK_NEWER,
    "surfacedby": SURFACEDBY_WORKSPACE,
    "lytics": LYTICS,
    "parallel": PARALLEL,
}


def recorded(source: str) -> Iterator[Case]:
    """Yield the recorded payloads of a source."""
    yield from (case for case in (*CASES, *FORMS) if case.source == source)


def types(source: str) -> set[str]:
    """Return the event types of which a source has a recorded payload."""
    return {event.type for case in recorded(source) for event in read(case)}


def test_tables_are_whole() -> None:
    """As many types as the vendors' pages count."""
    assert (len(DECK_OLDER), len(SURFACEDBY_WORKSPACE), len(SUBJECTS)) == (33, 8, 25)
    assert set(TABLES) <= set(SOURCES)


@pytest.mark.parametrize("source", TABLES)
def test_every_type_is_recorded(source: str) -> None:
    """A type of the tables without a payload is one whose words nobody has read."""
    assert TABLES[source] - types(source) == set()


@pytest.mark.parametrize("source", TABLES)
def test_every_type_has_a_handler(source: str) -> None:
    """What is documented is never said in the plain words that are for the unknown."""
    unhandled = {one for one in TABLES[source] if SOURCES[source].handler_for(one) is None}

    assert unhandled == set()


def test_every_followable_subject_of_lytics_is_in_the_table() -> None:
    """What a channel can follow and what is recorded are the same 25 subjects."""
    assert set(SOURCES["lytics"].kinds) == set(SUBJECTS)


def test_both_envelopes_of_surfacedby_are_recorded() -> None:
    """The console says `event` and has an account; the workspace says `type`."""
    bodies = [json.loads(case.body) for case in recorded("surfacedby")]

    assert {one["type"] for one in bodies if "type" in one} >= SURFACEDBY_WORKSPACE
    assert {one["event"] for one in bodies if "event" in one} >= SURFACEDBY_CONSOLE


def test_every_alert_type_is_recorded() -> None:
    """And one of tomorrow, which is said all the same."""
    found = {event.fields.get("alert_type") for case in recorded("surfacedby")
             for event in read(case)}  # fmt: skip

    assert found > ALERT_TYPES


def test_both_envelopes_of_deck_are_recorded() -> None:
    """The older one has a `request_id` and a connection, the newer one a credential."""
    bodies = [json.loads(case.body) for case in recorded("deck")]
    runs = [one["data"] for one in bodies if one["type"].startswith("task_run.")]

    assert {"request_id" in one for one in bodies} == {True, False}
    assert any("connection_id" in one for one in runs)
    assert any("credential_id" in one for one in runs)


def test_every_form_of_lytics_is_recorded() -> None:
    """An object, a batch, CloudEvents one by one and in a batch, a form; old and new records."""
    bodies = [json.loads(case.body) for case in CASES if case.source == "lytics"]
    single = [one for one in bodies if isinstance(one, dict)]
    batches = [one for one in bodies if isinstance(one, list)]

    assert any("subject_type" in one for one in single)
    assert any("specversion" in one for one in single)
    assert any("subject_type" in one[0] for one in batches)
    assert any("specversion" in one[0] for one in batches)
    assert any("ts" in one["data"][0] for one in single if isinstance(one.get("data"), list))
    assert [case for case in FORMS if case.source == "lytics"]


def test_groups_of_every_length_are_recorded() -> None:
    """None, one, a handful, and more than a thread can bear."""
    lengths = {len(members) for _, members in groups()}

    assert {0, 1, 7} <= lengths
    assert max(lengths) > 50
