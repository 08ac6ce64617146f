"""The Home tab: a person's channels and how they fare, and the web monitors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from bot.commands.deeds import Deeds
from bot.commands.following import Following
from bot.commands.home_parts import (
    channel_part,
    failure_parts,
    monitor_parts,
    mute_part,
    opening_part,
    subscription_part,
)
from bot.commands.offering import Offering
from bot.commands.register import Register
from bot.commands.showing import Showing
from bot.core.answers import Answer, answer, channel, code, line
from bot.core.errors import CommandError
from bot.core.forms import Home, Part
from bot.core.mutes import Mute
from bot.core.ports import Clock, Directory
from bot.core.ports.everything import Memory
from bot.core.requests import Request
from bot.core.sources import Source
from bot.core.subscriptions import Subscription

OPENED = "app_home_opened"
RELEASE = "channel.release"
# All of them with all their buttons stay below the 100 blocks that Slack shows.
_MOST_CHANNELS = 10
_MOST_SUBSCRIPTIONS = 12
_MOST_MUTES = 4


class HomePage:
    """Puts together what a person sees of us alone: only channels they are in."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        memory: Memory,
        *,
        directory: Directory,
        following: Following,
        offering: Offering,
        register: Register,
        showing: Showing,
        clock: Clock,
    ) -> None:
        self._sources = sources
        self._memory = memory
        self._directory = directory
        self._following = following
        self._offering = offering
        self._register = register
        self._showing = showing
        self._clock = clock

    def deeds(self) -> Deeds:
        """Return what can be done about channels from here."""
        return Deeds(presses={RELEASE: self._release})

    async def show(self, request: Request, notice: Answer | None = None) -> Home:
        """Return the tab as it is now, under what there is to say first.

        Raises:
            DeliveryError: Slack did not say which channels the person is in.
        """
        mine = await self._directory.memberships(request.team_id, request.user_id)
        found = [
            one
            for one in await self._memory.subscriptions.list(request.team_id)
            if one.channel_id in mine
        ]
        named = await self._offering.shown(request.team_id, found)
        parts = [opening_part(makes_monitors=self._register.has_api)]
        if notice is not None and notice.lines:
            parts.insert(0, Part(lines=notice.lines, buttons=notice.buttons))
        parts += [part async for part in self._channels(request, named)]
        parts += await self._monitors(request)
        return Home(parts=tuple(parts))

    async def refresh(self, request: Request) -> None:
        """Have the person's tab drawn anew, as if they had opened it.

        Raises:
            StoreUnavailableError: the wish could not be written down.
        """
        await self._memory.requests.accept(
            Request(
                id=f"{request.id}-home",
                kind="event",
                name=OPENED,
                team_id=request.team_id,
                user_id=request.user_id,
                payload={"tab": "home"},
                received_at=self._clock(),
            )
        )

    async def _channels(
        self, request: Request, found: Sequence[Subscription]
    ) -> AsyncIterator[Part]:
        """Yield the channels that hear something, and what was given up there."""
        ids = sorted({one.channel_id for one in found})
        if not ids:
            yield Part(heading="Channels", lines=(_NOTHING,), divided=True)
            return
        yield Part(heading="Channels", divided=True)
        health = await self._memory.health.of(request.team_id, ids[:_MOST_CHANNELS], self._clock())
        room = _MOST_SUBSCRIPTIONS
        for each in health:
            ones = [one for one in found if one.channel_id == each.channel_id]
            yield channel_part(each, ones[room:], self._sources, release=RELEASE)
            for one in ones[:room]:
                yield subscription_part(one, self._sources)
            room = max(0, room - len(ones))
        if len(ids) > _MOST_CHANNELS:
            more = line(f"… and {len(ids) - _MOST_CHANNELS} more: ", code("/alerts list all"))
            yield Part(lines=(more,))
        for mute in (await self._mutes(request, ids[:_MOST_CHANNELS]))[:_MOST_MUTES]:
            yield mute_part(mute, self._sources)
        for part in failure_parts(health):
            yield part

    async def _mutes(self, request: Request, ids: Sequence[str]) -> list[Mute]:
        now = self._clock()
        return [
            mute for one in ids for mute in await self._memory.mutes.list(request.team_id, one, now)
        ]

    async def _monitors(self, request: Request) -> Sequence[Part]:
        seen, trouble = await self._showing.everything(request)
        return monitor_parts(seen, trouble, offers=self._register.has_api)

    async def _release(self, request: Request) -> Answer:
        """Let a channel that did not take our messages be spoken to again."""
        await self._following.check_person(request)
        mine = await self._directory.memberships(request.team_id, request.user_id)
        if request.text not in mine:
            raise CommandError("You are not in that channel any more.")
        count = await self._memory.outbox.release_channel(request.team_id, request.text)
        waited = "Nothing waited" if not count else f"{count} waiting messages go out now"
        return answer(line(f"{waited} in ", channel(request.text), "."))


_NOTHING = line(
    "No channel that you are in hears anything yet. Subscribe one, or type ",
    code("/alerts subscribe"), " in it.",
)  # fmt: skip
