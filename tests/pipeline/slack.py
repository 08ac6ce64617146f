"""A Slack of the tests: it keeps what it takes, and misbehaves as it is told."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.alerts import Alert
from bot.core.errors import DeliveryError
from bot.core.notifications import Draft, Notification
from bot.core.reasons import Reason
from tests.pipeline.probe import Crash


class Mood(StrEnum):
    """How Slack takes the next call: *taken* is done, *lost* is not."""

    OK = "ok"
    RATE_LIMITED = "rate limited"
    UNREACHABLE = "unreachable"
    TIMEOUT_TAKEN = "timeout, taken"
    TIMEOUT_LOST = "timeout, lost"
    RESET_TAKEN = "reset, taken"
    SERVER_LOST = "500, lost"
    SURPRISE_TAKEN = "an answer that breaks the client, taken"
    PAYLOAD = "payload refused"
    STRANGE = "an error in no list"
    CRASH_TAKEN = "we die, taken"
    CRASH_LOST = "we die, lost"


_REASONS = {
    Mood.RATE_LIMITED: Reason.RATE_LIMITED,
    Mood.UNREACHABLE: Reason.UNREACHABLE,
    Mood.TIMEOUT_TAKEN: Reason.TIMEOUT,
    Mood.TIMEOUT_LOST: Reason.TIMEOUT,
    Mood.RESET_TAKEN: Reason.DISCONNECTED,
    Mood.SERVER_LOST: Reason.SERVER,
    Mood.PAYLOAD: Reason.PAYLOAD,
    Mood.STRANGE: Reason.UNKNOWN,
}
_TAKEN = {
    Mood.OK,
    Mood.TIMEOUT_TAKEN,
    Mood.RESET_TAKEN,
    Mood.SURPRISE_TAKEN,
    Mood.CRASH_TAKEN,
}


@dataclass
class Message:
    """What stands in a channel."""

    ts: str
    key: str
    channel_id: str
    delivery_id: str
    parent_ts: str | None
    alert: Alert
    marked: bool
    visible_at: datetime


@dataclass
class FakeSlack:
    """Fulfils `Messenger`. `moods` are used up one a call; afterwards all is well.

    `lag` is how late the history shows a message, `overlooked` the deliveries whose
    history was late or could not be read when it was asked for. Who does not see
    (`sees` False) finds nothing, ever: the mistake that the model has to notice.
    """

    clock: Callable[[], datetime]
    moods: deque[Mood] = field(default_factory=deque)
    messages: list[Message] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    revoked: bool = False
    readable: bool = True
    sees: bool = True
    lag: timedelta = timedelta()
    calls: list[str] = field(default_factory=list)
    overlooked: set[str] = field(default_factory=set)

    async def post(self, notification: Notification) -> str:
        """Post a message and return its timestamp."""
        mood = self._met("post", notification)
        if mood in _TAKEN:
            self._take(notification)
        _fail(mood)
        return self.messages[-1].ts

    async def edit(self, notification: Notification) -> None:
        """Show the newest revision of a posted message."""
        mood = self._met("edit", notification)
        if mood in _TAKEN:
            (message,) = (one for one in self.messages if one.ts == notification.ts)
            message.alert = notification.alert
        _fail(mood)

    async def find(self, notification: Notification) -> str | None:
        """Return the timestamp of the message if the channel's history has it."""
        mood = self._met("find", notification)
        if mood in {Mood.PAYLOAD, Mood.STRANGE} or (mood == Mood.OK and not self.readable):
            self.overlooked.add(notification.delivery_id)
        _fail(mood)
        if not self.readable:
            raise DeliveryError(Reason.SCOPE, detail="missing_scope")
        for one in self.messages if self.sees else ():
            if one.delivery_id == notification.delivery_id:
                if one.visible_at <= self.clock():
                    return one.ts
                self.overlooked.add(one.delivery_id)
        return None

    def said(self, channel_id: str | None = None) -> list[str]:
        """Return the keys of what stands in a channel, or anywhere, in order."""
        return [one.key for one in self.messages if channel_id in {None, one.channel_id}]

    def _met(self, call: str, notification: Notification) -> Mood:
        self.calls.append(call)
        if self.revoked:
            raise DeliveryError(Reason.INSTALLATION, detail="token_revoked")
        if notification.channel_id in self.closed:
            raise DeliveryError(Reason.CHANNEL, detail="not_in_channel")
        return self.moods.popleft() if self.moods else Mood.OK

    def _take(self, notification: Notification) -> None:
        self.messages.append(
            Message(
                ts=f"{len(self.messages) + 1}.0",
                key=notification.key,
                channel_id=notification.channel_id,
                delivery_id=notification.delivery_id,
                parent_ts=notification.parent_ts,
                alert=notification.alert,
                marked=notification.repeats > 0,
                visible_at=self.clock() + self.lag,
            )
        )


def _fail(mood: Mood) -> None:
    if mood in {Mood.CRASH_TAKEN, Mood.CRASH_LOST}:
        raise Crash
    if mood == Mood.SURPRISE_TAKEN:
        raise AttributeError("a 200 that is not JSON")
    if mood != Mood.OK:
        wait_s = 30.0 if mood == Mood.RATE_LIMITED else None
        raise DeliveryError(_REASONS[mood], detail=str(mood), retry_after_s=wait_s)


async def no_notices(claimed: Notification, reason: str) -> tuple[Draft, ...]:
    """Tell nobody that a channel is held."""
    return ()
