"""Every way a call to Deck, Lytics or SurfacedBy can fail has a reason and one sentence."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientSession, web

from bot.apis.deck import Deck
from bot.apis.http import MOST_BYTES
from bot.core.errors import ApiError
from bot.core.reasons import AMBIGUOUS, Reason
from bot.playground.deck import DeckSim
from bot.playground.faults import (
    CloseWithoutAnswer,
    ErrorBody,
    Fault,
    GzipBomb,
    HalfBody,
    Hang,
    RateLimited,
    Reset,
    ServerError,
    Text200,
    WrongType,
)
from bot.playground.loopback import LoopbackServer, hang_up
from bot.playground.lytics import LyticsSim
from bot.playground.rest import RestSim
from tests.apis.vendors import SURFACEDBY_KEY, SurfacedBySim, deck, lytics, surfacedby

Call = Callable[[Any, ClientSession], Awaitable[object]]


def _body(message: str) -> dict[str, Any]:
    """Return an error as all three might write it."""
    return {"errors": [{"message": message}], "message": message, "request_id": "req_1"}


LONG = "x" * (10 * 1024 * 1024)
CASES: list[tuple[Fault, Reason]] = [
    (ErrorBody(400, _body("no")), Reason.INVALID),
    (ErrorBody(401, _body("no")), Reason.INSTALLATION),
    (ErrorBody(402, _body("no")), Reason.PAYMENT),
    (ErrorBody(403, _body("no")), Reason.INSTALLATION),
    (ErrorBody(404, _body("no")), Reason.NOT_FOUND),
    (ErrorBody(408, _body("no")), Reason.TIMEOUT),
    (ErrorBody(409, _body("no")), Reason.INVALID),
    (ErrorBody(410, _body("no")), Reason.NOT_FOUND),
    (ErrorBody(422, _body("no")), Reason.INVALID),
    (ErrorBody(422, LONG), Reason.INVALID),
    (RateLimited("7"), Reason.RATE_LIMITED),
    (RateLimited("7", html=True), Reason.RATE_LIMITED),
    (ErrorBody(302, None), Reason.SERVER),
    (ServerError(500), Reason.SERVER),
    (ServerError(502, "html"), Reason.SERVER),
    (ServerError(503, "text"), Reason.SERVER),
    (ServerError(504, "empty"), Reason.SERVER),
    (Text200(), Reason.SERVER),
    (Text200("<html><body>Log in first</body></html>"), Reason.SERVER),
    (Text200(LONG), Reason.SERVER),
    (WrongType([]), Reason.SERVER),
    (WrongType(None), Reason.SERVER),
    (WrongType({"data": LONG}), Reason.SERVER),
    (GzipBomb(1 << 25), Reason.SERVER),
    (HalfBody(), Reason.DISCONNECTED),
    (Reset(), Reason.DISCONNECTED),
    (CloseWithoutAnswer(), Reason.DISCONNECTED),
    (Hang(), Reason.TIMEOUT),
]
CALLS: dict[str, tuple[Callable[[], RestSim], Call]] = {
    "deck-read": (DeckSim, lambda sim, session: deck(sim, session).prompt("trun_1")),
    "deck-list": (DeckSim, lambda sim, session: deck(sim, session).list("agent")),
    "deck-answer": (
        DeckSim,
        lambda sim, session: deck(sim, session).answer("trun_1", {"code": "1"}, key="k"),
    ),
    "lytics-read": (LyticsSim, lambda sim, session: lytics(sim, session).job("j1")),
    "lytics-logs": (LyticsSim, lambda sim, session: lytics(sim, session).logs("j1", most=9)),
    "lytics-resume": (LyticsSim, lambda sim, session: lytics(sim, session).resume("j1")),
    "surfacedby": (SurfacedBySim, lambda sim, session: surfacedby(sim, session).list("domain")),
}


WRITES = {"deck-answer", "lytics-resume"}
"""Calls that must reach a vendor once at most; the client asks again for others by itself."""


def _short(value: object) -> str | None:
    return str(value)[:60] if isinstance(value, Fault) else None


@pytest.mark.parametrize(("fault", "reason"), CASES, ids=_short)
@pytest.mark.parametrize("name", CALLS)
async def test_one_call_one_reason_one_sentence(name: str, fault: Fault, reason: Reason) -> None:
    """Each failure is told in one short sentence without a key, and nothing is repeated."""
    make, call = CALLS[name]
    async with make() as sim, ClientSession() as session:
        sim.fail_always("*", fault)

        with pytest.raises(ApiError) as caught:
            async with asyncio.timeout(5):
                await call(sim, session)

    error = caught.value
    ambiguous = error.reason in AMBIGUOUS
    assert error.reason is reason, error.text
    assert ambiguous or not isinstance(fault, Reset | Hang | HalfBody | ServerError)
    assert len(sim.calls) == 1 or (
        name not in WRITES and isinstance(fault, CloseWithoutAnswer | Reset)
    )
    assert error.text.endswith(".")
    assert error.text.count("\n") == 0
    assert len(error.text) < 500
    assert "<" not in error.text
    # A cause or a context would bring the request into a traceback, with its headers.
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    keys = (SURFACEDBY_KEY, DeckSim().api_key, LyticsSim().api_key)
    assert not any(key in f"{error.text} {error.ref_id} {error.__cause__!r}" for key in keys)


async def test_words_reference_and_seconds_are_told() -> None:
    """The vendor's words, its reference and its wish to wait reach the one who asks."""
    async with DeckSim() as sim, ClientSession() as session:
        sim.fail("retrieve_run", ErrorBody(422, _body("Odd\n run.")), RateLimited("7"))

        with pytest.raises(ApiError) as refused:
            await deck(sim, session).prompt("trun_1")
        with pytest.raises(ApiError) as slowed:
            await deck(sim, session).prompt("trun_1")

    assert (refused.value.text, refused.value.ref_id) == ("Deck refuses this: Odd run.", "req_1")
    assert slowed.value.retry_after_s == 7


