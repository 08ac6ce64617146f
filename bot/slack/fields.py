"""Reading what Slack sends, where anything may be missing or of another type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def text_of(fields: Mapping[str, Any], name: str) -> str:
    """Return a string, empty where there is none."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def object_of(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object, empty where there is none."""
    value = fields.get(name)
    return value if isinstance(value, Mapping) else {}
