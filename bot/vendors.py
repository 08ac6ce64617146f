"""The APIs of the sources to which there is a key, all on one session."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from aiohttp import ClientSession

from bot.apis import deck, lytics, surfacedby
from bot.apis.deck import Deck
from bot.apis.lytics import Lytics
from bot.apis.surfacedby import SurfacedBy
from bot.config import Settings
from bot.core.ports import Catalogue, DeckApi, LyticsApi

_BASE_URLS = {
    "deck": deck.BASE_URL,
    "lytics": lytics.BASE_URL,
    "surfacedby": surfacedby.BASE_URL,
}


@dataclass(frozen=True, kw_only=True)
class Vendors:
    """What can be asked of Deck, Lytics and SurfacedBy here."""

    deck: DeckApi | None = None
    lytics: LyticsApi | None = None
    catalogues: Mapping[str, Catalogue] = field(default_factory=dict)


def open_vendors(
    settings: Settings, session: ClientSession, *, monotonic: Callable[[], float]
) -> Vendors:
    """Return the APIs that can be called; each calls only its own base URL."""
    for_deck, for_lytics, for_surfacedby = (key(settings, name) for name in _BASE_URLS)
    answering = Deck(*for_deck, session=session, monotonic=monotonic) if for_deck else None
    catalogues: dict[str, Catalogue] = {"deck": answering} if answering else {}
    if for_surfacedby:
        catalogues["surfacedby"] = SurfacedBy(*for_surfacedby, session=session, monotonic=monotonic)
    return Vendors(
        deck=answering,
        lytics=Lytics(*for_lytics, session=session) if for_lytics else None,
        catalogues=catalogues,
    )


def offered(settings: Settings) -> Iterator[str]:
    """Yield the names of what can be done from an alert by these APIs."""
    if key(settings, "deck"):
        yield "deck.answer"
    if key(settings, "lytics"):
        yield from ("lytics.resume", "lytics.logs")


def key(settings: Settings, name: str) -> tuple[str, str] | None:
    """Return the API key of a source and its base URL, None without a key.

    Raises:
        ConfigError: what is set for the source cannot be used.
    """
    own = settings.source(name)
    if own.api_key is None:
        return None
    return own.api_key.get_secret_value(), own.base_url or _BASE_URLS[name]
