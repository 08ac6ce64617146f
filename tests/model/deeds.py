"""What may happen to the bot, as data that Hypothesis makes up."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st

from bot.core.events import Subject
from bot.core.subscriptions import Subscription
from tests.pipeline.probe import MONITOR
from tests.pipeline.slack import Mood
from tests.store.making import TEAM, typed

CHANNELS = ("C1", "C2", "C3")
RUNS = ("run.running", "run.asks", "run.done", "run.failed")
KINDS = ("scan.done", "quiet.progress", "raises", "found", "found", "crashes", *RUNS)
CHANGES = (
    "token", "channel", "history", "late 0", "late 3", "late 90",
    "wait 1", "wait 10", "wait 31", "wait 3600", "restart", "restart",
)  # fmt: skip
EVERYTHING = Subscription(team_id=TEAM, channel_id="C1", filter=typed("*"))


class Arrivals(NamedTuple):
    """Webhooks: how far back the id is (0 is new), kind, group, whether that grew, and when.

    Of a run the group is its name; the time is that of its own story, in seconds.
    """

    news: list[tuple[int, str, str, bool, int]]
    worked: bool
    ends: str | None


class Wish(NamedTuple):
    """A subscription, or without one the end of one of those there are."""

    wanted: Subscription | None
    which: int


class Work(NamedTuple):
    """A turn of the workers before Slack, and how reading a group ends."""

    ends: str | None


class Calls(NamedTuple):
    """Calls to Slack, beginning with one lane, and how Slack takes each."""

    which: int
    moods: list[Mood]


class Change(NamedTuple):
    """Something about Slack, a channel, the time or the process changes."""

    what: str
    channel: str


Deed = Arrivals | Wish | Work | Calls | Change

_often = st.sampled_from([True, True, False])
_ends = st.sampled_from([None, None, "busy", "bug", "crash"])
_channels = st.sampled_from(CHANNELS)
_news = st.tuples(
    st.sampled_from([0, 0, 0, 1, 2, 3]),
    st.sampled_from(KINDS),
    st.sampled_from(["g1", "g2"]),
    _often,
    st.integers(0, 3),
)
_subscriptions = st.builds(
    Subscription,
    team_id=st.just(TEAM),
    channel_id=_channels,
    source=st.sampled_from(["*", "probe"]),
    subject=st.none() | st.just(MONITOR) | st.just(Subject(kind="monitor", id="m9")),
    filter=st.sampled_from([typed(), typed("*"), typed("found"), typed("scan.*", "quiet.*")]),
)
wishes = st.builds(Wish, st.none() | _subscriptions, st.integers(0, 9))
_arrivals = st.builds(Arrivals, st.lists(_news, min_size=1, max_size=5), _often, _ends)
_moods = st.just(Mood.OK) | st.sampled_from(Mood)
_calls = st.builds(Calls, st.integers(0, 2), st.lists(_moods, min_size=1, max_size=8))
_changes = st.builds(Change, st.sampled_from(CHANGES), _channels)
anything = st.one_of(_arrivals, _calls, _calls, _changes, wishes, st.builds(Work, _ends))
