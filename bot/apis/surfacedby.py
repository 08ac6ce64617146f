"""SurfacedBy's Data API: the domains that it watches. It has no list of workspaces.

Source: https://docs.surfacedby.com/v1/api/introduction and /v1/reference/pagination
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from bot.apis.http import Vendor
from bot.apis.listing import Listing
from bot.core.bodies import text
from bot.core.events import Subject

if TYPE_CHECKING:
    from aiohttp import ClientSession

BASE_URL = "https://api.surfacedby.com/api/v1/ext"

_PATH = "/domains"


class SurfacedBy:
    """Fulfils `Catalogue`. `monotonic` tells seconds, for tests."""

    def __init__(
        self,
        api_key: str,
        base_url: str = BASE_URL,
        *,
        session: ClientSession,
        timeout_s: float = 15.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        headers = {"X-API-Key": api_key}
        self._vendor = Vendor(
            "SurfacedBy", base_url, session=session, headers=headers, timeout_s=timeout_s
        )
        # The page size is the vendor's to choose.
        self._listing = Listing(
            self._vendor, {"domain": _PATH}, {"domain": _domain}, query={}, monotonic=monotonic
        )

    async def try_key(self) -> None:
        """Look whether our key may read domains; raises `ApiError`."""
        await self._vendor.try_key(_PATH)

    @property
    def kinds(self) -> Sequence[str]:
        """Return the kinds of which there is a list."""
        return self._listing.kinds

    async def list(self, kind: str) -> Sequence[Subject]:
        """Return the domains of the account."""
        return await self._listing.list(kind)


def _domain(row: dict[str, Any]) -> Subject | None:
    """Return the domain that a row is; no page shows one, so it is read in both spellings."""
    found = text(row.get("domain_id")) or text(row.get("id"))
    name = text(row.get("domain")) or text(row.get("name"))
    return Subject(kind="domain", id=found, name=name) if found else None
