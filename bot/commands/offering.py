"""What there is to follow: things by their names, and finding one by what was typed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType
from typing import Protocol, TypeVar

from bot.commands.parse import clip
from bot.commands.register import KIND, SOURCE, Register
from bot.commands.wish import Wish
from bot.core.answers import Answer, Line, Span, answer, bold, code, line
from bot.core.errors import ApiError, CommandError
from bot.core.events import Record, Subject
from bot.core.names import Seen, fitting, looks_like_one
from bot.core.ports import Catalogue
from bot.core.ports.names import Census, Names
from bot.core.sources import Source
from bot.core.subscriptions import Subscription

T = TypeVar("T", Subscription, Wish)

MOST_LISTED = 10
_MOST_OPTIONS = 100
_PLAIN_WORD = re.compile(r"(?!AND$|OR$|NOT$)[\w.-]+")
_QUOTES = frozenset('"“”„<>')


class Option(Record):
    """A thing that can be chosen."""

    id: str
    name: str | None = None
    seen_at: datetime


class LookUp(Protocol):
    """Tells the names of one kind of thing from elsewhere than events."""

    async def __call__(self, team_id: str, *, far: bool) -> Sequence[Subject]:
        """Return what is known: `far` asks the source's API too, which may fail silently."""
        ...


class MonitorNames:
    """Names monitors by what they watch, as our memory and Parallel have it."""

    def __init__(self, register: Register) -> None:
        self._register = register

    async def __call__(self, team_id: str, *, far: bool) -> Sequence[Subject]:
        """Return every monitor of the workspace, and with `far` of the account."""
        known = await self._register.store.list(team_id)
        queries = {one.id: one.definition.query for one in known}
        if far and self._register.has_api:
            with suppress(ApiError):  # then what we remember has to do
                queries |= {one.id: one.query for one in await self._register.api.list()}
        return [Subject(kind=KIND, id=one, name=query or None) for one, query in queries.items()]


class CatalogueNames:
    """Names things of one kind by what their source lists."""

    def __init__(self, catalogue: Catalogue, kind: str) -> None:
        self._catalogue = catalogue
        self._kind = kind

    async def __call__(self, team_id: str, *, far: bool) -> Sequence[Subject]:
        """Return what the source has; nearby there is nothing but what was seen."""
        with suppress(ApiError):  # then what was seen has to do
            return await self._catalogue.list(self._kind) if far else ()
        return ()


