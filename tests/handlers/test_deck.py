"""Deck: whom an event is about, how bad it is, and what is never said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.core.alerts import Severity
from bot.core.events import Event, Subject
from tests.handlers.cases import CASES, NOW, SOURCES, Case, read, webhook

SOURCE = SOURCES["deck"]


def event(event_type: str, **data: Any) -> Event:
    """Return an event of a type with such data."""
    body = {"id": "evt_1", "object": "event", "type": event_type, "data": data}
    return SOURCE.read(webhook(SOURCE, json.dumps(body).encode()))[0]


def test_subjects_are_what_the_run_refers_to() -> None:
    """Every id leads to the subscriptions of that thing."""
    ids = {
        "agent_id": "agt_1", "source_id": "src_1", "task_id": "task_1", "connection_id": "conn_1",
        "credential_id": "cred_1", "workflow_id": "wf_1", "external_id": "tenant_1",
    }  # fmt: skip
    run = event("task_run.failed", id="trun_1", object="task_run", **ids)

    kinds = ("agent", "source", "task", "connection", "credential", "workflow", "external")
    assert run.subjects == tuple(
        Subject(kind=kind, id=id_) for kind, id_ in zip(kinds, ids.values(), strict=True)
    )


def test_object_is_its_own_subject_with_its_name() -> None:
    """An event about an agent reaches those who follow the agent."""
    agent = event("agent.updated", id="agt_1", object="agent", name="Bills")

    assert agent.subjects == (Subject(kind="agent", id="agt_1", name="Bills"),)


RUN = {"id": "trun_1", "object": "task_run", "task_id": "task_1", "source_id": "src_1"}


@pytest.mark.parametrize(
    ("event_type", "title"),
    [
        ("task_run.failed", "Task run of Fetch bills failed"),
        ("task_run.interaction_required", "Task run of Fetch bills needs an answer"),
        ("task_run.pending", "Task run of Fetch bills waits for approval"),
        ("task_run.completed", "Task run of Fetch bills is done, but without success"),
        ("task_run.running", "Task run of Fetch bills is running"),
    ],
)
def test_a_run_is_called_by_its_task(event_type: str, title: str) -> None:
    """Where somebody has named it; the ids to look for stand below, and the card is the same."""
    unnamed = event(event_type, **RUN, result="failure")
    subjects = (Subject(kind="task", id="task_1", name="Fetch bills"), *unnamed.subjects[1:])
    alert = SOURCE.format(unnamed.model_copy(update={"subjects": subjects}))
    facts = {one.name: one.value for one in alert.fields}
    before = SOURCE.format(unnamed)

    assert alert.title == title
    assert (facts["Run"], facts["Task"]) == ("trun_1", "task_1")
    assert before.title.startswith("Task run trun_1 ")
    assert "Run" not in [one.name for one in before.fields]
    assert alert.card == before.card


def test_a_run_is_not_called_by_another_thing() -> None:
    """The name of its website or of its agent is not the name of what it does."""
    unnamed = event("task_run.failed", **RUN)
    subjects = (unnamed.subjects[0], Subject(kind="task", id="src_1", name="Portal"))
    alert = SOURCE.format(unnamed.model_copy(update={"subjects": subjects}))

    assert alert.title == "Task run trun_1 failed"


@pytest.mark.parametrize("result", ["success", "failure"])
def test_a_file_belongs_to_its_run(result: str) -> None:
    """It is told in the thread of the run's card, and changes nothing of that."""
    run = SOURCE.format(event("task_run.completed", **RUN))
    file = event("storage.created", id="stor_1", task_run_id="trun_1", result=result)
    alone = event("storage.created", id="stor_1", result=result)

    assert (SOURCE.format(file).card, SOURCE.format(file).aside) == (run.card, True)
    assert (SOURCE.format(alone).card, SOURCE.format(alone).aside) == (None, False)
    assert not run.aside


def test_time_falls_back_to_arrival() -> None:
    """An event without a time happened when it came."""
    assert event("agent.created").occurred_at == NOW


SAMPLES = [one for one in CASES if one.source == "deck" and "--" not in one.name]
INFO, WARNING, ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR
NEEDS_YOU, NOBODY = True, False
ON, OFF = True, False
TABLE = {
    **dict.fromkeys(
        ("connection.interaction_required", "task_run.interaction_required",
         "workflow_run.interaction_required", "task_run.pending", "task_run.review_required"),
        (WARNING, NEEDS_YOU, ON),
    ),
    **dict.fromkeys(
        ("connection.invalid", "credential.invalid", "event_destination.deactivated"),
        (ERROR, NEEDS_YOU, ON),
    ),
    **dict.fromkeys(("task_run.failed", "workflow_run.failed"), (ERROR, NOBODY, ON)),
    "session.failed": (WARNING, NOBODY, ON),
    "workflow_run.completed": (INFO, NOBODY, ON),
    "task_run.completed": (INFO, NOBODY, OFF),  # of success
    **dict.fromkeys(("agent.deleted", "source.deleted", "task.deleted"), (WARNING, NOBODY, OFF)),
}  # fmt: skip


