"""`agent.*`, `source.*` and `task.*`: what people set up. An audit trail, off by default."""

from __future__ import annotations

from bot.core.alerts import Alert, Severity, known
from bot.core.events import Event, Objects, Payload, empty
from bot.core.wording import clip
from handlers.deck import source
from handlers.deck.resource import host, named

_KINDS = ("agent", "source", "task")
_VERBS = ("created", "updated", "deleted")
_MOST_TASKS = 120


class Website(Payload):
    """Where a source is."""

    url: str = ""


class Task(Payload):
    """A task of an agent."""

    name: str = ""


class Definition(Payload):
    """An agent, a source or a task; a task's prompt is not read."""

    id: str = ""
    name: str = ""
    status: str = ""
    agent_id: str = ""
    website: Website = empty(Website)
    tasks: Objects[Task] = ()


class DefinitionEvent(Payload):
    """The body of these events."""

    data: Definition = empty(Definition)


def definition_changed(event: Event, body: DefinitionEvent) -> Alert:
    """A warning when it was deleted, because runs that need it fail from now on."""
    kind, _, happened = event.type.partition(".")
    one = body.data
    tasks = clip(", ".join(filter(None, (task.name for task in one.tasks))), _MOST_TASKS)
    return Alert(
        title=f"{named(kind, one.name or one.id)} was {happened}",
        severity=Severity.WARNING if happened == "deleted" else Severity.INFO,
        fields=known(
            ("Id", one.id if one.name else ""),
            ("Agent", one.agent_id),
            ("Status", one.status),
            ("Website", host(one.website.url)),
            ("Tasks", tasks),
        ),
    )


for _kind in _KINDS:
    for _verb in _VERBS:
        source.on(f"{_kind}.{_verb}", DefinitionEvent, default=False)(definition_changed)
