"""`work.*`: jobs. One message a job, from its making to its end."""

from __future__ import annotations

from typing import NamedTuple

from bot.core.alerts import Action, Alert, Severity, known
from bot.core.events import Event
from handlers.lytics import source
from handlers.lytics.system_event import (
    SystemEvent,
    explained,
    origin,
    related,
    subject_of,
    title,
)


class Stage(NamedTuple):
    """Where a job stands; `rank` decides between stages of one instant."""

    state: str
    rank: int
    final: bool = False


_STAGES = {
    "created": Stage("created", 10),
    "started": Stage("running", 15),
    "syncing": Stage("running", 20),
    "synced": Stage("running", 22),
    "synccomplete": Stage("in sync", 25),
    "paused": Stage("paused", 40),
    "resumed": Stage("running", 45),
    "completed": Stage("done", 90, final=True),
    "failed": Stage("failed", 90, final=True),
    "killed": Stage("ended", 90, final=True),
    "deleted": Stage("deleted", 95, final=True),
}
_RENEW = "Renew the authorization in Lytics, then resume the job."
_RESUME = "It does not run again until somebody resumes or restarts it in Lytics."


@source.on("work.failed", SystemEvent)
def work_failed(event: Event, record: SystemEvent) -> Alert:
    """An error that needs a person: Lytics has given up, after hours of trying."""
    refused = record.context.code.startswith("UNAUTHORIZED")
    return _job(event, record).model_copy(
        update={
            "severity": Severity.ERROR,
            "action": True,
            "notice": _RENEW if refused else _RESUME,
            "actions": _actions(event),
        }
    )


@source.on("work.completed", SystemEvent)
def work_completed(event: Event, record: SystemEvent) -> Alert:
    """For information: a batch job ends once, and this is its result."""
    return _job(event, record)


@source.on("work.deleted", SystemEvent, default=False)
def work_deleted(event: Event, record: SystemEvent) -> Alert:
    """A warning for an audit channel: nothing is exported by it any more."""
    return _job(event, record).model_copy(update={"severity": Severity.WARNING})


def work_moved(event: Event, record: SystemEvent) -> Alert:
    """For those who ask: syncs repeat for ever, and edit the job's message."""
    return _job(event, record)


for _verb in ("created", "started", "syncing", "synced", "synccomplete", "paused", "resumed",
              "killed"):  # fmt: skip
    source.on(f"work.{_verb}", SystemEvent, default=False)(work_moved)


def _job(event: Event, record: SystemEvent) -> Alert:
    _, _, verb = event.type.partition(".")
    stage, job, context = _STAGES[verb], subject_of(event), record.context
    return Alert(
        title=title(event),
        state=stage.state,
        text=explained(record),
        fields=known(
            ("Error code", context.code),
            ("Workflow", context.workflow),
            ("Moved", _moved(record)),
            ("Authorization", related(record, "auth") if verb == "failed" else ""),
            *origin(event, record),
        ),
        card=f"work/{job.id}" if job else None,
        rank=stage.rank,
        final=stage.final,
    )


def _actions(event: Event) -> tuple[Action, ...]:
    """Return what can be done about a job that failed, if it is named by an id of its own."""
    job = subject_of(event)
    if job is None or job.personal:
        return ()
    return (
        Action(name="lytics.resume", label="Resume", value=job.id, style="primary"),
        Action(name="lytics.logs", label="Logs", value=job.id),
    )


def _moved(record: SystemEvent) -> str:
    """Return what a sync did, such as `1,420 added, 31 omitted`."""
    context = record.context
    counts = (("added", context.added), ("omitted", context.omitted), ("removed", context.removed))
    return ", ".join(f"{count:,} {word}" for word, count in counts if count is not None)
