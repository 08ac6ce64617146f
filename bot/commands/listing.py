"""`/alerts list` and `show`: what channels follow, for whom, and whether they hear of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from bot.commands.offering import Offering
from bot.commands.parse import Typed
from bot.commands.phrases import followed, heard, told
from bot.core.answers import Answer, Line, Span, answer, bold, channel, code, line, user, when
from bot.core.errors import CommandError, DeliveryError
from bot.core.ports import Directory, SubscriptionStore
from bot.core.requests import Request
from bot.core.sources import Source
from bot.core.subscriptions import Subscription
from bot.core.wording import clip

PAGE = 25
_MOST_OF_A_FILTER = 160
_PRIVATE = "a private channel"
_DIGITS = re.compile(r"[0-9]{1,6}", re.ASCII)

Names = Mapping[str, Span | str]


class Listing:
    """Lists and describes subscriptions; changes nothing."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        subscriptions: SubscriptionStore,
        directory: Directory,
        offering: Offering,
    ) -> None:
        self._sources = sources
        self._subscriptions = subscriptions
        self._directory = directory
        self._offering = offering

    async def list(self, request: Request, typed: Typed) -> Answer:
        """Return one page of what this channel, or with `all` the workspace, follows."""
        everywhere, page = _asked(typed)
        found = await self._subscriptions.list(
            request.team_id, None if everywhere else request.channel_id
        )
        if not found:
            who = "No channel of this workspace follows" if everywhere else "This channel follows"
            start = line("Start with ", code("/alerts subscribe"), ", for example.")
            return answer(f"{who} {'anything' if everywhere else 'nothing'} yet.", start)
        pages = -(-len(found) // PAGE)
        if page > pages:
            raise CommandError(f"There is no page {page}; the last one is page {pages}.")
        ones = found[(page - 1) * PAGE : page * PAGE]
        shown = await self._offering.shown(request.team_id, ones)
        names = await self._names(request, shown) if everywhere else {}
        said = await self._subscriptions.last_said(ones)
        lines = [self._line(one, names.get(one.channel_id), said.get(one.id)) for one in shown]
        return answer(*lines, *_turn(page, pages, everywhere=everywhere))

    async def show(self, request: Request, found: Subscription) -> Answer:
        """Return all that is known of one subscription."""
        (one,) = await self._offering.shown(request.team_id, [found])
        names = await self._names(request, [one])
        said = (await self._subscriptions.last_said([found])).get(one.id)
        words = (": ", code(one.words())) if one.words() else ()
        return answer(
            line(code(str(one.id)), " ", bold(followed(one, self._sources)), *words),
            line("It is heard in ", names[one.channel_id], ".", bullet=True),
            line(f"It hears {heard(one.filter)}{told(one.size, one.thread)}.", bullet=True),
            *_made(one),
            line("Its last message came at ", when(said), ".", bullet=True)
            if said
            else line("It had no message lately.", bullet=True),
            *([line(f"It is{_HELD}.", bullet=True)] if one.held else []),
        )

    def _line(self, one: Subscription, name: Span | str | None, said: datetime | None) -> Line:
        parts: list[Span | str] = [code(str(one.id)), " "]
        if name is not None:
            parts += [name, ": "]
        parts.append(followed(one, self._sources))
        if words := one.words():
            parts += [" ", code(clip(words, _MOST_OF_A_FILTER))]
        parts.append(" — ")
        if one.created_by:
            parts += ["by ", user(one.created_by), ", "]
        parts += _last(said)
        if one.held:
            parts.append(f",{_HELD}")
        return line(*parts, bullet=True)

    async def _names(self, request: Request, found: Sequence[Subscription]) -> Names:
        """Return how to name each channel without revealing a private one to strangers."""
        ids = {one.channel_id for one in found}
        public = {one for one in ids if await self._is_public(request, one)}
        member = await self._memberships(request) if ids - public else frozenset()
        known = {request.channel_id} | public | member
        return {one: channel(one) if one in known else _PRIVATE for one in ids}

    async def _is_public(self, request: Request, channel_id: str) -> bool:
        if channel_id == request.channel_id:
            return True
        try:
            seen = await self._directory.channel(request.team_id, channel_id)
        except DeliveryError:
            return False
        return seen is not None and not seen.private

    async def _memberships(self, request: Request) -> frozenset[str]:
        try:
            return await self._directory.private_channels(request.team_id, request.user_id)
        except DeliveryError:
            return frozenset()  # who cannot be asked about is told no names


_HELD = " kept back: this channel did not take our messages"


def _asked(typed: Typed) -> tuple[bool, int]:
    """Return whether all channels are meant, and which page."""
    words = list(typed.words[1:])
    everywhere = bool(words) and words[0].plain.lower() == "all"
    rest = words[1:] if everywhere else words
    if not rest:
        return everywhere, 1
    if rest[0].plain.lower() != "page":
        raise typed.wrong(rest[0], "is not expected here; type list, or list all.")
    if len(rest) == 1 or not _DIGITS.fullmatch(rest[1].plain) or not int(rest[1].plain):
        raise typed.wrong(rest[-1], "needs a number; type page 2, for example.")
    if len(rest) > 2:  # noqa: PLR2004 - the word page and its number
        raise typed.wrong(rest[2], "is not expected here.")
    return everywhere, int(rest[1].plain)


def _turn(page: int, pages: int, *, everywhere: bool) -> Iterator[Line]:
    if pages == 1:
        return
    command = f"/alerts list{' all' if everywhere else ''} page {page + 1}"
    more = ("; the next is ", code(command)) if page < pages else ()
    yield line(f"Page {page} of {pages}", *more, ".")


def _made(one: Subscription) -> Iterable[Line]:
    by = ("by ", user(one.created_by)) if one.created_by else ()
    at = (" at " if by else "at ", when(one.created_at)) if one.created_at else ()
    if by or at:
        yield line("Made ", *by, *at, ".", bullet=True)


def _last(said: datetime | None) -> Sequence[Span | str]:
    return ("last message ", when(said)) if said else ("no message lately",)
