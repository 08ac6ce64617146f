"""Any verb of any subject: a failure is heard, the audit trail is for those who ask."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field as Named

from bot.core.alerts import Alert, Severity, known
from bot.core.events import Event, Objects, Payload, Subject, empty
from bot.core.wording import clip, humanised
from handlers.lytics import source
from handlers.lytics.person import without_addresses

_MOST_NAME = 80
_MOST_RELATED = 3
_NOUNS = {
    "auth": "authorization",
    "data": "data set",
    "entity": "profile",
    "rollup": "topic rollup",
    "schematable": "schema table",
    "scoring": "scoring",
    "segment": "audience",
    "segmentcollection": "audience collection",
    "segmentml": "audience model",
    "stream": "data stream",
    "topic-document": "document",
    "work": "job",
}
_SAID = {
    "clustered": "was put into audiences",
    "completed": "is done",
    "created": "was created",
    "deleted": "was deleted",
    "failed": "failed",
    "killed": "was ended by hand",
    "paused": "was paused",
    "resumed": "was resumed",
    "started": "has started",
    "synccomplete": "finished a sync",
    "synced": "synced a part",
    "syncing": "is syncing",
    "update": "was changed",
    "updated": "was changed",
}
_FLOODS = {"entity", "topic-document", "data", "stream", "rollup", "scoring"}
_WATCHED = {"account", "schema"}

Count = Annotated[int, Named(ge=0, le=10**12)]  # beyond that it is nonsense


class Context(Payload):
    """What a record says beside who and what; `user_email` is not read."""

    error: str = ""
    workflow: str = ""
    code: str = ""
    added: Count | None = None
    omitted: Count | None = None
    removed: Count | None = None


class Related(Payload):
    """Another thing that a record is about."""

    type: str = ""
    id: str = ""


class SystemEvent(Payload):
    """A record of an action or of a failure in the account."""

    notes: str = ""
    user_id: str = ""
    context: Context = empty(Context)
    related: Objects[Related] = ()


# Without a dot a type is none of Lytics: an item of a batch that is no record.
@source.on("*.*", SystemEvent, default=False)
def system_event(event: Event, record: SystemEvent) -> Alert:
    """For an audit channel; what was deleted or changes the account is a warning."""
    kind, _, verb = event.type.partition(".")
    watched = kind in _WATCHED or (verb == "deleted" and kind not in _FLOODS)
    return Alert(
        title=title(event),
        severity=Severity.WARNING if watched else Severity.INFO,
        text=explained(record),
        fields=known(
            ("Audiences" if kind == "entity" else "Audience", related(record, "segment")),
            ("Workflow", record.context.workflow),
            *origin(event, record),
        ),
    )


@source.on("segmentml.completed", SystemEvent)
@source.on("workflow.completed", SystemEvent)
def result(event: Event, record: SystemEvent) -> Alert:
    """For information: what somebody started has come to its end."""
    return system_event(event, record).model_copy(update={"state": "done"})


@source.on("*.failed", SystemEvent)
def failed(event: Event, record: SystemEvent) -> Alert:
    """An error, of whatever subject: a quiet one that breaks is worth a message."""
    return Alert(
        title=title(event),
        severity=Severity.ERROR,
        text=explained(record),
        fields=known(("Error code", record.context.code), *origin(event, record)),
        notice="Lytics' own log of it says more.",
    )


@source.on("workflow.failed", SystemEvent)
def workflow_failed(event: Event, record: SystemEvent) -> Alert:
    """An error that needs a person, as a failed job does."""
    notice = "Start it again in Lytics when the cause is gone."
    return failed(event, record).model_copy(update={"action": True, "notice": notice})


def subject_of(event: Event) -> Subject | None:
    """Return what an event is about, if the record said it."""
    kind, _, _ = event.type.partition(".")
    return next((one for one in reversed(event.subjects) if one.kind == kind), None)


def title(event: Event) -> str:
    """Return what happened to what, such as `Audience 5f2c was changed`."""
    kind, _, verb = event.type.partition(".")
    noun = clip(_NOUNS.get(kind, humanised(kind)), _MOST_NAME)
    about = subject_of(event)
    name = clip(about.name or about.id, _MOST_NAME) if about else ""
    link = " of" if kind == "scoring" and name else ""
    thing = f"{noun}{link} {name}".rstrip()
    said = f" {_SAID[verb]}" if verb in _SAID else f": {humanised(verb)}"
    return thing[:1].upper() + thing[1:] + said


def explained(record: SystemEvent) -> str:
    """Return notes and error, without the addresses of people."""
    return "\n".join(without_addresses(one) for one in (record.notes, record.context.error) if one)


def related(record: SystemEvent, kind: str) -> str:
    """Return the ids of the related things of a kind, at most three."""
    ids = [one.id for one in record.related if one.type == kind and one.id]
    more = f" and {len(ids) - _MOST_RELATED} more" if len(ids) > _MOST_RELATED else ""
    return ", ".join(ids[:_MOST_RELATED]) + more


def origin(event: Event, record: SystemEvent) -> tuple[tuple[str, str], ...]:
    """Return the facts of which one it was, by whom, and in which account."""
    about = subject_of(event)
    accounts = (one.name or one.id for one in event.subjects if one.kind == "account")
    is_account = about is not None and about.kind == "account"
    named = about is not None and about.name and str(event.link_values.get("subject_id", ""))
    return (
        ("Id", named if named and not is_account else ""),
        ("By user", without_addresses(record.user_id)),
        ("Account", "" if is_account else next(accounts, "")),
    )