@pytest.mark.parametrize("case", SAMPLES, ids=str)
def test_how_bad_and_who_hears(case: Case) -> None:
    """Severity, call for a person and default are those of the table, else info and off."""
    (said,) = read(case)

    alert = SOURCE.format(said)

    heard = SOURCE.default_for(said)
    assert TABLE.get(said.type, (INFO, NOBODY, OFF)) == (alert.severity, alert.action, heard)


def test_table_has_a_sample_of_every_type() -> None:
    """Both catalogues: every type that is handled can be shown, and every sample is handled."""
    patterns = {handler.pattern for handler in SOURCE.handlers}
    samples = {one.name for one in SAMPLES}
    spellings = {f"{kind}.{verb}" for kind in ("task_run", "workflow_run")
                 for verb in ("canceling", "cancelling", "cancelled")}  # fmt: skip

    assert samples | spellings == patterns
    assert len(samples) == 45


@pytest.mark.parametrize("event_type", ["robot.danced", "task_run.paused", "task_run", "agent."])
def test_unknown_type_is_plain_and_off(event_type: str) -> None:
    """Tomorrow's types are heard by those who follow everything, and touch no card."""
    said = event(event_type, id="trun_1", object="task_run")
    alert = SOURCE.format(said)

    assert alert == SOURCE.plain(said)
    assert (SOURCE.default_for(said), alert.card) == (False, None)


@pytest.mark.parametrize(
    ("result", "severity", "default"),
    [
        ("success", INFO, False),
        ("failure", WARNING, True),
        ("unknown", WARNING, True),
        ("of tomorrow", INFO, True),
        (None, INFO, True),
    ],
)
def test_completed_is_not_success(result: str | None, severity: Severity, default: bool) -> None:
    """A run can complete without having done its task: only success is not worth a message."""
    run = event("task_run.completed", result=result)

    assert SOURCE.format(run).severity is severity
    assert SOURCE.default_for(run) is default


@pytest.mark.parametrize(
    ("kind", "words", "action"),
    [
        ("task", "Deck counts this as its own fault", False),
        ("source", "The website is at fault", False),
        ("connection", "The website is at fault", False),
        ("request", "What it was started with is at fault", False),
        ("auth", "The credentials were refused", True),
        ("interaction", "Nobody answered in time", False),
        ("of tomorrow", "Deck's console shows", False),
    ],
)
def test_failure_says_whose_fault_it_is(kind: str, words: str, action: bool) -> None:
    """The first error decides what to do; only refused credentials need somebody."""
    errors = [{"type": kind, "code": "c", "message": "m"}, "odd", {"type": "storage"}]
    alert = SOURCE.format(event("task_run.failed", id="trun_1", errors=errors))

    assert (alert.notice or "").startswith(words)
    assert (alert.action, alert.text) == (action, "m")


@pytest.mark.parametrize(
    ("external_id", "shown"),
    [
        ("tenant_4821", "tenant_4821"),
        ("ana@northwind.example", "…"),
        ("Ana Lopez", "…"),
        ("+491701234567", "…"),
    ],
)
def test_tenant_is_matched_and_named_only_if_it_is_no_person(external_id: str, shown: str) -> None:
    """Customers choose this id: what looks like a person is followed by, and not shown."""
    broken = event("connection.invalid", id="conn_1", external_id=external_id)
    alert = SOURCE.format(broken)

    assert ("external", external_id) in {(one.kind, one.id) for one in broken.subjects}
    assert ("For", shown) in {(one.name, one.value) for one in alert.fields}
    assert (external_id in str(SOURCE.plain(broken))) is (external_id == shown)


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0 bytes"), (999, "999 bytes"), (184_223, "184 KB"), (2_500_000, "2.5 MB"),
     (-1, None), (10**300, None), (10**400, None), ("big", None)],
)  # fmt: skip
def test_size_of_a_file(size: Any, shown: str | None) -> None:
    """In the largest unit; nonsense is left out."""
    alert = SOURCE.format(event("storage.created", id="stor_1", file_size=size))

    assert {one.name: one.value for one in alert.fields}.get("Size") == shown


@pytest.mark.parametrize("kind", [*(one.pattern for one in SOURCE.handlers), "x.y"])
def test_secrets_are_not_said(kind: str) -> None:
    """Signed links, passwords, prompts and results stay out, also of the fallback."""
    canary = "CANARY-SECRET"
    said = event(
        kind,
        id="x_1",
        url=f"https://files.example/{canary}",
        username=canary,
        auth_credentials={"key": canary},
        input=canary,
        output=canary,
        message=canary,
        extraction={"name": canary},
        prompt=canary,
        interaction={"type": "mfa", "message": canary, "fields": [{"label": "Code"}]},
        website={"url": f"https://user:{canary}@site.example/{canary}?key={canary}"},
        webhook={"url": f"https://user:{canary}@site.example/{canary}?key={canary}"},
    )

    assert canary not in str(SOURCE.format(said))
    assert canary not in str(SOURCE.plain(said))
