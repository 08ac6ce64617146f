"""What can be done about an alert, under its message."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bot.core.alerts import Severity, Size
from bot.core.answers import Button
from bot.core.marks import ACKNOWLEDGED
from bot.core.notifications import Notification
from bot.slack.buttons import buttons, menu_of
from bot.slack.card import CardLink
from bot.slack.rich_text import Block
from bot.slack.text import host

ACKNOWLEDGE = "ack"
OPEN = "open"

_ACKNOWLEDGE = Button(label="Acknowledge", act=ACKNOWLEDGE)
_MENU = menu_of(
    Button(label="Mute for 1 hour", act="mute", value="1h"),
    Button(label="Mute for 1 day", act="mute", value="1d"),
    Button(label="Mute until …", act="mute.until"),
    Button(label="Why is this here?", act="why"),
)


def alert_buttons(
    notification: Notification, links: Sequence[CardLink], offered: Collection[str]
) -> list[Block]:
    """Return the buttons and the menu of an alert; none for replies and for one line.

    Elsewhere the shortcuts of the message do the same.
    """
    if not notification.of_event or notification.size is Size.COMPACT or not offered:
        return []
    return buttons([*_buttons(notification, links, offered)], _MENU)


def _buttons(
    notification: Notification, links: Sequence[CardLink], offered: Collection[str]
) -> Iterator[Button]:
    alert = notification.alert
    for one in alert.actions:
        if one.name in offered:
            yield Button(
                label=one.label,
                act=one.name,
                value=one.value,
                style=one.style,
                confirm=one.confirm,
            )
    serious = alert.severity >= Severity.WARNING or alert.action
    if serious and not any(mark.kind == ACKNOWLEDGED for mark in notification.marks):
        yield _ACKNOWLEDGE
    for _, url in links[:1]:
        yield Button(label=f"Open {host(url)}", act=OPEN, url=url)
