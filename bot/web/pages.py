"""Every route but the hot one: Slack, health, metrics."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.core.sources import Source
from bot.metrics import CONTENT_TYPE, Metrics

Readiness = Callable[[], Awaitable[dict[str, str | None]]]
"""Tells of each part why it is not able to work; None where it is."""


def pages(
    *,
    slack: ASGIApp,
    readiness: Readiness,
    metrics: Metrics,
    sources: Sequence[Source],
) -> ASGIApp:
    """Return the application behind all other paths; `sources` are those that are open."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def readyz(_: Request) -> Response:
        parts = await readiness()
        page: dict[str, object] = {name: reason is None for name, reason in parts.items()}
        if reasons := [reason for reason in parts.values() if reason is not None]:
            return JSONResponse({**page, "reason": "; ".join(reasons)}, 503)
        return JSONResponse(page)

    async def metrics_page(_: Request) -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE)

    async def openapi(_: Request) -> Response:
        from bot.web.openapi import document

        return JSONResponse(document(sources))

    app = Starlette(
        routes=[
            Route("/slack/events", slack, methods=["POST"]),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics_page),
            Route("/openapi.json", openapi),
        ]
    )
    # A redirect would make a sender repeat its body at a place it was not told of.
    app.router.redirect_slashes = False
    return app
