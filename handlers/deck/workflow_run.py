"""`workflow_run.*`: tasks in a row. A preview feature, so that its shape may change.

Source: https://docs.deck.co/concepts/workflows
"""

from __future__ import annotations

from bot.core.alerts import Alert, Severity, known
from bot.core.bodies import moment
from bot.core.events import Event, Objects, Payload, empty
from bot.core.wording import clip, duration
from handlers.deck import source
from handlers.deck.resource import (
    Problem,
    Resource,
    advice,
    asked_for,
    classified,
    explained,
    refused,
    shown,
)
from handlers.deck.stage import COMPLETED, FAILED, NEEDS_ANSWER, QUIET, staged, verb

_QUIET = ("queued", "running", "sleeping", "canceling", "cancelling", "canceled", "cancelled")
_MOST_STEPS = 120


class Step(Payload):
    """One step: a task, a branch or a sleep."""

    name: str = ""
    status: str = ""
    errors: Objects[Problem] = ()


class WorkflowRun(Resource):
    """A run of a workflow with the state of its steps."""

    workflow_id: str = ""
    steps: Objects[Step] = ()
    created_at: str = ""
    updated_at: str = ""


class WorkflowRunEvent(Payload):
    """The body of `workflow_run.*`."""

    data: WorkflowRun = empty(WorkflowRun)


@source.on("workflow_run.failed", WorkflowRunEvent)
def workflow_run_failed(event: Event, body: WorkflowRunEvent) -> Alert:
    """An error: the steps that come after do not run."""
    run = body.data
    errors = run.errors or tuple(one for step in run.steps for one in step.errors)
    return staged(
        "workflow_run",
        run,
        FAILED,
        known(
            ("Failed step", _steps(run, "failed")),
            ("Error", classified(errors)),
            *_facts(event, run),
        ),
        severity=Severity.ERROR,
        action=refused(errors),
        text=explained(errors),
        notice=advice(errors),
    )


@source.on("workflow_run.interaction_required", WorkflowRunEvent)
def workflow_run_interaction_required(event: Event, body: WorkflowRunEvent) -> Alert:
    """A warning that needs a person: unanswered, the step fails."""
    run = body.data
    return staged(
        "workflow_run",
        run,
        NEEDS_ANSWER,
        known(
            ("Asked for", asked_for(run.interaction)),
            ("Waiting step", _steps(run, "interaction_required")),
            *_facts(event, run),
        ),
        severity=Severity.WARNING,
        action=True,
        notice="Answer in Deck's console, never here; unanswered, the step fails.",
    )


@source.on("workflow_run.completed", WorkflowRunEvent)
def workflow_run_completed(event: Event, body: WorkflowRunEvent) -> Alert:
    """For information: a workflow's end is a result, and workflows are few."""
    return staged("workflow_run", body.data, COMPLETED, known(*_facts(event, body.data)))


def workflow_run_moved(event: Event, body: WorkflowRunEvent) -> Alert:
    """For those who ask; where the run has a message, that is edited."""
    run, stage = body.data, QUIET[verb(event.type)]
    now = known(("Step", _steps(run, "running", "sleeping")), *_facts(event, run))
    return staged("workflow_run", run, stage, now)


for _verb in _QUIET:
    source.on(f"workflow_run.{_verb}", WorkflowRunEvent, default=False)(workflow_run_moved)


def _facts(event: Event, run: WorkflowRun) -> tuple[tuple[str, str], ...]:
    done = sum(step.status == "completed" for step in run.steps)
    begun = moment(run.created_at, event.occurred_at)
    took_s = (moment(run.updated_at, event.occurred_at) - begun).total_seconds()
    return (
        ("Steps done", f"{done} of {len(run.steps)}" if run.steps else ""),
        ("Workflow", run.workflow_id),
        ("For", shown(run.external_id)),
        ("Since its start", duration(took_s) if took_s else ""),
    )


def _steps(run: WorkflowRun, *statuses: str) -> str:
    """Return the names of the steps in one of these states."""
    names = (step.name for step in run.steps if step.status in statuses)
    return clip(", ".join(filter(None, names)), _MOST_STEPS)
