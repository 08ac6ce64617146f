"""`auth.*`: the authorizations with which jobs reach other systems."""

from __future__ import annotations

from bot.core.alerts import Alert, Severity, known
from bot.core.events import Event
from handlers.lytics import source
from handlers.lytics.system_event import SystemEvent, explained, origin, related, title


@source.on("auth.failed", SystemEvent)
def auth_failed(event: Event, record: SystemEvent) -> Alert:
    """An error that needs a person: only its owner can renew it."""
    notice = "Renew it in Lytics; the jobs that use it fail until then."
    return _authorization(event, record, notice)


@source.on("auth.deleted", SystemEvent)
def auth_deleted(event: Event, record: SystemEvent) -> Alert:
    """An error that needs a person: the jobs that use it have nothing to sign in with."""
    notice = "Give the jobs that use it another one, or they fail."
    return _authorization(event, record, notice)


def _authorization(event: Event, record: SystemEvent, notice: str) -> Alert:
    return Alert(
        title=title(event),
        severity=Severity.ERROR,
        action=True,
        text=explained(record),
        fields=known(
            ("Error code", record.context.code),
            ("Jobs", related(record, "work")),
            *origin(event, record),
        ),
        notice=notice,
    )
