"""Every route but the hot one: Slack, health, metrics."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.metrics import CONTENT_TYPE, Metrics
from bot.web.webhooks import PREFIX

Readiness = Callable[[], Awaitable[dict[str, bool]]]


def application(
    *, webhooks: ASGIApp, slack: ASGIApp, readiness: Readiness, metrics: Metrics
) -> ASGIApp:
    """Return the application: the hot route, and Starlette for everything else."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def readyz(_: Request) -> Response:
        parts = await readiness()
        return JSONResponse(parts, 200 if all(parts.values()) else 503)

    async def metrics_page(_: Request) -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE)

    app = Starlette(
        routes=[
            Route("/slack/events", slack, methods=["POST"]),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics_page),
        ]
    )
    # A redirect would make a sender repeat its body at a place it was not told of.
    app.router.redirect_slashes = False

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        # Starlette's way to a route costs as much as all that we do for a webhook.
        webhook = scope["type"] == "http" and scope["path"].startswith(PREFIX)
        await (webhooks if webhook else app)(scope, receive, send)

    return door
