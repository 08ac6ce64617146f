"""Deck: agents that use websites for you. One event a webhook; two generations of names.

Source: https://docs.deck.co/events/events-reference
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.core.bodies import facts, inner, json_object, moment, required, text
from bot.core.events import Envelope, Event, Subject, Webhook
from bot.core.sources import Source
from bot.core.verify import StandardWebhooks
from handlers.deck.resource import shown

_OBJECTS = ("agent", "source", "task", "connection", "credential")
_REFERENCES = {
    **{f"{kind}_id": kind for kind in _OBJECTS},
    "workflow_id": "workflow",
    "external_id": "external",
}
# Chosen by name: `url` is a signed link, `output`, `input` and `message` may be personal.
_FACTS = ("status", "result", "auth_method", "runtime_ms", "file_name", "file_size")

source = Source(
    name="deck",
    title="Deck",
    scheme=StandardWebhooks(),
    kinds=(*_OBJECTS, "workflow", "external"),
    echoes_challenge=True,
    named=True,
)


@source.opener
def envelope(webhook: Webhook) -> Envelope:
    """Return id and type of the one event of a webhook."""
    return _envelope(json_object(webhook.body))


@source.reader
def read(webhook: Webhook) -> list[Event]:
    """Return the one event of a webhook; its `id` is the same when Deck sends it again."""
    body = json_object(webhook.body)
    data = inner(body, "data")
    found = _envelope(body)
    return [
        Event(
            source=source.name,
            id=found.id,
            type=found.type,
            occurred_at=moment(body.get("created_at"), webhook.received_at),
            subjects=tuple(_subjects(data)),
            fields=facts(data, _FACTS),
            link_values=_link_values(data),
            data=body,
        )
    ]


def _envelope(body: dict[str, Any]) -> Envelope:
    return Envelope(required(body.get("id"), "id"), required(body.get("type"), "type"))


def _link_values(data: dict[str, Any]) -> dict[str, str | int | float | bool]:
    own = {"id": data.get("id"), "subject_id": data.get("id"), "subject_type": data.get("object")}
    return facts(own, own)


def _subjects(data: dict[str, Any]) -> Iterator[Subject]:
    """Yield the object itself, if channels can follow its kind, and what it refers to."""
    kind, own = data.get("object"), text(data.get("id"))
    if kind in _OBJECTS and own:
        yield Subject(kind=kind, id=own, name=text(data.get("name")))
    for field, referred in _REFERENCES.items():
        if other := text(data.get(field)):
            # The customer's own id is matched as it is, and shown if it names nobody.
            hidden = referred == "external" and shown(other) != other
            name = shown(other) if hidden else None
            yield Subject(kind=referred, id=other, name=name, personal=hidden)
