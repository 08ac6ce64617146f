"""What people are told when a channel stops taking messages."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.alerts import Alert, Severity
from bot.core.errors import DeliveryError
from bot.core.notifications import Draft, Notification
from bot.core.ports import Clock, Directory, SubscriptionStore

_WHY = {
    "not_in_channel": "I am not in that channel.",
    "channel_not_found": "I cannot see that channel; if it is private, I am not in it.",
    "is_archived": "That channel is archived.",
}
_MEND = "Invite me back, or unarchive the channel, and everything that waits is posted."


class ChannelHeld:
    """Tells those who subscribed a channel, privately, that its alerts are kept back."""

    def __init__(
        self, subscriptions: SubscriptionStore, directory: Directory, clock: Clock
    ) -> None:
        self._subscriptions = subscriptions
        self._directory = directory
        self._clock = clock

    async def __call__(self, claimed: Notification, reason: str) -> Sequence[Draft]:
        """Return one message to each person who subscribed the channel."""
        if not claimed.channel_id.startswith(("C", "G")):
            return ()  # a message to a person: there is nobody else to tell
        name = await self._name(claimed)
        alert = Alert(
            title=f"Alerts for {name} are kept back",
            severity=Severity.WARNING,
            text=f"{_WHY.get(reason, f'Slack says: {reason}.')} {_MEND}",
            footer="Tocsin",
        )
        people = await self._subscriptions.creators(claimed.team_id, claimed.channel_id)
        since = self._clock().isoformat(timespec="seconds")
        return [
            Draft(
                team_id=claimed.team_id,
                channel_id=person,
                key=f"held:{claimed.channel_id}:{since}",
                alert=alert,
            )
            for person in people
        ]

    async def _name(self, claimed: Notification) -> str:
        try:
            channel = await self._directory.channel(claimed.team_id, claimed.channel_id)
        except DeliveryError:
            channel = None
        return f"#{channel.name}" if channel and channel.name else f"channel {claimed.channel_id}"
