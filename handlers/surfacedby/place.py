"""What every event of SurfacedBy says of where it happened."""

from __future__ import annotations

from bot.core.events import Payload
from bot.core.wording import clip, humanised

_MOST_NAME = 80

_SCAN_TYPES = {
    "pulse": "daily pulse",
    "paid_initial": "first full scan",
    "paid_scheduled": "scheduled full scan",
    "console_on_demand": "scan on demand",
    "free_audit": "free audit",
}


class Place(Payload):
    """The workspace and the domain, as far as an event knows them."""

    workspace_slug: str = ""
    workspace_id: str = ""
    domain: str = ""
    domain_id: str = ""


def domain(place: Place) -> str:
    """Return the domain by name, else by id."""
    return clip(place.domain or place.domain_id, _MOST_NAME) or "an unnamed domain"


def workspace(place: Place) -> tuple[str, str]:
    """Return the fact of which workspace it was."""
    return "Workspace", place.workspace_slug or place.workspace_id


def scan_kind(scan_type: str) -> str:
    """Return a type of scan in words."""
    return _SCAN_TYPES.get(scan_type, humanised(scan_type))