class Offering:
    """Offers what was seen. `open_sources` are those that have a secret.

    `catalogues` are the sources' own lists, where there is a key to read them by.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        names: Names,
        *,
        open_sources: Collection[str],
        register: Register,
        catalogues: Mapping[str, Catalogue] = MappingProxyType({}),
    ) -> None:
        self._sources = sources
        self._names = names
        self._open = open_sources
        self._look_ups: dict[tuple[str, str], LookUp] = {
            (name, kind): CatalogueNames(one, kind)
            for name, one in catalogues.items()
            for kind in one.kinds
        }
        self._look_ups[SOURCE, KIND] = MonitorNames(register)

    async def options(
        self, team_id: str, source: str, kind: str, typed: str = ""
    ) -> Sequence[Option]:
        """Return what `typed` may mean, the newest first; of nothing typed, everything."""
        seen = await self._seen(team_id, source, kind, far=not typed)
        found = fitting(seen, typed) if typed else [one for one in seen if one.thing is None]
        return [
            Option(id=one.id, name=one.name, seen_at=one.seen_at) for one in found[:_MOST_OPTIONS]
        ]

    async def choose(
        self, team_id: str, source: str, subject: Subject | None, *, rest: str = ""
    ) -> Subject | None:
        """Return the one thing that the id, the name or the part in `subject` means.

        What was never seen is taken as it is if it may be an id. `rest` is what else was
        typed, for the lines to copy.

        Raises:
            CommandError: it means several, or nothing; the error lists what there is.
        """
        if subject is None or not subject.id:
            return subject
        seen = await self._seen(team_id, source, subject.kind)
        found = fitting(seen, subject.id)
        if not found:
            seen = await self._seen(team_id, source, subject.kind, far=True)
            found = fitting(seen, subject.id)
        if len(found) == 1:
            return Subject(kind=subject.kind, id=found[0].id)
        own = [one for one in seen if one.thing is None]
        if found:
            text = f"“{clip(subject.id)}” may be one of several; which?"
            raise CommandError(text, shown=_commands(found, seen, rest))
        if looks_like_one(subject.id, seen):
            return subject
        text = f"I have not seen {_a(subject.kind)} of that name. There are:"
        raise CommandError(text, shown=_commands(own, seen, rest))

    async def shown(self, team_id: str, ones: Sequence[T]) -> list[T]:
        """Return subscriptions or wishes with the names of their subjects, to be read."""
        for source, kind in {
            (one.source, one.subject.kind) for one in ones if one.subject and one.subject.id
        } & self._look_ups.keys():
            await self._look(team_id, source, kind, far=False)
        return [await self._named(one) for one in ones]

    async def list_sources(self) -> Answer:
        """Return each source that is open, its kinds, and how many of each were seen."""
        census = {(one.source, one.kind): one for one in await self._names.census()}
        lines: list[Line | str] = []
        for name in sorted(self._open):
            lines += _described(self._sources[name], census)
        closed = [one.title for name, one in self._sources.items() if name not in self._open]
        if closed:
            lines.append(f"Closed, because no secret is set: {', '.join(closed)}.")
        return answer(*lines)

    async def _named(self, one: T) -> T:
        if one.subject is None or not one.subject.id:
            return one
        (subject,) = await self._names.named(one.source, [one.subject])
        return one.model_copy(update={"subject": subject})

    async def _seen(
        self, team_id: str, source: str, kind: str, *, far: bool = False
    ) -> Sequence[Seen]:
        if (source, kind) in self._look_ups:
            await self._look(team_id, source, kind, far=far)
        return await self._names.seen(source, kind)

    async def _look(self, team_id: str, source: str, kind: str, *, far: bool) -> None:
        await self._names.learn(source, await self._look_ups[source, kind](team_id, far=far))


def _commands(found: Sequence[Seen], seen: Sequence[Seen], rest: str) -> tuple[str, ...]:
    """Return lines to copy, by name where that is enough to tell the thing by."""
    names = [(one.name or "").casefold() for one in seen if one.thing is None]
    return tuple(
        f"/alerts subscribe {one.source} {one.kind} {_typed(one, names)}{rest}"
        for one in found[:MOST_LISTED]
    )


def _typed(one: Seen, names: Sequence[str]) -> str:
    name = one.name or ""
    known = names.count(name.casefold()) == 1 and _QUOTES.isdisjoint(name)
    word = name if name and known else one.id
    # In quotes it is no filter and no operator, whatever somebody called it.
    return word if _PLAIN_WORD.fullmatch(word) else f'"{word}"'


def _described(source: Source, census: Mapping[tuple[str, str], Census]) -> Iterable[Line]:
    found = [census.get((source.name, kind)) for kind in source.kinds]
    yield line(bold(source.title), ": ", code(f"/alerts subscribe {source.name}"))
    for one in found:
        if one is not None:
            yield line(f"{one.kind}: {one.count:,} seen, the newest ", *_newest(one), bullet=True)
    nothing = [kind for kind in source.kinds if (source.name, kind) not in census]
    if nothing:
        yield line(f"nothing seen yet of: {', '.join(nothing)}", bullet=True)


def _newest(one: Census) -> Iterable[str | Span]:
    for place, thing in enumerate(one.newest):
        yield ", " if place else ""
        yield bold(thing.name) if thing.name else code(clip(thing.id))


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
