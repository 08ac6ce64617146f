"""Mutes: how long, and about what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.errors import CommandError
from bot.core.events import Event, Subject
from bot.core.mutes import Mute, muting, parse_duration

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
EVENT = Event(
    source="deck",
    id="e1",
    type="task_run.failed",
    occurred_at=NOW,
    subjects=(Subject(kind="agent", id="a1"), Subject(kind="task", id="t1")),
)


def mute(
    *, subscription_id: int = 0, source: str = "", subject: Subject | None = None, hours: int = 1
) -> Mute:
    """Return a mute of C1."""
    return Mute(
        team_id="T1",
        channel_id="C1",
        subscription_id=subscription_id,
        source=source,
        subject=subject,
        until=NOW + timedelta(hours=hours),
        by="U1",
        at=NOW,
    )


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("30m", 30), ("2h", 120), ("1d", 1440), ("1w", 10080), ("90 min", 90), ("for 2 hours", 120),
        ("2 HOURS", 120), (" 1 week ", 10080), ("hour", 60), ("day", 1440), ("90d", 129600),
    ],
)  # fmt: skip
def test_lengths_of_time_as_people_type_them(typed: str, minutes: int) -> None:
    """Short and long units, with and without a number."""
    assert parse_duration(typed) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "typed", ["", "2", "h", "soon", "0m", "91d", "2h30m", "-1h", "1e3h", "\N{SUPERSCRIPT TWO}h"]
)
def test_what_is_no_length_of_time(typed: str) -> None:
    """It is refused in a sentence that quotes it."""
    with pytest.raises(CommandError, match=f"“{typed}”"):
        parse_duration(typed)


@pytest.mark.parametrize(
    ("mutes", "ids", "quiet"),
    [
        ((), (1,), False),
        ((mute(),), (1,), True),
        ((mute(subscription_id=1),), (1,), True),
        ((mute(subscription_id=1),), (1, 2), False),
        ((mute(subscription_id=1), mute(subscription_id=2)), (1, 2), True),
        ((mute(subscription_id=3),), (1,), False),
        ((mute(subscription_id=1),), (), False),
        ((mute(source="deck", subject=Subject(kind="task", id="t1")),), (1,), True),
        ((mute(source="deck", subject=Subject(kind="task", id="t2")),), (1,), False),
        ((mute(source="deck", subject=Subject(kind="agent", id="t1")),), (1,), False),
        ((mute(source="lytics", subject=Subject(kind="task", id="t1")),), (1,), False),
    ],
)
def test_what_a_mute_keeps_quiet(
    mutes: tuple[Mute, ...], ids: tuple[int, ...], quiet: bool
) -> None:
    """A channel that hears by two subscriptions is quiet only if both are muted."""
    assert (muting(mutes, EVENT, ids) is not None) is quiet


def test_of_two_muted_subscriptions_the_later_end_counts() -> None:
    """The event is heard again when one of them is not muted any more."""
    first, second = mute(subscription_id=1), mute(subscription_id=2, hours=5)

    assert muting((first, second), EVENT, (1, 2)) == second
