"""What the bot says when it comes to a channel, and channels that come back."""

from __future__ import annotations

from datetime import UTC

from bot.core.alerts import Alert
from bot.core.notifications import Draft
from bot.core.ports import Directory, Outbox
from bot.core.requests import Request

JOINED = "member_joined_channel"
RETURNED = frozenset({"channel_unarchive", "group_unarchive"})

_GREETING = Alert(
    title="Tocsin is in this channel now",
    text=(
        "I post the alerts that this channel subscribes to, and nothing else.\n"
        "Type /alerts subscribe to choose what to hear, or /monitors create and a question "
        "to watch the web.\n"
        "/alerts list shows what is on, /alerts unsubscribe and its number stops it, "
        "/alerts help tells the rest."
    ),
    footer="Tocsin · welcome",
)


class Welcome:
    """Greets channels, once a day at most, and lets them be spoken to again."""

    def __init__(self, directory: Directory, outbox: Outbox) -> None:
        self._directory = directory
        self._outbox = outbox

    async def hear(self, request: Request) -> None:
        """Act on an event of Slack's; others than the few we know mean nothing.

        Raises:
            DeliveryError: Slack could not be asked who joined; to be done again later.
        """
        channel_id = request.channel_id or _text(request, "channel")
        if not channel_id:
            return
        if request.name in RETURNED:
            await self._outbox.release_channel(request.team_id, channel_id)
        elif request.name == JOINED:
            await self._joined(request, channel_id)

    async def _joined(self, request: Request, channel_id: str) -> None:
        user_id = request.user_id or _text(request, "user")
        if not await self._directory.is_bot(request.team_id, user_id):
            return
        await self._outbox.release_channel(request.team_id, channel_id)
        day = request.received_at.astimezone(UTC).date()  # the same however late it is done
        key = f"welcome:{channel_id}:{day.isoformat()}"
        draft = Draft(team_id=request.team_id, channel_id=channel_id, key=key, alert=_GREETING)
        await self._outbox.enqueue([draft])


def _text(request: Request, name: str) -> str:
    value = request.payload.get(name)
    return value if isinstance(value, str) else ""
