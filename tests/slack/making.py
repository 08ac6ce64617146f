"""Notifications for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.core.alerts import Alert, Field, Link, Severity
from bot.core.notifications import Notification, State

MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)

ALERT = Alert(
    title="Scan of Acme failed",
    severity=Severity.WARNING,
    state="failed",
    text="It stopped after 3 of 12 prompts.",
    fields=(Field(name="Workspace", value="acme"), Field(name="Prompts", value="3 of 12")),
    links=(Link(label="Open the scan", url="https://app.example.com/scans/1?tab=log&x=1"),),
    footer="SurfacedBy · scan.failed",
    occurred_at=MOMENT,
)


def notification(alert: Alert = ALERT, **fields: Any) -> Notification:
    """Return a notification for C1 that was just claimed; `fields` replace its own."""
    now = datetime.now(UTC)
    known = {
        "id": 1,
        "delivery_id": "d1",
        "team_id": "T0TOCSIN",
        "channel_id": "C1",
        "key": "k",
        "state": State.SENDING,
        "attempted_at": now,
        "created_at": now,
    }
    return Notification(alert=alert, **{**known, **fields})
