"""`alert.triggered`: a rule of the workspace saw something. The details differ by rule."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from pydantic import Field as Named

from bot.core.alerts import Alert, Severity, known
from bot.core.events import Event, Payload, empty
from bot.core.wording import clip, humanised, words
from handlers.surfacedby import source
from handlers.surfacedby.place import Place, workspace

_SEVERITIES = {
    "info": Severity.INFO,
    "warning": Severity.WARNING,
    "error": Severity.ERROR,
    "critical": Severity.CRITICAL,
}
_SWINGS = "One scan moves by 5 to 10 % without a cause; see whether the next confirms it."
_COMPARE = "Compare which prompts name them, and not you."
_NOTICES = {
    "visibility_drop": _SWINGS,
    "citation_rate_change": _SWINGS,
    "platform_drop": _SWINGS,
    "competitor_surpass": _COMPARE,
    "new_competitor": _COMPARE,
    "first_scan_complete": "These are the figures that later scans are compared with.",
}
# The details are documented nowhere: these are said first, whatever else there is.
_KNOWN = {
    "platform": "Platform",
    "platform_key": "Platform",
    "competitor_domain": "Competitor",
    "lens_slug": "Lens",
    "lens": "Lens",
    "previous_score": "Score before",
    "current_score": "Score now",
    "previous": "Before",
    "current": "Now",
    "delta": "Change",
}
_PRIVATE = (
    "cost", "usd", "email", "phone", "token", "secret", "password", "credential", "key", "url",
)  # fmt: skip
_MOST_OTHERS = 5
_MOST_VALUE = 120


class Triggered(Place):
    """An alert in the vendor's words."""

    alert_type: str = ""
    severity: str = ""
    title: str = ""
    summary: str = ""
    details: dict[str, Any] = Named(default_factory=dict)


class AlertTriggered(Payload):
    """The body of `alert.triggered`."""

    data: Triggered = empty(Triggered)


@source.on("alert.triggered", AlertTriggered)
def alert_triggered(event: Event, body: AlertTriggered) -> Alert:
    """The severity is the vendor's own; a word of tomorrow is worth a look, so a warning."""
    told = body.data
    kind = clip(told.alert_type, _MOST_VALUE)
    return Alert(
        title=told.title.strip() or _unnamed(kind),
        severity=_SEVERITIES.get(told.severity.lower(), Severity.WARNING),
        text=told.summary,
        fields=known(
            *_details(told.details), ("Domain", told.domain or told.domain_id), workspace(told)
        ),
        notice=_NOTICES.get(told.alert_type),
        footer=" · ".join(filter(None, (source.title, event.type, kind))),
    )


def _unnamed(kind: str) -> str:
    """Return what to call an alert that came without a title."""
    return f"Alert: {humanised(kind)}" if kind else "An alert of an unnamed kind"


def _details(details: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the known details, then five others; only what is a plain value."""
    shown = {name: value for name, value in details.items() if _is_plain(name, value)}
    names = [name for name in _KNOWN if name in shown]
    names += islice((name for name in shown if name not in _KNOWN), _MOST_OTHERS)
    for name in names:
        label = _KNOWN.get(name) or humanised(name).capitalize()
        yield label, clip(words(shown[name]), _MOST_VALUE)


def _is_plain(name: str, value: object) -> bool:
    private = name not in _KNOWN and any(word in name.lower() for word in _PRIVATE)
    return not private and isinstance(value, str | int | float)
