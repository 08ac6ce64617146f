"""Clients of the simulated Deck, Lytics and SurfacedBy."""

from typing import Any

from aiohttp import ClientSession
from typing_extensions import override

from bot.apis.deck import Deck
from bot.apis.lytics import Lytics
from bot.apis.surfacedby import SurfacedBy
from bot.playground.deck import DeckSim
from bot.playground.lytics import LyticsSim
from bot.playground.parallel.answers import Answer, document
from bot.playground.rest import RestCall, RestSim

SURFACEDBY_KEY = "sk_test_surfacedby"


class SurfacedBySim(RestSim):
    """The list of domains, two a page."""

    def __init__(self) -> None:
        super().__init__([("list_domains", "GET", "/domains")], prefix="/api/v1/ext")
        self.domains: list[dict[str, Any]] = []

    @override
    def carry_out(self, call: RestCall) -> Answer:
        """Answer a page, errors as RFC 9457 writes them."""
        if call.headers.get("x-api-key") != SURFACEDBY_KEY:
            return document(401, {"type": "about:blank", "title": "Unauthorized", "status": 401})
        first = int(call.query.get("cursor", ["0"])[0])
        more = first + 2 < len(self.domains)
        page = {"data": self.domains[first : first + 2]}
        return document(200, {**page, "next_cursor": str(first + 2) if more else None})


def deck(sim: DeckSim, session: ClientSession, **more: Any) -> Deck:
    """Return a client with little patience."""
    return Deck(sim.api_key, sim.base_url, session=session, **{"timeout_s": 2, **more})


def lytics(sim: LyticsSim, session: ClientSession, **more: Any) -> Lytics:
    """Return a client with little patience."""
    return Lytics(sim.api_key, sim.base_url, session=session, **{"timeout_s": 2, **more})


def surfacedby(sim: SurfacedBySim, session: ClientSession, **more: Any) -> SurfacedBy:
    """Return a client with little patience."""
    return SurfacedBy(SURFACEDBY_KEY, sim.base_url, session=session, **{"timeout_s": 2, **more})
