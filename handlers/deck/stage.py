"""Life cycles: where a run, a session or a connection stands, on one card that is edited."""

from __future__ import annotations

from typing import NamedTuple

from bot.core.alerts import Action, Alert, Field, Severity
from bot.core.bodies import text as short
from handlers.deck.resource import Resource, named


class Stage(NamedTuple):
    """A moment of a life cycle.

    `said` completes the sentence that begins with the thing; `rank` decides between
    stages of one instant.
    """

    said: str
    state: str
    rank: int
    final: bool = False


COMPLETED = Stage("is done", "done", 90, final=True)
FAILED = Stage("failed", "failed", 90, final=True)
NEEDS_ANSWER = Stage("needs an answer", "needs you", 30)
NEEDS_APPROVAL = Stage("waits for approval", "needs you", 40)

_CANCELED = Stage("was canceled", "canceled", 90, final=True)
_CANCELING = Stage("is being canceled", "canceling", 50)

QUIET = {
    "queued": Stage("is queued", "queued", 10),
    "running": Stage("is running", "running", 20),
    "idle": Stage("is idle", "idle", 25),
    "sleeping": Stage("is sleeping until its next step", "sleeping", 25),
    "completing": Stage("is completing", "completing", 50),
    "canceling": _CANCELING,
    "cancelling": _CANCELING,
    "canceled": _CANCELED,
    "cancelled": _CANCELED,
}
"""The stages of runs and sessions that nobody has to read, by their word in the type."""


def staged(
    kind: str,
    resource: Resource,
    stage: Stage,
    fields: tuple[Field, ...],
    *,
    called: str = "",
    said: str = "",
    severity: Severity = Severity.INFO,
    action: bool = False,
    actions: tuple[Action, ...] = (),
    text: str = "",
    notice: str | None = None,
) -> Alert:
    """Return the card of a resource at a stage; `said` says it in other words.

    `called` is the name of what it is a resource of, which then stands for its id.
    """
    own, noun = short(resource.id), kind.replace("_", " ")
    thing = named(f"{noun} of", called) if called else named(noun, resource.id)
    return Alert(
        title=f"{thing} {said or stage.said}",
        severity=severity,
        state=stage.state,
        action=action,
        actions=actions,
        text=text,
        fields=fields,
        notice=notice,
        card=f"{kind}/{own}" if own else None,
        rank=stage.rank,
        final=stage.final,
    )


def verb(event_type: str) -> str:
    """Return what happened, the part of a type after its object."""
    return event_type.partition(".")[2]
