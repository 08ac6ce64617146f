"""Alerts as they end up in Slack, in each of the sizes that a channel can choose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.core.alerts import Alert, Size
from bot.core.notifications import Notification, State
from bot.slack.blocks import render
from bot.slack.transcript import message_text
from tests.handlers.cases import NOW


def messages(alert: Alert, size: Size = Size.STANDARD) -> Iterator[dict[str, Any]]:
    """Yield the Slack messages of an alert: the parent, then its replies."""
    yield _message(alert, size)
    for reply in alert.replies:
        yield _message(reply.alert(), size)


def text(alert: Alert, size: Size = Size.STANDARD) -> str:
    """Return an alert and its replies as people read them."""
    parent, *replies = (message_text(one) for one in messages(alert, size))
    indented = ["↳ " + one.replace("\n", "\n  ") for one in replies]
    return "\n\n".join([parent, *indented]) + "\n"


def in_every_size(alert: Alert) -> str:
    """Return what people read in each size; sizes that say the same stand together."""
    said: dict[str, list[str]] = {}
    for size in Size:
        said.setdefault(text(alert, size), []).append(size.word)
    return "\n".join(f"── {' and '.join(sizes)}\n{words}" for words, sizes in said.items())


def _message(alert: Alert, size: Size) -> dict[str, Any]:
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
                size=size,
                created_at=NOW,
            )
        )
    )
