"""A stored event as today's source reads it and today's handlers say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bot.core.alerts import Alert
from bot.core.events import Event, Webhook
from bot.core.sources import Source


class Retold(NamedTuple):
    """An event, what is said about it, and whether a plain subscription hears it."""

    event: Event
    alert: Alert
    default: bool


def retell(sources: Mapping[str, Source], webhook: Webhook, key: str) -> Retold | None:
    """Return the event of a stored webhook that has this key; None if nobody can read it.

    A handler that fails costs its words and nothing else, as when the event was routed.
    """
    source = sources.get(webhook.source)
    if source is None:
        return None
    try:
        event = next((one for one in source.read(webhook) if one.id == key), None)
    except Exception:
        return None
    return None if event is None else Retold(event, *said(source, event))


def said(source: Source, event: Event) -> tuple[Alert, bool]:
    """Return what is said about an event, and whether a plain subscription hears it."""
    return _alert(source, event), _default(source, event)


def _alert(source: Source, event: Event) -> Alert:
    try:
        return source.format(event)
    except Exception:
        return source.plain(event)


def _default(source: Source, event: Event) -> bool:
    try:
        return source.default_for(event)
    except Exception:
        return True
