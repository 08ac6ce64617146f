"""`task_run.*`: an agent carries out a task on a website."""

from __future__ import annotations

from bot.core.alerts import Action, Alert, Field, Severity, known
from bot.core.bodies import text as short
from bot.core.events import Event, Payload, empty
from bot.core.wording import duration
from handlers.deck import source
from handlers.deck.resource import (
    Resource,
    advice,
    asked_for,
    classified,
    explained,
    name_of,
    refused,
    shown,
)
from handlers.deck.stage import (
    COMPLETED,
    FAILED,
    NEEDS_ANSWER,
    NEEDS_APPROVAL,
    QUIET,
    staged,
    verb,
)

_QUIET = ("queued", "running", "canceling", "cancelling", "canceled", "cancelled")
_RESULTS = {
    "failure": "is done, but without success",
    "unknown": "is done; how well is not known",
    "": "is done; how well is not said",
}


class TaskRun(Resource):
    """A run. Input, output and storage may be personal and are not read."""

    result: str = ""
    task_id: str = ""
    agent_id: str = ""
    source_id: str = ""
    connection_id: str = ""
    credential_id: str = ""
    runtime_ms: float | None = None


class TaskRunEvent(Payload):
    """The body of `task_run.*`."""

    data: TaskRun = empty(TaskRun)


def _without_success(body: TaskRunEvent) -> bool:
    return body.data.result != "success"


@source.on("task_run.failed", TaskRunEvent)
def task_run_failed(event: Event, body: TaskRunEvent) -> Alert:
    """An error; it asks for a person only if the credentials were refused."""
    run = body.data
    return staged(
        "task_run",
        run,
        FAILED,
        _facts(event, run),
        called=_task(event, run),
        severity=Severity.ERROR,
        action=refused(run.errors),
        text=explained(run.errors),
        notice=advice(run.errors),
    )


@source.on("task_run.interaction_required", TaskRunEvent)
def task_run_interaction_required(event: Event, body: TaskRunEvent) -> Alert:
    """A warning that needs a person: unanswered, the run fails. Codes never go by message."""
    return staged(
        "task_run",
        body.data,
        NEEDS_ANSWER,
        _facts(event, body.data),
        called=_task(event, body.data),
        severity=Severity.WARNING,
        action=True,
        actions=_answer(body.data),
        notice="Answer by a button or in Deck's console, never in a message; "
        "unanswered, the run fails.",
    )


@source.on("task_run.pending", TaskRunEvent)
@source.on("task_run.review_required", TaskRunEvent)
def task_run_pending(event: Event, body: TaskRunEvent) -> Alert:
    """A warning that needs a person: the run stands still until then.

    Deck's newer name for it is `review_required`.
    """
    return staged(
        "task_run",
        body.data,
        NEEDS_APPROVAL,
        _facts(event, body.data),
        called=_task(event, body.data),
        severity=Severity.WARNING,
        action=True,
        notice="Approve or cancel it in Deck's console.",
    )


@source.on("task_run.completed", TaskRunEvent, default=_without_success)
def task_run_completed(event: Event, body: TaskRunEvent) -> Alert:
    """A run can complete without having done its task: that is a warning, and heard."""
    run = body.data
    failed = run.result in {"failure", "unknown"}
    return staged(
        "task_run",
        run,
        COMPLETED,
        _facts(event, run),
        called=_task(event, run),
        said=_RESULTS.get(run.result, ""),
        severity=Severity.WARNING if failed else Severity.INFO,
        text=explained(run.errors),
        notice="See in Deck's console what it did and what is missing." if failed else None,
    )


def task_run_moved(event: Event, body: TaskRunEvent) -> Alert:
    """For those who ask; where the run has a message, that is edited."""
    run, stage = body.data, QUIET[verb(event.type)]
    return staged("task_run", run, stage, _facts(event, run), called=_task(event, run))


for _verb in _QUIET:
    source.on(f"task_run.{_verb}", TaskRunEvent, default=False)(task_run_moved)


def _answer(run: TaskRun) -> tuple[Action, ...]:
    """Return the way to answer a run: of a connection or a workflow, Deck takes no answer."""
    own = short(run.id)
    if own is None:
        return ()
    return (Action(name="deck.answer", label="Answer", value=own, style="primary"),)


def _task(event: Event, run: TaskRun) -> str:
    """Return what the task of a run is called, "" if nobody knows."""
    return name_of(event, "task", run.task_id)


def _facts(event: Event, run: TaskRun) -> tuple[Field, ...]:
    ran_s = run.runtime_ms / 1_000 if run.runtime_ms is not None else None
    # Ids mean little to people: the task stands for its agent, the website for the sign-in,
    # unless the sign-in is what has to be mended.
    is_refused = refused(run.errors)
    return known(
        ("Error", classified(run.errors)),
        ("Asked for", asked_for(run.interaction)),
        ("For", shown(run.external_id)),
        ("Run", run.id if _task(event, run) else ""),
        ("Task", run.task_id),
        ("Source", run.source_id),
        ("Connection", run.connection_id if is_refused else ""),
        ("Credential", run.credential_id if is_refused else ""),
        ("Agent", "" if run.task_id else run.agent_id),
        ("Ran for", duration(ran_s)),
    )
