"""The shortcuts of the app, as its manifest names them: what Slack shows in its menus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

SHORTCUTS: Mapping[Literal["message", "global"], Mapping[str, str]] = {
    "message": {
        "alert_why": "Why is this here?",
        "alert_ack": "Acknowledge",
        "alert_mute": "Mute…",
    },
    "global": {"monitor_create": "New web monitor"},
}
"""Names by callback_id."""
