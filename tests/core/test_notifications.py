"""When to try again: the schedule, its jitter, and whatever a Retry-After may say."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.notifications import (
    MOST_ATTEMPTS,
    SCHEDULE_S,
    clamp_retry_after,
    delay_s,
)

DAY_S = 24 * 3600


def test_the_schedule_is_a_day() -> None:
    """It begins at once and quickly, ends after about a day, and never speeds up."""
    assert (0, 5, 30) == SCHEDULE_S[:3]
    assert abs(DAY_S - sum(SCHEDULE_S)) < 3600
    assert sorted(SCHEDULE_S) == list(SCHEDULE_S)


@pytest.mark.parametrize(
    ("attempts", "expected"), [(0, 0), (1, 5), (2, 30), (10, 28800), (11, 28800), (99, 28800)]
)
def test_the_delay_follows_the_schedule(attempts: int, expected: float) -> None:
    """After n tries comes the n-th step; beyond the end, the last one."""
    assert expected == delay_s(attempts, jitter=0)


@given(attempts=st.integers(0, MOST_ATTEMPTS), jitter=st.floats(-1, 1))
def test_jitter_moves_a_delay_by_a_fifth_at_most(attempts: int, jitter: float) -> None:
    """Lanes that failed together do not all come back together, nor far from their step."""
    step = SCHEDULE_S[min(attempts, MOST_ATTEMPTS - 1)]

    assert math.isclose(step + step * 0.2 * jitter, delay_s(attempts, jitter=jitter), abs_tol=1e-6)


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        (1, 1), (30, 30), (3600, 3600), (0, 1), (-1, 1), (0.2, 1), (None, 1), (math.nan, 1),
        (1e9, 3600), (math.inf, 3600), (-math.inf, 1),
    ],
)  # fmt: skip
def test_a_retry_after_is_clamped(said: float | None, taken: float) -> None:
    """S4: nothing that a header says makes a lane spin or sleep for ever."""
    assert taken == clamp_retry_after(said)
