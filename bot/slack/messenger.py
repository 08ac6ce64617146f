"""Posts, edits and finds messages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Collection, Mapping
from datetime import timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.core.alerts import Thread
from bot.core.errors import DeliveryError
from bot.core.notifications import Notification
from bot.core.reasons import Reason
from bot.slack.blocks import METADATA_TYPE, render
from bot.slack.client import call, post_message

_MAX_PAGES = 5
_PAGE = 200
_CLOCK_SKEW = timedelta(seconds=10)


class SlackMessenger:
    """Puts messages into channels through chat.postMessage and chat.update.

    `offered` are the names of the actions that messages may offer.
    """

    def __init__(self, client: AsyncWebClient, offered: Collection[str] = ()) -> None:
        self._client = client
        self._offered = frozenset(offered)

    async def post(self, notification: Notification) -> str:
        """Post a message and return its timestamp.

        Raises:
            DeliveryError: a reason of `AMBIGUOUS` means that it may be there all the same.
        """
        message: dict[str, Any] = {
            "channel": notification.channel_id,
            **_thread(notification),
            **render(notification, self._offered),
        }
        answer = await post_message(self._client, message)
        ts = answer.get("ts")
        if not isinstance(ts, str) or not ts:
            raise DeliveryError(Reason.SERVER, detail="no ts")
        return ts

    async def edit(self, notification: Notification) -> None:
        """Show the newest revision of a posted message.

        Raises:
            DeliveryError: an edit may always be tried again.
        """
        if notification.ts is None or _is_person(notification.channel_id):
            # Slack edits only by the D… id of a direct message, which we never learn.
            raise DeliveryError(Reason.MESSAGE, detail="no address to edit")
        # The SDK has no unfurl arguments here, but hands over what it does not know.
        message: Mapping[str, Any] = render(notification, self._offered)
        await call(
            self._client.chat_update(channel=notification.channel_id, ts=notification.ts, **message)
        )

    async def find(self, notification: Notification) -> str | None:
        """Return the timestamp of the message if the channel's history has it.

        Raises:
            DeliveryError: `SCOPE` where we are not allowed to look.
        """
        if _is_person(notification.channel_id):
            raise DeliveryError(Reason.SCOPE, detail="direct messages cannot be read")
        async for message in self._recent(notification):
            if _delivery_id(message) == notification.delivery_id:
                ts = message.get("ts")
                return ts if isinstance(ts, str) else None
        return None

    async def _recent(self, notification: Notification) -> AsyncIterator[Mapping[str, Any]]:
        """Yield what was said in the channel or thread since the message was first tried."""
        cursor: str | None = None
        for _ in range(_MAX_PAGES):
            answer = await call(self._page(notification, cursor))
            for message in _objects(answer.get("messages")):
                yield message
            metadata = answer.get("response_metadata")
            cursor = metadata.get("next_cursor") if isinstance(metadata, Mapping) else None
            if not cursor:
                return

    def _page(
        self, notification: Notification, cursor: str | None
    ) -> Awaitable[AsyncSlackResponse]:
        since = (notification.attempted_at or notification.created_at) - _CLOCK_SKEW
        arguments: dict[str, Any] = {
            "channel": notification.channel_id,
            "oldest": f"{since.timestamp():.6f}",
            "inclusive": True,
            "include_all_metadata": True,
            "limit": _PAGE,
            "cursor": cursor,
        }
        if notification.parent_ts is None:
            return self._client.conversations_history(**arguments)
        return self._client.conversations_replies(ts=notification.parent_ts, **arguments)


def _thread(notification: Notification) -> dict[str, Any]:
    """Return where a reply goes, and whether it is shown in the channel too."""
    if notification.parent_ts is None:
        return {}
    broadcast = notification.thread is Thread.BROADCAST
    return {"thread_ts": notification.parent_ts} | ({"reply_broadcast": True} if broadcast else {})


def _is_person(channel_id: str) -> bool:
    return channel_id.startswith(("U", "W"))


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _delivery_id(message: Mapping[str, Any]) -> object:
    metadata = message.get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != METADATA_TYPE:
        return None
    payload = metadata.get("event_payload")
    return payload.get("delivery_id") if isinstance(payload, Mapping) else None
