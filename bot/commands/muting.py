"""Quiet for a while: about one thing, one subscription, or everything in a channel."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.commands.following import Following
from bot.commands.mute_words import Aim, ended, muted, target
from bot.commands.parse import Typed, Word
from bot.commands.register import KIND, SOURCE, Register
from bot.core.answers import Answer, answer
from bot.core.errors import CommandError
from bot.core.mutes import Mute
from bot.core.ports import Clock
from bot.core.ports.everything import Memory
from bot.core.requests import Request
from bot.core.sources import Source

_SOURCE_KIND_ID = 3
_NUMBER = re.compile(r"#?([0-9]{1,18})")


class Muting:
    """Keeps channels quiet until a moment, and says once when that is over."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        memory: Memory,
        *,
        following: Following,
        register: Register,
        clock: Clock,
    ) -> None:
        self.sources = sources
        self._mutes = memory.mutes
        self._subscriptions = memory.subscriptions
        self._following = following
        self._register = register
        self._clock = clock

    async def mute(self, request: Request, typed: Typed) -> Answer:
        """Answer `/alerts mute [ID | monitor | SOURCE KIND ID | all] 2h`."""
        await self._following.check_person(request)
        words, length = target(typed)
        aim = await self._aim(request, typed, words)
        made = await self.put(request, aim, request.received_at + length)
        return muted(made, self.sources)

    async def unmute(self, request: Request, typed: Typed) -> Answer:
        """Answer `/alerts unmute [ID | monitor | SOURCE KIND ID | all]`."""
        await self._following.check_person(request)
        found = await self.now(request)
        words = [word for word in typed.words[1:] if word.plain.lower() != "all"]
        if words:
            aim = await self._aim(request, typed, words)
            found = [one for one in found if Aim.of(one) == aim]
        if not found:
            return answer("Nothing of that is muted here." if words else "Nothing is muted here.")
        return answer(*[await self.end(one) for one in found])

    async def find(self, request: Request, mute_id: int) -> Mute | None:
        """Return a mute of the workspace by our number of it."""
        return await self._mutes.get(request.team_id, mute_id)

    async def now(self, request: Request) -> Sequence[Mute]:
        """Return what is muted in the channel at this moment."""
        return await self._mutes.list(request.team_id, request.channel_id, self._clock())

    async def put(self, request: Request, aim: Aim, until: datetime) -> Mute:
        """Mute something in the channel until a moment, whatever it was before."""
        return await self._mutes.put(
            Mute(
                team_id=request.team_id,
                channel_id=request.channel_id,
                subscription_id=aim.subscription_id,
                source=aim.source,
                subject=aim.subject,
                until=until,
                by=request.user_id,
                at=self._clock(),
            )
        )

    async def end(self, mute: Mute) -> str:
        """End a mute before its time and return what to say to who asked for it."""
        kept = await self._mutes.kept_quiet(mute.id)
        await self._mutes.remove(mute.id, None, self._clock())
        notice = ended(mute, kept, self.sources).alert
        return f"{notice.title}. {notice.text}"

    async def end_due(self) -> int:
        """End what is over, say so once in its channel, and return how much that was.

        Raises:
            StoreUnavailableError: to be done again later.
        """
        now = self._clock()
        due = await self._mutes.ended(now)
        for mute, kept in due:
            await self._mutes.remove(mute.id, ended(mute, kept, self.sources), now)
        return len(due)

    async def _aim(self, request: Request, typed: Typed, words: Sequence[Word]) -> Aim:
        """Return what some words are about; none are about everything."""
        if not words:
            return Aim()
        if len(words) == _SOURCE_KIND_ID:
            source, kind, subject_id = (word.plain for word in words)
            known = self.sources.get(source.lower())
            if known is None or kind.lower() not in known.kinds:
                raise typed.wrong(words[0], "is no source that has such a thing.")
            return Aim.about(known.name, kind.lower(), subject_id)
        if len(words) > 1:
            raise typed.wrong(words[1], "is one word too many.")
        if number := _NUMBER.fullmatch(words[0].plain):
            return await self._subscription(request, int(number[1]))
        return Aim.about(SOURCE, KIND, await self._register.resolve(request, typed, words[0]))

    async def _subscription(self, request: Request, number: int) -> Aim:
        found = await self._subscriptions.get(request.team_id, number)
        if found is None or found.channel_id != request.channel_id:
            raise CommandError(f"This channel has no subscription {number}; see /alerts list.")
        return Aim(subscription_id=number)
