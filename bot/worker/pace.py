"""How fast we may talk: token buckets, by channel and by workspace."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from bot.core.notifications import Lane

# Slack allows about one message a second in a channel and short bursts. A little less,
# so that burst and refill together stay within 60 in any minute.
CHANNEL_RATE_PER_S = 0.95
CHANNEL_BURST = 3
WORKSPACE_RATE_PER_S = 5.0
WORKSPACE_BURST = 20
EDIT_RATE_PER_S = 40 / 60
EDIT_BURST = 5


@dataclass(slots=True)
class Bucket:
    """Tokens that refill with time. It starts with one, since a restart forgets the past.

    `at` is when it started, in monotonic seconds.
    """

    rate_per_s: float
    burst: int
    at: float
    tokens: float = 1.0

    def wait_s(self, now: float) -> float:
        """Return seconds until a token is there."""
        self._refill(now)
        return max(0.0, (1 - self.tokens) / self.rate_per_s)

    def take(self, now: float) -> None:
        """Use a token up."""
        self._refill(now)
        self.tokens -= 1

    def give_back(self) -> None:
        """Undo a `take` that was not used."""
        self.tokens = min(self.burst, self.tokens + 1)

    def _refill(self, now: float) -> None:
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate_per_s)
        self.at = now


class Pace:
    """The buckets of everybody we talk to. `monotonic` gives seconds that never go back."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.monotonic = monotonic
        started = monotonic()
        self._channels: dict[Lane, Bucket] = defaultdict(
            lambda: Bucket(CHANNEL_RATE_PER_S, CHANNEL_BURST, started)
        )
        self._workspaces: dict[str, Bucket] = defaultdict(
            lambda: Bucket(WORKSPACE_RATE_PER_S, WORKSPACE_BURST, started)
        )
        self._edits: dict[str, Bucket] = defaultdict(
            lambda: Bucket(EDIT_RATE_PER_S, EDIT_BURST, started)
        )

    def wait_s(self, lane: Lane) -> float:
        """Return seconds until a message may be posted in a lane."""
        now = self.monotonic()
        return max(bucket.wait_s(now) for bucket in self._of(lane))

    def posted(self, lane: Lane) -> None:
        """Count a post."""
        now = self.monotonic()
        for bucket in self._of(lane):
            bucket.take(now)

    def not_posted(self, lane: Lane) -> None:
        """Undo a `posted`: there was nothing to post."""
        for bucket in self._of(lane):
            bucket.give_back()

    def edit_wait_s(self, team_id: str) -> float:
        """Return seconds until a message of the workspace may be edited."""
        return self._edits[team_id].wait_s(self.monotonic())

    def edited(self, team_id: str) -> None:
        """Count an edit; edits have a budget of their own."""
        self._edits[team_id].take(self.monotonic())

    def not_edited(self, team_id: str) -> None:
        """Undo an `edited`: there was nothing to edit."""
        self._edits[team_id].give_back()

    def _of(self, lane: Lane) -> tuple[Bucket, Bucket]:
        return self._channels[lane], self._workspaces[lane.team_id]
