"""Moments as Unix seconds, which is how the tables keep them."""

from __future__ import annotations

from datetime import UTC, datetime


def seconds(moment: datetime) -> float:
    """Return a moment as Unix seconds."""
    return moment.timestamp()


def moment(value: float) -> datetime:
    """Return Unix seconds as an aware moment in UTC."""
    return datetime.fromtimestamp(value, UTC)


def optional_moment(value: float | None) -> datetime | None:
    """Return Unix seconds as a moment, or None."""
    return None if value is None else moment(value)
