"""Knows people and channels, and who we are."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import DeliveryError
from bot.core.events import Record
from bot.core.ports import Channel
from bot.core.reasons import Reason
from bot.slack.client import call

_MAX_CACHED = 1_000
_PAGE = 200
_MOST_PAGES = 20
_ADMIN = ("is_admin", "is_owner", "is_primary_owner")
_NOT_FULL = ("is_restricted", "is_ultra_restricted", "is_stranger", "deleted")

T = TypeVar("T")


class Identity(Record):
    """Who the bot is in its workspace."""

    team_id: str
    bot_user_id: str
    bot_id: str = ""


class SlackDirectory:
    """Asks conversations.info, users.info and auth.test, and remembers for a minute.

    `monotonic` is a clock in seconds. Only good news is remembered: who has just been
    refused will mend it and try again at once.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        ttl_s: float = 60.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._channels: _Cache[Channel] = _Cache(ttl_s, monotonic)
        self._full_members: _Cache[bool] = _Cache(ttl_s, monotonic)
        self._admins: _Cache[bool] = _Cache(ttl_s, monotonic)
        self._identity: Identity | None = None

    async def channel(self, team_id: str, channel_id: str) -> Channel | None:
        """Return a channel, or None if the bot cannot see it."""
        if known := self._channels.get((team_id, channel_id)):
            return known
        try:
            answer = await call(self._client.conversations_info(channel=channel_id))
        except DeliveryError as error:
            if error.detail == "channel_not_found":
                return None
            raise
        channel = _channel(channel_id, _object(answer, "channel"))
        if channel.member and not channel.archived:
            self._channels.put((team_id, channel_id), channel)
        return channel

    async def private_channels(self, team_id: str, user_id: str) -> frozenset[str]:
        """Return the ids of the private channels that a person and the bot are both in.

        It is asked each time, because who has left a channel is told its name no more.
        """
        return await self._channels_of(user_id, "private_channel")

    async def memberships(self, team_id: str, user_id: str) -> frozenset[str]:
        """Return the ids of the channels that a person is in, as far as the bot sees them."""
        return await self._channels_of(user_id, "public_channel,private_channel")

    async def _channels_of(self, user_id: str, types: str) -> frozenset[str]:
        found: set[str] = set()
        cursor = ""
        for _ in range(_MOST_PAGES):
            answer = await call(
                self._client.users_conversations(
                    user=user_id, types=types, limit=_PAGE, cursor=cursor
                )
            )
            found.update(_ids(answer.get("channels")))
            cursor = _next_cursor(answer)
            if not cursor:
                break
        return frozenset(found)

    async def may_change(self, team_id: str, user_id: str) -> bool:
        """Return False for guests and people of other workspaces.

        Without the permission to ask, everybody may.
        """
        if self._full_members.get((team_id, user_id)):
            return True
        try:
            return await self._ask_of(team_id, user_id, self._full_members)
        except DeliveryError as error:
            if error.reason in {Reason.SCOPE, Reason.NOT_FOUND}:
                return error.reason is Reason.SCOPE
            raise

    async def is_admin(self, team_id: str, user_id: str) -> bool:
        """Return whether a full member administers or owns the workspace.

        Without the permission to ask, nobody does.
        """
        if self._admins.get((team_id, user_id)):
            return True
        try:
            return await self._ask_of(team_id, user_id, self._admins)
        except DeliveryError as error:
            if error.reason in {Reason.SCOPE, Reason.NOT_FOUND}:
                return False
            raise

    async def is_bot(self, team_id: str, user_id: str) -> bool:
        """Return whether a user id is the bot's own."""
        return user_id == (await self.identity()).bot_user_id

    async def _ask_of(self, team_id: str, user_id: str, wanted: _Cache[bool]) -> bool:
        """Ask Slack about a person, remember what is good, and return what was wanted."""
        answer = await call(self._client.users_info(user=user_id))
        person = _object(answer, "user")
        key = (team_id, user_id)
        if full := _is_full_member(person, team_id):
            self._full_members.put(key, full)
        if admin := full and any(person.get(mark) is True for mark in _ADMIN):
            self._admins.put(key, admin)
        return admin if wanted is self._admins else full

    async def identity(self, *, fresh: bool = False) -> Identity:
        """Return who we are; Slack is asked once.

        Raises:
            DeliveryError: Slack did not say, or does not accept the token.
        """
        if self._identity is None or fresh:
            answer = await call(self._client.auth_test())
            team_id, bot_user_id = answer.get("team_id"), answer.get("user_id")
            if not isinstance(team_id, str) or not isinstance(bot_user_id, str):
                raise DeliveryError(Reason.SERVER, detail="auth.test without ids")
            bot_id = str(answer.get("bot_id") or "")
            self._identity = Identity(team_id=team_id, bot_user_id=bot_user_id, bot_id=bot_id)
        return self._identity

    @property
    def known_identity(self) -> Identity | None:
        """Who we are, if Slack has been asked already."""
        return self._identity


class _Cache(Generic[T]):
    """Values that are good for some seconds, by workspace and id."""

    def __init__(self, ttl_s: float, monotonic: Callable[[], float]) -> None:
        self._ttl_s = ttl_s
        self._monotonic = monotonic
        self._kept: dict[tuple[str, str], tuple[float, T]] = {}

    def get(self, key: tuple[str, str]) -> T | None:
        """Return a value that is still good."""
        until, value = self._kept.get(key, (0.0, None))
        return value if self._monotonic() < until else None

    def put(self, key: tuple[str, str], value: T) -> None:
        """Remember a value, and forget all when there are too many."""
        if len(self._kept) >= _MAX_CACHED:
            self._kept.clear()
        self._kept[key] = (self._monotonic() + self._ttl_s, value)


def _ids(channels: object) -> Iterator[str]:
    for one in channels if isinstance(channels, list) else ():
        if isinstance(one, Mapping) and isinstance(one.get("id"), str):
            yield one["id"]


def _next_cursor(answer: Mapping[str, Any]) -> str:
    more = answer.get("response_metadata")
    cursor = more.get("next_cursor") if isinstance(more, Mapping) else None
    return cursor if isinstance(cursor, str) else ""


def _object(answer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = answer.get(name)
    if not isinstance(value, Mapping):
        raise DeliveryError(Reason.SERVER, detail=f"answer without {name}")
    return value


def _channel(channel_id: str, said: Mapping[str, Any]) -> Channel:
    direct = said.get("is_im") is True
    return Channel(
        id=channel_id,
        name=str(said.get("name") or ""),
        member=direct or said.get("is_member") is True,
        private=direct or said.get("is_private") is True or said.get("is_mpim") is True,
        archived=said.get("is_archived") is True,
    )


def _is_full_member(user: Mapping[str, Any], team_id: str) -> bool:
    """Return whether a user is of this workspace and no guest.

    Source: https://docs.slack.dev/reference/objects/user-object
    """
    if any(user.get(mark) for mark in _NOT_FULL):
        return False
    company = user.get("enterprise_user")
    teams = company.get("teams") if isinstance(company, Mapping) else None
    return team_id in {user.get("team_id"), *(teams if isinstance(teams, list) else ())}
