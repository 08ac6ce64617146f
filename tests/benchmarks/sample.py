"""One message, as large as messages usually are."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.core.alerts import Alert, Field, Link, Severity
from bot.core.notifications import Notification, State

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def notification() -> Notification:
    """Return the notification of a scan that failed: title, four facts, two links, footer."""
    names = ("Workspace", "Domain", "Scan", "Kind")
    return Notification(
        id=1,
        delivery_id="0123456789abcdef01234567",
        team_id="T1",
        channel_id="C1",
        key="event:1",
        alert=Alert(
            title="Scan of site-1.example failed",
            text="The next scheduled scan runs by itself.",
            severity=Severity.WARNING,
            fields=tuple(Field(name=one, value=f"{one} of the sample") for one in names),
            links=(
                Link(label="Open the scan", url="https://app.example.com/scans/1"),
                Link(label="Open the site", url="https://site-1.example/"),
            ),
            footer="SurfacedBy · scan.failed",
            occurred_at=NOW,
        ),
        state=State.SENDING,
        created_at=NOW,
    )
