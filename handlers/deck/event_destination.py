"""`event_destination.*`: where Deck sends its events, perhaps to us."""

from __future__ import annotations

from bot.core.alerts import Alert, Field, Severity, known
from bot.core.events import Event, Payload, empty
from handlers.deck import source
from handlers.deck.resource import host, named


class Target(Payload):
    """The address of a webhook."""

    url: str = ""


class Destination(Payload):
    """A destination of events."""

    id: str = ""
    name: str = ""
    webhook: Target = empty(Target)


class DestinationEvent(Payload):
    """The body of `event_destination.*`."""

    data: Destination = empty(Destination)


@source.on("event_destination.deactivated", DestinationEvent)
def event_destination_deactivated(event: Event, body: DestinationEvent) -> Alert:
    """An error that needs a person: Deck never tries again by itself."""
    return Alert(
        title=f"{_named(body)} was switched off",
        severity=Severity.ERROR,
        action=True,
        fields=_facts(body.data),
        notice="Somebody, or failing deliveries, did this. Nothing is sent there until it "
        "is set active again in Deck.",
    )


@source.on("event_destination.activated", DestinationEvent, default=False)
def event_destination_activated(event: Event, body: DestinationEvent) -> Alert:
    """For operators: from now on events arrive."""
    return Alert(title=f"{_named(body)} is active", fields=_facts(body.data))


def _named(body: DestinationEvent) -> str:
    return named("event destination", body.data.name or body.data.id)


def _facts(destination: Destination) -> tuple[Field, ...]:
    return known(
        ("Sends to", host(destination.webhook.url)),
        ("Id", destination.id if destination.name else ""),
    )
