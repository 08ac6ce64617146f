"""Deck's API, version 2: what runs ask, the answers, and what there is to follow.

Every call is live, there is no sandbox; nothing is ever repeated here.
Source: https://docs.deck.co/api-reference and /api/idempotency
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.apis.deck_models import RunRow
from bot.apis.http import Vendor
from bot.apis.listing import Listing
from bot.apis.paths import checked
from bot.core.bodies import text
from bot.core.errors import ApiError
from bot.core.events import Subject
from bot.core.prompts import Prompt

if TYPE_CHECKING:
    from aiohttp import ClientSession

BASE_URL = "https://api.deck.co/v2"

_PATHS = {"agent": "/agents", "source": "/sources", "task": "/tasks"}
_PAGE = {"limit": "100"}
_MOST_NAMES = 1_000


class Deck:
    """Fulfils `DeckApi`. `monotonic` tells seconds, for tests."""

    def __init__(
        self,
        api_key: str,
        base_url: str = BASE_URL,
        *,
        session: ClientSession,
        timeout_s: float = 15.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        headers = {"Authorization": f"Bearer {api_key}"}
        self._vendor = Vendor(
            "Deck", base_url, session=session, headers=headers, timeout_s=timeout_s
        )
        reads = {kind: _reader(kind) for kind in _PATHS}
        self._listing = Listing(self._vendor, _PATHS, reads, query=_PAGE, monotonic=monotonic)
        self._agents: dict[str, str] = {}

    async def try_key(self) -> None:
        """Ask whether our key is good; raises `ApiError`."""
        await self._vendor.try_key("/test")

    @property
    def kinds(self) -> Sequence[str]:
        """Return the kinds of which there is a list."""
        return self._listing.kinds

    async def list(self, kind: str) -> Sequence[Subject]:
        """Return the agents, sources or tasks of the organization."""
        return await self._listing.list(kind)

    async def prompt(self, run_id: str) -> Prompt:
        """Return a run and what it asks now."""
        row = RunRow.model_validate(
            await self._vendor.get(f"/task-runs/{checked('a run of Deck', run_id)}")
        )
        if row.id != run_id or not row.status:
            raise self._vendor.unreadable()
        return row.prompt()

    async def agent(self, agent_id: str) -> str:
        """Return the name of an agent, or its id if it has none or cannot be asked for."""
        if agent_id in self._agents:
            return self._agents[agent_id]
        try:
            found = await self._vendor.get(f"/agents/{checked('an agent of Deck', agent_id)}")
        except ApiError:
            return agent_id
        if len(self._agents) >= _MOST_NAMES:
            self._agents.clear()
        return self._agents.setdefault(agent_id, text(found.get("name")) or agent_id)

    async def answer(self, run_id: str, values: Mapping[str, str | bool], *, key: str) -> None:
        """Answer what a run asks; to Deck the same `key` is the same answer.

        What Deck says about a refusal is not told, as it may repeat what was answered.
        """
        path = f"/task-runs/{checked('a run of Deck', run_id)}/interaction"
        headers = {"Idempotency-Key": key}
        try:
            await self._vendor.post(path, {"input": dict(values)}, headers=headers, secret=True)
        except ApiError as error:
            error.field = _field(error.field, values)
            raise


def _field(named: str | None, values: Mapping[str, object]) -> str | None:
    """Return the name of the value that is at fault, `input.code` or `code`, if it is ours."""
    name = (named or "").removeprefix("input.")
    return name if name in values else None


def _reader(kind: str) -> Callable[[dict[str, Any]], Subject | None]:
    def read(row: dict[str, Any]) -> Subject | None:
        found = text(row.get("id"))
        return Subject(kind=kind, id=found, name=text(row.get("name"))) if found else None

    return read
