"""Commit 1: verify, read, store; whoever calls may then answer 2xx."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from bot.core.errors import PayloadError, VerificationError
from bot.core.events import Envelope, Event, Webhook, is_counted
from bot.core.ports import Accepted, Clock, Inbox
from bot.core.sources import Source
from bot.core.verify import Defect, Headers, Key

CHALLENGE_LIMIT = 512


class Ingest:
    """Takes a webhook in. `keys` holds the keys of every configured source."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        keys: Mapping[str, Sequence[Key]],
        inbox: Inbox,
        clock: Clock,
        *,
        tolerance_s: int,
    ) -> None:
        self._sources = sources
        self._keys = keys
        self._inbox = inbox
        self._clock = clock
        self._tolerance_s = tolerance_s

    @property
    def sources(self) -> dict[str, Source]:
        """The sources that have a secret; any other is closed."""
        return {name: one for name, one in self._sources.items() if self._keys.get(name)}

    def source(self, name: str) -> Source | None:
        """Return a source that is known and has a secret."""
        return self.sources.get(name)

    async def take(self, source: Source, headers: Headers, body: bytes) -> Accepted:
        """Store a webhook that proves its origin.

        Raises:
            VerificationError: it does not; nothing was stored.
            StoreUnavailableError: it does, but the database cannot be written.
        """
        now = self._clock()
        keys = self._keys.get(source.name, ())
        if not keys:
            raise VerificationError(Defect.UNCONFIGURED)
        proof = source.scheme.verify(headers, body, keys, now=now, tolerance_s=self._tolerance_s)
        webhook = Webhook(source.name, body, now, _wanted(headers, source.id_headers))
        events, unreadable = _opened(source, webhook)
        accepted = await self._inbox.accept(webhook, proof, events, unreadable=unreadable)
        if accepted.new and not all(map(is_counted, events)):
            return _without_tests(accepted, events)
        return accepted


def _without_tests(accepted: Accepted, events: Sequence[Envelope | Event]) -> Accepted:
    """Return what became of a webhook with what a test button sent counted apart."""
    tests = min(accepted.new, sum(not is_counted(one) for one in events))
    return accepted._replace(new=accepted.new - tests, tests=tests)


def _wanted(headers: Headers, names: tuple[str, ...]) -> dict[str, str]:
    """Return the few headers that a source's reader looks at."""
    wanted = _encoded(names)
    return {name.decode(): value.decode("latin-1") for name, value in headers if name in wanted}


@lru_cache(maxsize=64)
def _encoded(names: tuple[str, ...]) -> frozenset[bytes]:
    return frozenset(name.encode() for name in ("content-type", *names))


def _opened(source: Source, webhook: Webhook) -> tuple[Sequence[Envelope | Event], str | None]:
    """Return the events, or why there are none. What proved its origin is never refused."""
    try:
        events = source.open(webhook)
    except PayloadError as error:
        return (), str(error)
    except Exception as error:
        return (), f"{type(error).__name__} in the reader of {source.name}"
    if not events:
        return (), "no event in it"
    return events, None
