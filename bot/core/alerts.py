"""A message without Slack in it. Text from outside is data, never mark-up."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import Literal

from bot.core.events import Record


class Severity(IntEnum):
    """How bad it is, ascending. *Done* and *in progress* are states, not severities."""

    INFO = 0
    WARNING = 1
    ERROR = 2
    CRITICAL = 3

    @property
    def word(self) -> str:
        """Return the lower-case word that people read and type."""
        return self.name.lower()


class Size(IntEnum):
    """How much of an alert a subscription wants to read."""

    COMPACT = 0
    STANDARD = 1
    FULL = 2

    @property
    def word(self) -> str:
        """Return the lower-case word that people type."""
        return self.name.lower()


class Thread(IntEnum):
    """Where later news of an alert is said, from the quietest to the loudest."""

    ONLY = 0  # in its thread
    BROADCAST = 1  # in its thread, and shown in the channel too
    FLAT = 2  # in the channel, without a thread

    @property
    def word(self) -> str:
        """Return the lower-case word that people type."""
        return self.name.lower()


class Link(Record):
    """A labelled address; only http and https survive rendering."""

    label: str
    url: str


class Field(Record):
    """One fact: a short name and its value."""

    name: str
    value: str


class Action(Record):
    """Something a reader can have done from the alert, such as running a monitor.

    `name` says what, as `source.verb`; `value` to what. It is offered where it is possible;
    `confirm` is a question that is asked first.
    """

    name: str
    label: str
    value: str
    style: Literal["", "primary", "danger"] = ""
    confirm: str = ""


def known(*facts: tuple[str, str]) -> tuple[Field, ...]:
    """Return a field for each name and value of which there is a value."""
    return tuple(Field(name=name, value=value) for name, value in facts if value.strip())


class Reply(Record):
    """One message in the alert's thread; `key` is stable over re-reads."""

    key: str
    title: str = ""
    text: str = ""
    fields: tuple[Field, ...] = ()
    links: tuple[Link, ...] = ()

    def alert(self) -> Alert:
        """Return this reply as a message of its own, without a footer."""
        return Alert(title=self.title, text=self.text, fields=self.fields, links=self.links)


class Alert(Record):
    """What a person should read about an event.

    `state` is one or two words such as "running" or "done". `action` marks that a
    human is needed; it passes every severity filter. `notice` is one line of ours
    under the text, such as "details pending". `card` names what the message is
    about (a group, a run): the first alert of a card posts, later ones edit it. Of all
    alerts of a card the one shown is the greatest by (`final`, time, `rank`), so that any
    order of arrival ends in the same card. What is `aside` is about the thing and no state
    of it: it goes into the card's thread, and stands by itself where there is no card.
    `footer` defaults to the source and the raw event type.
    """

    title: str
    severity: Severity = Severity.INFO
    state: str | None = None
    action: bool = False
    text: str = ""
    fields: tuple[Field, ...] = ()
    links: tuple[Link, ...] = ()
    actions: tuple[Action, ...] = ()
    notice: str | None = None
    card: str | None = None
    rank: int = 0
    final: bool = False
    aside: bool = False
    replies: tuple[Reply, ...] = ()
    footer: str = ""
    occurred_at: datetime | None = None
    test: bool = False


def supersedes(new: Alert, old: Alert) -> bool:
    """Return whether a card that shows `old` is to show `new`.

    The order is total, so that whatever order alerts arrive in, the same one is shown in
    the end: final states before others, then the later, then the higher rank.
    """
    return _order(new) > _order(old)


def _order(alert: Alert) -> tuple[bool, float, int, str]:
    at = alert.occurred_at.timestamp() if alert.occurred_at else 0.0
    return alert.final, at, alert.rank, alert.model_dump_json()
