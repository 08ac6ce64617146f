"""Slack's rate for posting: about one message a second in each channel."""

import math
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Pace:
    """A token bucket for each channel: `burst` messages at once, then `per_s`."""

    per_s: float = 1.0
    burst: int = 3
    _buckets: dict[str, tuple[float, datetime]] = field(default_factory=dict)

    def wait_s(self, channel_id: str, now: datetime) -> int:
        """Take a token and return 0, or return the whole seconds until there is one."""
        level, since = self._buckets.get(channel_id, (float(self.burst), now))
        level = min(self.burst, level + (now - since).total_seconds() * self.per_s)
        if level < 1:
            self._buckets[channel_id] = level, now
            return math.ceil((1 - level) / self.per_s)
        self._buckets[channel_id] = level - 1, now
        return 0
