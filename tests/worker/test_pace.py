"""How fast we talk: never faster than Slack takes it, and not much slower either."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.notifications import Lane
from bot.worker.pace import (
    EDIT_BURST,
    EDIT_RATE_PER_S,
    WORKSPACE_BURST,
    WORKSPACE_RATE_PER_S,
    Pace,
)

LANES = [Lane(team, channel) for team in ("T1", "T2") for channel in ("C1", "C2", "C3")]
A_LITTLE = 1e-6


class Stopwatch:
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.now = 12345.0

    def __call__(self) -> float:
        """Return seconds."""
        return self.now


def most_within(moments: list[float], seconds: float) -> int:
    """Return how many moments fall into the fullest window of that length."""
    return max(
        (sum(1 for one in moments if start <= one < start + seconds) for start in moments),
        default=0,
    )


tries = st.lists(
    st.tuples(st.sampled_from(LANES), st.sampled_from([0.0, 0.01, 0.3, 1.0, 7.0, 200.0])),
    max_size=150,
)


@settings(max_examples=100, deadline=None)
@given(tries=tries)
def test_no_minute_has_more_than_sixty(tries: list[tuple[Lane, float]]) -> None:
    """S14: whatever the pauses, no channel hears more than 60 in any 60 seconds."""
    watch = Stopwatch()
    pace = Pace(watch)
    posts: dict[Lane, list[float]] = {lane: [] for lane in LANES}
    for lane, pause_s in tries:
        watch.now += pause_s
        for _ in range(4):
            if pace.wait_s(lane) <= 0:
                pace.posted(lane)
                posts[lane].append(watch.now)

    for team in ("T1", "T2"):
        whole = [at for lane, ones in posts.items() if lane.team_id == team for at in ones]
        for window_s in (1, 10, 60):
            allowed = WORKSPACE_BURST + WORKSPACE_RATE_PER_S * window_s
            assert most_within(whole, window_s) <= allowed
    assert all(most_within(ones, 60) <= 60 for ones in posts.values())


def test_a_channel_that_talks_as_fast_as_it_may() -> None:
    """Waiting as long as was said is enough, for hours; a minute has close to 60."""
    watch = Stopwatch()
    pace = Pace(watch)
    moments: list[float] = []
    for _ in range(1000):
        watch.now += pace.wait_s(LANES[0]) + A_LITTLE
        assert pace.wait_s(LANES[0]) <= 0
        pace.posted(LANES[0])
        moments.append(watch.now)

    assert 55 <= most_within(moments, 60) <= 60


def test_a_burst_and_what_follows_it_fill_a_minute_and_no_more() -> None:
    """S14: after a silence a channel hears three at once, and still at most 60 in a minute."""
    watch = Stopwatch()
    pace = Pace(watch)
    watch.now += 3600
    moments: list[float] = []
    while len(moments) < 200:
        watch.now += pace.wait_s(LANES[0])
        pace.posted(LANES[0])
        moments.append(watch.now)

    assert 3 == sum(at == moments[0] for at in moments)
    assert 59 <= most_within(moments, 60) <= 60


def test_a_long_silence_allows_a_small_burst() -> None:
    """Three at once after a day of quiet, and not a day's worth."""
    watch = Stopwatch()
    pace = Pace(watch)
    pace.posted(LANES[0])
    watch.now += 86_400
    burst = 0
    while pace.wait_s(LANES[0]) <= 0:
        pace.posted(LANES[0])
        burst += 1

    assert 3 == burst


def test_a_restart_is_no_second_burst() -> None:
    """A process that begins does not know what the last one said, so it begins slowly."""
    pace = Pace(Stopwatch())
    pace.posted(LANES[0])

    assert pace.wait_s(LANES[0]) > 0
    assert pace.wait_s(LANES[1]) > 0


def test_a_loud_channel_leaves_the_others_their_own() -> None:
    """One flooded channel costs the workspace its share, and no other its turn."""
    watch = Stopwatch()
    pace = Pace(watch)
    watch.now += 60
    waits: list[float] = []
    for _ in range(300):
        watch.now += 0.5
        if pace.wait_s(LANES[0]) <= 0:
            pace.posted(LANES[0])
        waits.append(pace.wait_s(LANES[1]))

    assert 0 == max(waits[5:])


def test_workspaces_do_not_share() -> None:
    """Another workspace has a budget of its own."""
    pace = Pace(Stopwatch())
    pace.posted(Lane("T1", "C1"))

    assert 0 == pace.wait_s(Lane("T2", "C1"))


def test_what_was_not_used_is_given_back() -> None:
    """A budget taken for nothing is there again, and never more than before."""
    watch = Stopwatch()
    pace = Pace(watch)
    for _ in range(50):
        pace.posted(LANES[0])
        pace.not_posted(LANES[0])
        pace.edited("T1")
        pace.not_edited("T1")

    assert (0, 0) == (pace.wait_s(LANES[0]), pace.edit_wait_s("T1"))
    pace.posted(LANES[0])
    pace.edited("T1")
    assert pace.wait_s(LANES[0]) > 0
    assert pace.edit_wait_s("T1") > 0


@settings(max_examples=50, deadline=None)
@given(pauses=st.lists(st.sampled_from([0.0, 0.5, 2.0, 90.0]), max_size=150))
def test_edits_have_a_budget_of_their_own(pauses: list[float]) -> None:
    """Edits stay within Slack's limit for them, and cost no post."""
    watch = Stopwatch()
    pace = Pace(watch)
    moments: list[float] = []
    for pause_s in pauses:
        watch.now += pause_s
        if pace.edit_wait_s("T1") <= 0:
            pace.edited("T1")
            moments.append(watch.now)
        assert 0 == pace.wait_s(LANES[0])

    assert most_within(moments, 60) <= EDIT_BURST + EDIT_RATE_PER_S * 60 <= 50
