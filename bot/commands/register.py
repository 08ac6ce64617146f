"""What we and the API know of monitors, together."""

from __future__ import annotations

import re

from bot.commands.parse import Typed, Word
from bot.commands.sighting import Sighting
from bot.core.errors import ApiError, CommandError
from bot.core.monitors import KnownMonitor, Monitor, Origin
from bot.core.ports import MonitorApi, MonitorStore, SubscriptionStore
from bot.core.ports.names import Names
from bot.core.reasons import Reason
from bot.core.requests import Request
from bot.core.subscriptions import Subscription

SOURCE = "parallel"
KIND = "monitor"

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{1,30}")
_USER = re.compile(r"[UW][A-Z0-9]{1,30}")
_PREFIX = "monitor_"
_LEAST_LETTERS = 4
_MOST_CHOICES = 5


class Register:
    """Finds monitors by what people type of their ids, and tells what is known."""

    def __init__(
        self,
        store: MonitorStore,
        subscriptions: SubscriptionStore,
        names: Names,
        api: MonitorApi | None,
    ) -> None:
        self.store = store
        self.names = names
        self._subscriptions = subscriptions
        self._api = api

    @property
    def has_api(self) -> bool:
        """Return whether the API can be asked."""
        return self._api is not None

    @property
    def api(self) -> MonitorApi:
        """Return the API; raises `CommandError` when no key is configured."""
        if self._api is None:
            raise CommandError(
                "This needs Parallel's API, and PARALLEL_API_KEY is not set; "
                "ask whoever runs Tocsin to set it."
            )
        return self._api

    async def resolve(self, request: Request, typed: Typed, word: Word | None) -> str:
        """Return the one monitor id that a word means: all of it, its start or its end.

        Raises:
            CommandError: it means none, or several.
        """
        if word is None:
            raise CommandError(f"Which monitor? Type its id after {typed.name} {typed.verb}.")
        wanted = word.plain
        if not _ID.fullmatch(wanted):
            raise typed.wrong(word, "is not the id of a monitor; see /monitors list.")
        ids = await self._local_ids(request.team_id)
        if wanted not in ids and self._api is not None:
            ids |= await self._listed_ids(needed=not _fitting(wanted, ids))
        fitting = _fitting(wanted, ids)
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            choice = ", ".join(fitting[:_MOST_CHOICES])
            raise typed.wrong(word, f"fits several monitors; type more of the id: {choice}.")
        if not await self._exists(wanted):
            raise typed.wrong(word, "is no monitor that I know; see /monitors list all.")
        return wanted

    async def look(self, request: Request, monitor_id: str, *, needed: bool = True) -> Sighting:
        """Return what is known of a monitor now.

        `needed` says that the API must have answered: `CommandError` without a key,
        `ApiError` when it fails. What another workspace made is refused.
        """
        known = await self.store.get(monitor_id)
        _check_own(request, known)
        if self._api is None and not needed:
            return Sighting(id=monitor_id, known=known)
        try:
            live = await self.api.show(monitor_id)
        except ApiError as error:
            gone = error.reason is Reason.NOT_FOUND
            if needed and not gone:
                raise
            return Sighting(id=monitor_id, known=known, gone=gone)
        _check_own(request, live.origin)
        known = known or await self.remember(request, live)
        return Sighting(id=monitor_id, known=known, live=live)

    async def remember(self, request: Request, live: Monitor) -> KnownMonitor | None:
        """Remember a monitor that carries our mark and that our database has lost.

        Whoever has the API key can write such a mark, so it must look like ours and be
        of this workspace; and it decides only who made it, never who hears it.
        """
        origin = live.origin
        if not live.active or origin is None or origin.team_id != request.team_id:
            return None
        if not _CHANNEL.fullmatch(origin.channel_id) or not _USER.fullmatch(origin.user_id):
            return None
        found = KnownMonitor(
            id=live.id,
            team_id=origin.team_id,
            channel_id=origin.channel_id,
            definition=live.definition,
            created_by=origin.user_id,
            created_at=live.created_at,
        )
        await self.store.save(found)
        return found

    async def _local_ids(self, team_id: str) -> set[str]:
        """Return the ids that were made or paused through us, or that a channel follows."""
        known = {one.id for one in await self.store.list(team_id)}
        followed = map(followed_id, await self._subscriptions.list(team_id))
        return known | {one for one in followed if one is not None}

    async def _listed_ids(self, *, needed: bool) -> set[str]:
        try:
            return {one.id for one in await self.api.list()}
        except ApiError:
            if needed:
                raise
            return set()

    async def _exists(self, monitor_id: str) -> bool:
        """Return whether the API has it; a list of active monitors has no cancelled ones."""
        if self._api is None or not monitor_id.startswith(_PREFIX):
            return False
        try:
            await self._api.show(monitor_id)
        except ApiError as error:
            if error.reason in {Reason.NOT_FOUND, Reason.INVALID}:
                return False
            raise
        return True


def followed_id(subscription: Subscription) -> str | None:
    """Return the id of the one monitor that a subscription follows, if it does."""
    subject = subscription.subject
    if subscription.source != SOURCE or subject is None or subject.kind != KIND:
        return None
    return subject.id or None


def _check_own(request: Request, made: KnownMonitor | Origin | None) -> None:
    if made is not None and made.team_id != request.team_id:
        raise CommandError("That monitor belongs to another workspace.")


def _fitting(wanted: str, ids: set[str]) -> list[str]:
    """Return the ids that a word means, in order; the whole id means only itself."""
    if wanted in ids:
        return [wanted]
    if len(wanted) < _LEAST_LETTERS or _PREFIX.startswith(wanted):
        return []
    return sorted(
        one for one in ids if one.startswith((wanted, _PREFIX + wanted)) or one.endswith(wanted)
    )
