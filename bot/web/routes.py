"""The first fork: webhooks to the left, everything else to the right."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from bot.web.webhooks import PREFIX

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


def application(*, webhooks: ASGIApp, pages: Callable[[], ASGIApp]) -> ASGIApp:
    """Return the application: the hot route, and `pages`, made when first asked for.

    Starlette's way to a route costs as much as all that we do for a webhook, and its
    import would keep the first one waiting.
    """
    others = cache(pages)

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        webhook = scope["type"] == "http" and scope["path"].startswith(PREFIX)
        await (webhooks if webhook else others())(scope, receive, send)

    return door
