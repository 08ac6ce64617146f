"""`monitor.event.detected`: a monitor found something; one reply for each finding."""

from __future__ import annotations

import re

from bot.core.alerts import Alert, Field, Reply, known
from bot.core.events import Event, Group, Payload, empty
from bot.core.wording import clip
from handlers.parallel import source
from handlers.parallel.action import actions
from handlers.parallel.finding import headline, reply

MOST_REPLIES = 25
"""More would bury the channel's other threads; the rest is counted."""

_MOST_TITLE = 120
_MOST_PACE = 40
_FREQUENCY = re.compile(r"(\d{1,3})([hdw])", re.ASCII)
_UNITS = {"h": "hour", "d": "day", "w": "week"}
_MOST_HEADLINE = 160
_HEADLINES = 3


class Settings(Payload):
    """What a monitor watches."""

    query: str = ""


class About(Payload):
    """The monitor behind a group, as its API tells it or as it is remembered."""

    query: str = ""
    frequency: str = ""
    settings: Settings = empty(Settings)


@source.on_group("monitor.event.detected", Payload)
def monitor_event_detected(event: Event, payload: Payload, group: Group | None) -> Alert:
    """For information: a monitor looks for news, and news is no fault.

    The findings' dates are those of the run and are left out: nobody should read them
    as the day on which something happened.
    """
    about = About.model_validate(group.about if group else {})
    alert = Alert(
        title=f"New findings: {_watched(event, about)}",
        fields=_fields(event, about),
        actions=actions(event),
        card=_card(event),
    )
    if event.group is None:
        return alert.model_copy(update={"notice": "The webhook names no findings to fetch."})
    if group is None or not group.members:
        notice = "Details pending: the findings are being fetched."
        return alert.model_copy(update={"notice": notice})
    return alert.model_copy(
        update={
            "title": f"{_count(group, len(group.members))}: {_watched(event, about)}",
            "text": _headlines(group),
            "replies": _replies(group),
        }
    )


def _watched(event: Event, about: About) -> str:
    """Return which monitor it was in words: its query, its name, or its id."""
    query = about.query or about.settings.query
    known = (one.name or one.id for one in event.subjects)
    return clip(query, _MOST_TITLE) or next(known, "an unnamed monitor")


def _fields(event: Event, about: About) -> tuple[Field, ...]:
    watched = _watched(event, about)
    # An id that is the title already is not said again.
    ids = (one.id for one in event.subjects if one.id != watched)
    return known(("Monitor", next(ids, "")), ("Looks", _pace(about.frequency)))


def _pace(frequency: str) -> str:
    """Return how often a monitor looks, such as `every 6 hours`, or in the vendor's words."""
    found = _FREQUENCY.fullmatch(frequency)
    if found is None:
        return clip(frequency, _MOST_PACE)
    number, unit = int(found[1]), _UNITS[found[2]]
    return f"every {unit}" if number == 1 else f"every {number} {unit}s"


def _card(event: Event) -> str | None:
    """Return the name of the thread, so that a group announced twice stays one message."""
    return f"{event.group.subject.id}/{event.group.id}" if event.group else None


def _count(group: Group, number: int, adjective: str = "") -> str:
    noun = "finding" if number == 1 else "findings"
    least = "" if group.complete else "At least "
    return f"{least}{number:,} {adjective}{noun}"


def _headlines(group: Group) -> str:
    """Return the first findings, a line each; a single one needs no bullet."""
    lines = [clip(headline(one), _MOST_HEADLINE) for one in group.members[:_HEADLINES]]
    return "\n".join(f"• {line}" for line in lines) if len(lines) > 1 else lines[0]


def _replies(group: Group) -> tuple[Reply, ...]:
    """Return the oldest findings, which stay the same while a group grows."""
    said = tuple(reply(member) for member in group.members[:MOST_REPLIES])
    rest = len(group.members) - MOST_REPLIES
    if rest <= 0 and group.complete:
        return said
    title = _count(group, rest, "more ") if rest > 0 else "More findings"
    text = f"They are in Parallel's console, under monitor {group.ref.subject.id}."
    return (*said, Reply(key="more", title=title, text=text))
