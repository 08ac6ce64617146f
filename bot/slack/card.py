"""What of an alert fits into one message: every text cleaned, clipped and counted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import chain
from typing import NamedTuple

from bot.core.alerts import Alert, Field, Severity, Size
from bot.core.marks import Mark
from bot.core.notifications import Notification
from bot.slack.text import fit, fit_line, host, safe_url

MAX_BLOCKS_TEXT = 9_000  # Slack refuses somewhat above 10,000, labels and addresses included
_MAX_TITLE, _MAX_STATE, _MAX_NOTICE, _MAX_FOOTER, _MAX_BODY = 250, 40, 300, 200, 4_000
_MAX_FACTS, _MAX_NAME, _MAX_VALUE, _MAX_FACTS_TEXT = 20, 60, 300, 2_300
_MAX_LINKS, _MAX_LABEL, _MAX_HOST, _MAX_LINKS_TEXT = 10, 80, 60, 3_200
_MOST_MARKS = 5
_DOT = " · "
_SEPARATORS = 300  # newlines, dots, "… N more" and the time

ACTION = "Needs you"
REPEATED = "May repeat an earlier message: Slack did not confirm the first try."

# Below warning neither is said: most messages are ordinary.
_SEVERITIES = {
    Severity.WARNING: ("warning", "Warning"),
    Severity.ERROR: ("red_circle", "Error"),
    Severity.CRITICAL: ("rotating_light", "Critical"),
}


CardLink = tuple[str, str]
"""A link: its label, which ends with where it leads, and its address."""


class Card(NamedTuple):
    """The words of one message; what there is nothing to say about is empty."""

    test: bool
    emoji: str
    severity: str
    action: str
    title: str
    state: str
    body: str
    facts: tuple[str, ...]
    more_facts: int
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
    facts: int
    links: int


_ROOM = {
    Size.COMPACT: _Room(0, 0, 0),
    Size.STANDARD: _Room(1_500, 8, 5),
    Size.FULL: _Room(_MAX_BODY, _MAX_FACTS, _MAX_LINKS),
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
        state=_DOT.join(filter(None, (whole.state, whole.footer))),
        body="",
        more_facts=0,
        more_links=0,
        notices=(REPEATED,) if notification.repeats > 0 else (),
        footer="",
        timestamp=None,
    )


def _whole(notification: Notification) -> Card:
    alert, room = notification.alert, _ROOM[notification.size]
    emoji, severity = _SEVERITIES.get(alert.severity, ("", ""))
    title = fit_line(alert.title, _MAX_TITLE)
    facts = _facts(alert.fields[: room.facts])
    links, valid = _links(alert, room.links)
    notices = _notices(notification)
    footer = fit_line(alert.footer, _MAX_FOOTER)
    shown = [title, footer, *facts, *notices, *chain.from_iterable(links)]
    most = min(room.body, MAX_BLOCKS_TEXT - sum(map(len, shown)) - _SEPARATORS)
    timestamp, utc = _moment(alert.occurred_at) if alert.occurred_at else (None, "")
    return Card(
        test=alert.test,
        emoji=emoji,
        severity=severity,
        action=ACTION if alert.action else "",
        title=title,
        state=_state(alert, title) if alert.state else "",
        body=fit(alert.text, most).strip() if alert.text else "",
        facts=facts,
        more_facts=len(alert.fields) - len(facts),
        links=links,
        more_links=valid - len(links),
        notices=notices,
        marks=notification.marks[-_MOST_MARKS:],
        footer=footer,
        timestamp=timestamp,
        utc=utc,
    )


def _state(alert: Alert, title: str) -> str:
    """Return the state, unless title or mark has said it: `Scan failed · failed`."""
    state = fit_line(alert.state or "", _MAX_STATE)
    said = f"{title} {ACTION if alert.action else ''}"
    return "" if re.search(rf"\b{re.escape(state)}\b", said, re.IGNORECASE) else state


def _facts(fields: Iterable[Field]) -> tuple[str, ...]:
    """Return `name: value` of the fields that fit."""
    facts: list[str] = []
    room = _MAX_FACTS_TEXT
    for field in fields:
        name = fit_line(field.name, _MAX_NAME) or "-"
        fact = f"{name}: {fit_line(field.value, _MAX_VALUE) or '-'}"
        room -= len(fact)
        if room < 0:
            break
        facts.append(fact)
    return tuple(facts)


def _links(alert: Alert, most: int) -> tuple[tuple[CardLink, ...], int]:
    """Return the links that fit, and how many there would be with room."""
    safe = [(link.label, url) for link in alert.links if (url := safe_url(link.url))]
    shown: list[CardLink] = []
    room = _MAX_LINKS_TEXT
    for label, url in safe[:most]:
        where = _label(label, url)
        room -= len(where) + len(url) + len(_DOT)
        if room < 0:
            break
        shown.append((where, url))
    return tuple(shown), len(safe)


def _notices(notification: Notification) -> tuple[str, ...]:
    notice = notification.alert.notice
    again = (REPEATED,) if notification.repeats > 0 else ()
    ours = fit_line(notice, _MAX_NOTICE) if notice else ""
    return (ours, *again) if ours else again


def _label(label: str, url: str) -> str:
    """Return `label (host)`: a label may claim another address, the host cannot."""
    where = host(url)
    # The end of a host says whose it is.
    where = where if len(where) <= _MAX_HOST else f"…{where[1 - _MAX_HOST :]}"
    words = fit_line(label, _MAX_LABEL)
    return f"{words} ({where})" if words else where


def _moment(at: datetime) -> tuple[int, str]:
    """Return a time in seconds, and with its zone for those who are not shown their own."""
    utc = at.astimezone(UTC)
    return int(utc.timestamp()), f"{str(utc)[:16]} UTC"
