"""What a source is: its proof, its reader and its handlers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.core.alerts import Alert, Field, Link
from bot.core.errors import BotError
from bot.core.events import Envelope, Event, Group, Payload, Webhook
from bot.core.links import LinkTemplate
from bot.core.patterns import matches, specificity
from bot.core.verify import Scheme

Reader = Callable[[Webhook], Sequence[Event]]
Opener = Callable[[Webhook], Envelope]
Default = bool | Callable[[Any], bool]
"""Whether a plain subscription hears a type; if it depends, a function of the payload."""

F = TypeVar("F", bound=Callable[..., Alert])

_MOST_PLAIN_FACTS = 8
_MOST_TYPES = 1_000


@dataclass(frozen=True, slots=True)
class Handler:
    """One way of saying a type of event.

    `pattern` is an event type or a glob, `default` whether a plain subscription
    hears it, `grouped` whether its group is fetched and given as third argument.
    """

    pattern: str
    model: type[Payload]
    format: Callable[..., Alert]
    default: Default
    grouped: bool

    def payload(self, event: Event) -> Payload:
        """Return the event's body as the model of this handler."""
        return self.model.model_validate(event.data)


@dataclass
class Source:
    """A system that sends us webhooks.

    Everything else follows from `name`: the URL `/webhooks/{name}`, the setting
    `{NAME}_WEBHOOK_SECRET`, the samples and the contract tests. `kinds` are the
    subjects that a channel can follow; `id_headers` the request headers, beside the
    body, that `read` looks at; `methods` how it may send; `echoes_challenge` answers a
    top-level `challenge` with itself. `named` lets its handlers see what its subjects were
    last called, where an event brings their ids alone. `link` is where an operator lets
    alerts lead.
    """

    name: str
    title: str
    scheme: Scheme
    kinds: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("POST",)
    id_headers: tuple[str, ...] = ()
    echoes_challenge: bool = False
    named: bool = False
    link: LinkTemplate | None = None
    handlers: list[Handler] = field(default_factory=list)
    _read: Reader | None = None
    _found: dict[str, Handler | None] = field(default_factory=dict, repr=False, compare=False)
    _open: Opener | None = None

    def reader(self, function: Reader) -> Reader:
        """Register the function that turns a verified webhook into events.

        It raises `PayloadError` or `ValueError` for a body it cannot read.
        """
        self._read = function
        return function

    def opener(self, function: Opener) -> Opener:
        """Register the function that tells id and type where a webhook is one event.

        It is for speed alone: what it says, and what it raises, is what `read` says later.
        """
        self._open = function
        return function

    def open(self, webhook: Webhook) -> Sequence[Envelope | Event]:
        """Return what is to be kept of a webhook before it is answered, at least one.

        Raises:
            PayloadError, ValueError: the body is not in a shape this source knows.
        """
        return (self._open(webhook),) if self._open is not None else self.read(webhook)

    def read(self, webhook: Webhook) -> Sequence[Event]:
        """Return the events of a webhook, at least one.

        Raises:
            PayloadError, ValueError: the body is not in a shape this source knows.
        """
        if self._read is None:
            raise BotError(f"source {self.name} has no reader")
        return self._read(webhook)

    def on(
        self, pattern: str, model: type[Payload], *, default: Default = True
    ) -> Callable[[F], F]:
        """Register a handler `(event, payload) -> Alert` for a type or a glob of types.

        `default` is whether a plain subscription hears it, or a function of the payload
        that tells.
        """
        return self._register(pattern, model, default=default, grouped=False)

    def on_group(
        self, pattern: str, model: type[Payload], *, default: Default = True
    ) -> Callable[[F], F]:
        """Register a handler `(event, payload, group | None) -> Alert` with replies.

        It is called with None while the group is not there yet.
        """
        return self._register(pattern, model, default=default, grouped=True)

    def handler_for(self, event_type: str) -> Handler | None:
        """Return the most specific handler of a type, or None."""
        try:
            return self._found[event_type]
        except KeyError:
            fitting = [one for one in self.handlers if matches(one.pattern, event_type)]
            found = max(fitting, key=lambda one: specificity(one.pattern), default=None)
            # A vendor's types are few; what is made up must not fill the memory.
            if len(self._found) >= _MOST_TYPES:
                self._found.clear()
            self._found[event_type] = found
            return found

    def default_for(self, event: Event) -> bool:
        """Return whether a subscription that names no types hears this event.

        Raises whatever the handler's own function raises.
        """
        handler = self.handler_for(event.type)
        if handler is None:
            return False
        if callable(handler.default):
            return handler.default(handler.payload(event))
        return handler.default

    def format(self, event: Event, group: Group | None = None) -> Alert:
        """Return what to say about an event; a type without handler is said plainly.

        Raises whatever a handler raises: the caller falls back to `plain`.
        """
        handler = self.handler_for(event.type)
        if handler is None:
            return self.plain(event)
        payload = handler.payload(event)
        arguments = (event, payload, group) if handler.grouped else (event, payload)
        alert = handler.format(*arguments)
        if not isinstance(alert, Alert):
            raise TypeError(f"handler of {event.type} returned {type(alert).__name__}")
        return self._finish(event, alert)

    def plain(self, event: Event) -> Alert:
        """Return an alert for an event that nobody described: type, subjects, facts.

        Facts are the event's `fields`, which its source chose by name, and never its
        data, where a signed link or a password may stand.
        """
        subjects = ((one.kind, one.name or one.id) for one in event.subjects)
        facts = tuple((name, str(value)) for name, value in event.fields.items())
        # Some things are subjects twice, by id and by name: they are said once.
        lines = dict.fromkeys((*subjects, *facts[:_MOST_PLAIN_FACTS]))
        fields = tuple(Field(name=name, value=value) for name, value in lines)
        return self._finish(event, Alert(title=f"{self.title}: {event.type}", fields=fields))

    def _finish(self, event: Event, alert: Alert) -> Alert:
        card = alert.card
        if card is None and event.group is not None:
            card = f"{event.group.subject.id}/{event.group.id}"
        return alert.model_copy(
            update={
                "footer": alert.footer or f"{self.title} · {event.type}",
                "occurred_at": event.occurred_at,
                "test": event.test,
                "card": card,
                "links": (*self._links(event), *alert.links),
                "fields": _by_name(event, alert),
            }
        )

    def _links(self, event: Event) -> tuple[Link, ...]:
        url = self.link.url(event.link_values) if self.link else None
        return (Link(label=f"Open in {self.title}", url=url),) if url else ()

    def _register(
        self, pattern: str, model: type[Payload], *, default: Default, grouped: bool
    ) -> Callable[[F], F]:
        def decorate(function: F) -> F:
            self.handlers.append(Handler(pattern, model, function, default, grouped))
            self._found.clear()
            return function

        return decorate


def _by_name(event: Event, alert: Alert) -> tuple[Field, ...]:
    """Return an alert's facts with names in place of ids, where the event's subjects have any.

    A name that the title has already said leaves the id, which is what people type.
    """
    names = {
        one.id: one.name
        for one in event.subjects
        if one.name and one.name not in alert.title and not one.personal
    }
    if not names:
        return alert.fields
    return tuple(
        one.model_copy(update={"value": names[one.value]}) if one.value in names else one
        for one in alert.fields
    )
