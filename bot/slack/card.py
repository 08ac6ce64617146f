"""What of an alert fits into one message: every text cleaned, clipped and counted."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

from bot.core.alerts import Alert, Severity, Size
from bot.core.marks import Mark
from bot.core.notifications import Notification
from bot.slack.text import fit, fit_line, host, safe_url

MAX_BLOCKS_TEXT = 9_000  # Slack refuses somewhat above 10,000, labels and addresses included
_MAX_TITLE, _MAX_STATE, _MAX_NOTICE, _MAX_FOOTER, _MAX_BODY = 250, 40, 300, 200, 4_000
_MAX_FIELDS, _MAX_NAME, _MAX_VALUE, _MAX_FIELDS_TEXT = 20, 60, 300, 2_300
_MAX_LINKS, _MAX_LABEL, _MAX_HOST, _MAX_LINKS_TEXT = 10, 80, 60, 3_200
_MOST_MARKS = 5
_SEPARATORS = 300  # newlines, dots, "… N more" and the time

ACTION = "Needs you"
REPEATED = "May repeat an earlier message: Slack did not confirm the first try."

# Below warning neither is said: most messages are ordinary.
_SEVERITIES = {
    Severity.WARNING: ("warning", "Warning"),
    Severity.ERROR: ("red_circle", "Error"),
    Severity.CRITICAL: ("rotating_light", "Critical"),
}


class CardLink(NamedTuple):
    """A link whose label ends with where it leads."""

    label: str
    url: str


class Card(NamedTuple):
    """The words of one message; what there is nothing to say about is empty."""

    test: bool
    emoji: str
    severity: str
    action: str
    title: str
    state: str
    body: str
    fields: tuple[tuple[str, str], ...]
    more_fields: int
    links: tuple[CardLink, ...]
    more_links: int
    notices: tuple[str, ...]
    marks: tuple[Mark, ...]
    footer: str
    timestamp: int | None
    utc: str


class _Room(NamedTuple):
    """How much of an alert is shown."""

    body: int
    fields: int
    links: int


_ROOM = {
    Size.COMPACT: _Room(0, 0, 0),
    Size.STANDARD: _Room(1_500, 8, 5),
    Size.FULL: _Room(_MAX_BODY, _MAX_FIELDS, _MAX_LINKS),
}


def card(notification: Notification) -> Card:
    """Return what a notification says, within Slack's limits whatever its alert holds."""
    whole = _whole(notification)
    return _one_line(whole, notification) if notification.size is Size.COMPACT else whole


def _one_line(whole: Card, notification: Notification) -> Card:
    """Return what fits on one line: what happened to what, and where it came from."""
    title = whole.title or fit_line(notification.alert.text, _MAX_TITLE)
    return whole._replace(
        title=title,
        state=" · ".join(filter(None, (whole.state, whole.footer))),
        body="",
        more_fields=0,
        more_links=0,
        notices=(REPEATED,) if notification.repeats > 0 else (),
        footer="",
        timestamp=None,
    )


def _whole(notification: Notification) -> Card:
    alert, room = notification.alert, _ROOM[notification.size]
    emoji, severity = _SEVERITIES.get(alert.severity, ("", ""))
    title = fit_line(alert.title, _MAX_TITLE)
    fields, fields_length = _fields(alert, room.fields)
    links, links_length, valid = _links(alert, room.links)
    notices = [fit_line(alert.notice, _MAX_NOTICE)] if alert.notice else []
    if notification.repeats > 0:
        notices.append(REPEATED)
    footer = fit_line(alert.footer, _MAX_FOOTER) if alert.footer else ""
    used = len(title) + fields_length + links_length + sum(map(len, notices)) + len(footer)
    most = min(room.body, MAX_BLOCKS_TEXT - used - _SEPARATORS)
    return Card(
        test=alert.test,
        emoji=emoji,
        severity=severity,
        action=ACTION if alert.action else "",
        title=title,
        state=_state(alert, title),
        body=fit(alert.text, most).strip() if alert.text else "",
        fields=fields,
        more_fields=len(alert.fields) - len(fields),
        links=links,
        more_links=valid - len(links),
        notices=tuple(filter(None, notices)),
        marks=notification.marks[-_MOST_MARKS:],
        footer=footer,
        timestamp=int(alert.occurred_at.timestamp()) if alert.occurred_at else None,
        utc=_utc(alert.occurred_at) if alert.occurred_at else "",
    )


def _state(alert: Alert, title: str) -> str:
    """Return the state, unless title or mark has said it: `Scan failed · failed`."""
    if not alert.state:
        return ""
    state = fit_line(alert.state, _MAX_STATE)
    said = f"{title} {ACTION if alert.action else ''}"
    return "" if re.search(rf"\b{re.escape(state)}\b", said, re.IGNORECASE) else state


def _fields(alert: Alert, most: int) -> tuple[tuple[tuple[str, str], ...], int]:
    """Return the facts that fit, and how many characters they take."""
    shown: list[tuple[str, str]] = []
    length = 0
    for field in alert.fields[:most]:
        name = fit_line(field.name, _MAX_NAME) or "-"
        value = fit_line(field.value, _MAX_VALUE) or "-"
        added = len(name) + len(value) + 2
        if length + added > _MAX_FIELDS_TEXT:
            break
        shown.append((name, value))
        length += added
    return tuple(shown), length


def _links(alert: Alert, most: int) -> tuple[tuple[CardLink, ...], int, int]:
    """Return the links that fit, how long they are, and how many there would be with room."""
    safe = [(link.label, url) for link in alert.links if (url := safe_url(link.url))]
    shown: list[CardLink] = []
    length = 0
    for label, url in safe[:most]:
        where = _label(label, url)
        added = len(where) + len(url)
        if length + added + 3 * (len(shown) + 1) > _MAX_LINKS_TEXT:
            break
        length += added
        shown.append(CardLink(where, url))
    return tuple(shown), length, len(safe)


def _label(label: str, url: str) -> str:
    """Return `label (host)`: a label may claim another address, the host cannot."""
    where = host(url)
    # The end of a host says whose it is.
    where = where if len(where) <= _MAX_HOST else f"…{where[1 - _MAX_HOST :]}"
    words = fit_line(label, _MAX_LABEL)
    return f"{words} ({where})" if words else where


def _utc(moment: datetime) -> str:
    """Return a time with its zone, for those who are not shown their own."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{str(utc)[:16]} UTC"
