"""The live log: what was done, and what Slack heard of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from bot.playground import faults
from bot.playground.slack import Call, SlackStandIn

Mood = Literal["good", "bad", "note"]

_KEPT = 150
_DEEDS = {
    "chat.postMessage": "a post",
    "chat.update": "an edit",
    "conversations.history": "a look-up in the history",
    "conversations.replies": "a look-up in the thread",
    "views.open": "a modal",
    "views.publish": "a Home tab",
    "views.update": "a change of a modal",
}


@dataclass(frozen=True)
class Entry:
    """One line; `number` only grows."""

    number: int
    at: datetime
    mood: Mood
    text: str


class Journal:
    """Keeps the newest lines, and writes down what Slack was called for."""

    def __init__(self, slack: SlackStandIn) -> None:
        self._slack = slack
        self._read = 0
        self._count = 0
        self.entries: deque[Entry] = deque(maxlen=_KEPT)

    def note(self, text: str, mood: Mood = "note") -> None:
        """Add a line."""
        self.follow()
        self._add(datetime.now(UTC), text, mood)

    def follow(self) -> None:
        """Add a line for each call of the Web API since the last time."""
        calls, self._read = self._slack.calls[self._read :], len(self._slack.calls)
        for call in calls:
            if call.method in _DEEDS:
                self._add(call.at, *self._line(call))

    def _add(self, at: datetime, text: str, mood: Mood) -> None:
        self._count += 1
        self.entries.append(Entry(self._count, at, mood, text))

    def _line(self, call: Call) -> tuple[str, Mood]:
        deed = f"{_DEEDS[call.method]}{self._where(call.args)}"
        if call.fault is not None:
            return f"Slack, to {deed}: {_fault(call.fault)}", "bad"
        if call.outcome == "ok":
            return f"Slack took {deed}", "good"
        return f"Slack refused {deed}: {call.outcome}", "bad"

    def _where(self, args: Mapping[str, object]) -> str:
        channel = self._slack.channels.get(str(args.get("channel")))
        return f" in #{channel.name}" if channel and not channel.is_direct else ""


def _fault(fault: faults.Fault) -> str:
    match fault:
        case faults.RateLimited(retry_after):
            return f"429, come back in {retry_after} s"
        case faults.ServerError(status):
            return f"{status}"
        case faults.Reset(after=True):
            return "taken, then the line was cut"
        case faults.Hang():
            return "taken, then silence"
        case _:
            return type(fault).__name__
