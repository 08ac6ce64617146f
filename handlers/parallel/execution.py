"""`monitor.execution.*`: a run found nothing new, or could not be done."""

from __future__ import annotations

import re

from pydantic import AliasChoices
from pydantic import Field as Named

from bot.core.alerts import Alert, Field, Severity, known
from bot.core.bodies import moment
from bot.core.events import Event, Payload, empty
from bot.core.wording import clip
from handlers.parallel import source
from handlers.parallel.action import actions

_MOST_ERROR = 1_000
# There is no code in a failure, only text.
_CREDIT = re.compile(r"\b(credits?|balance|payment|billing)\b", re.IGNORECASE)
_TOP_UP = "Add credit to the Parallel account; until then every run of it fails."

_WAIT = "The monitor runs on as planned; look at it if that fails too."


class Run(Payload):
    """How a run ended, in the names of the webhook or of the events list."""

    error: str = Named("", validation_alias=AliasChoices("error", "error_message"))
    when: str = Named("", validation_alias=AliasChoices("date", "timestamp", "monitor_ts", "id"))


class ExecutionData(Payload):
    """The part of the body that is about the run."""

    event: Run = empty(Run)


class Execution(Payload):
    """A run of a monitor that ended without findings."""

    data: ExecutionData = empty(ExecutionData)


@source.on("monitor.execution.failed", Execution)
def monitor_execution_failed(event: Event, execution: Execution) -> Alert:
    """An error, because the monitor is blind; only a lack of credit needs a person."""
    error = execution.data.event.error
    lacks_credit = _CREDIT.search(error) is not None
    return Alert(
        title=f"A run of {_monitor(event)} failed",
        severity=Severity.ERROR,
        action=lacks_credit,
        text=clip(error, _MOST_ERROR) or "Parallel gave no reason.",
        fields=_fields(event, execution.data.event),
        actions=actions(event),
        notice=_TOP_UP if lacks_credit else _WAIT,
    )


@source.on("monitor.execution.completed", Execution, default=False)
def monitor_execution_completed(event: Event, execution: Execution) -> Alert:
    """For those who want to see that it runs: a run with findings is said otherwise."""
    return Alert(
        title=f"Nothing new: {_monitor(event)}",
        fields=_fields(event, execution.data.event),
        actions=actions(event),
    )


def _monitor(event: Event) -> str:
    return next((one.name or one.id for one in event.subjects), "an unnamed monitor")


def _fields(event: Event, run: Run) -> tuple[Field, ...]:
    stamp = run.when.removeprefix("completed_").removeprefix("error_")
    when = moment(stamp, event.occurred_at)
    # An id that is the title already is not said again.
    ids = (one.id for one in event.subjects if one.name)
    return known(("Monitor", next(ids, "")), ("Run of", f"{when:%Y-%m-%d %H:%M} UTC"))