@pytest.mark.parametrize("reference", ["a b", "x" * 81, "<b>", "", 5, None])
async def test_odd_references_are_left_out(reference: Any) -> None:
    """A reference is a plain word or it is not told."""
    async with DeckSim() as sim, ClientSession() as session:
        sim.fail("retrieve_run", ErrorBody(422, {"request_id": reference}))

        with pytest.raises(ApiError) as caught:
            await deck(sim, session).prompt("trun_1")

    assert caught.value.ref_id is None


async def test_a_vendor_that_is_not_there() -> None:
    """A refused connection says surely: nothing was done."""
    sim = DeckSim()
    async with sim:
        pass
    async with ClientSession() as session:
        with pytest.raises(ApiError) as caught:
            await deck(sim, session).answer("trun_1", {"code": "1"}, key="k")

    assert caught.value.reason is Reason.UNREACHABLE
    assert caught.value.text == "Deck cannot be reached."


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(status: int) -> None:
    """Neither the key nor an answer goes to another host, whoever asks for it."""
    async with DeckSim() as other, ClientSession() as session:

        async def elsewhere(request: web.Request) -> web.Response:
            return web.Response(status=status, headers={"Location": other.base_url + "/agents"})

        server = LoopbackServer([web.route("*", "/{path:.*}", elsewhere)], 0)
        await server.start()
        api = _at(server.url, session)
        with pytest.raises(ApiError) as reading:
            await api.prompt("trun_1")
        with pytest.raises(ApiError) as answering:
            await api.answer("trun_1", {"code": "1"}, key="k")
        await server.stop()

    assert other.calls == []
    assert {reading.value.reason, answering.value.reason} == {Reason.SERVER}
    assert "elsewhere" in reading.value.text


async def test_an_endless_body_is_not_read_to_its_end() -> None:
    """After two MiB we hang up, so that nobody can fill the memory."""
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while sent < MOST_BYTES * 100:
                await response.write(b" " * 65_536)
                sent += 65_536
        except ConnectionError:
            pass
        hang_up(request, reset=False)
        return response

    server = LoopbackServer([web.route("*", "/{path:.*}", endless)], 0)
    await server.start()
    async with ClientSession() as session:
        with pytest.raises(ApiError) as caught:
            await _at(server.url, session).prompt("trun_1")
    await server.stop()

    assert caught.value.reason is Reason.SERVER
    assert sent < MOST_BYTES * 10


def _at(url: str, session: ClientSession) -> Deck:
    return Deck("sk_live_1", url, session=session, timeout_s=5)
