"""`session.*`: a browser that stays signed in for the runs of one credential."""

from __future__ import annotations

from bot.core.alerts import Alert, Field, Severity, known
from bot.core.events import Event, Objects, Payload, empty
from bot.core.wording import duration
from handlers.deck import source
from handlers.deck.resource import Resource, explained
from handlers.deck.stage import COMPLETED, FAILED, QUIET, staged, verb

_STAGES = QUIET | {"completed": COMPLETED}
_MOST_RUNS = 3


class Run(Payload):
    """A task run of a session."""

    id: str = ""
    credential_id: str = ""


class Session(Resource):
    """A session with its runs."""

    runtime_ms: float | None = None
    task_runs: Objects[Run] = ()


class SessionEvent(Payload):
    """The body of `session.*`."""

    data: Session = empty(Session)


@source.on("session.failed", SessionEvent)
def session_failed(event: Event, body: SessionEvent) -> Alert:
    """A warning: what was lost is said by the runs in it."""
    session = body.data
    return staged(
        "session",
        session,
        FAILED,
        _facts(session),
        severity=Severity.WARNING,
        text=explained(session.errors),
        notice="The runs in it report their own end; the next run opens a new session.",
    )


def session_moved(event: Event, body: SessionEvent) -> Alert:
    """For those who ask: a session is the machinery under the runs."""
    return staged("session", body.data, _STAGES[verb(event.type)], _facts(body.data))


for _verb in ("queued", "running", "idle", "completing", "completed"):
    source.on(f"session.{_verb}", SessionEvent, default=False)(session_moved)


def _facts(session: Session) -> tuple[Field, ...]:
    runs = [one.id for one in session.task_runs if one.id]
    more = f" and {len(runs) - _MOST_RUNS} more" if len(runs) > _MOST_RUNS else ""
    credentials = dict.fromkeys(one.credential_id for one in session.task_runs)
    ran_s = session.runtime_ms / 1_000 if session.runtime_ms is not None else None
    return known(
        ("Task runs", ", ".join(runs[:_MOST_RUNS]) + more),
        ("Credential", ", ".join(filter(None, credentials))),
        ("Open for", duration(ran_s)),
    )
