"""Alerts as they end up in Slack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.core.alerts import Alert, Reply
from bot.core.notifications import Notification, State
from bot.slack.blocks import render
from bot.slack.transcript import message_text
from tests.handlers.cases import NOW


def messages(alert: Alert) -> Iterator[dict[str, Any]]:
    """Yield the Slack messages of an alert: the parent, then its replies."""
    yield _message(alert)
    for reply in alert.replies:
        yield _message(_alert_of(reply))


def text(alert: Alert) -> str:
    """Return an alert and its replies as people read them."""
    parent, *replies = (message_text(one) for one in messages(alert))
    indented = ["↳ " + one.replace("\n", "\n  ") for one in replies]
    return "\n\n".join([parent, *indented]) + "\n"


def _alert_of(reply: Reply) -> Alert:
    return Alert(title=reply.title, text=reply.text, fields=reply.fields, links=reply.links)


def _message(alert: Alert) -> dict[str, Any]:
    return dict(
        render(
            Notification(
                id=1,
                delivery_id="d1",
                team_id="T1",
                channel_id="C1",
                key="k",
                alert=alert,
                state=State.PENDING,
                created_at=NOW,
            )
        )
    )
