"""`GET /readyz`: a disk that is full is not one that can be written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from bot.playground.stage import Stage
from bot.store.database import migrate
from tests.system.test_disk import full


async def readiness(stage: Stage) -> tuple[int, dict[str, Any]]:
    """Return the status and the page."""
    async with ClientSession() as session, session.get(f"{stage.bot.url}/readyz") as page:
        return page.status, await page.json()


async def test_a_full_disk_is_not_ready(tmp_path: Path) -> None:
    """D3: 503 with the reason while no page can be written, and ready as soon as one can."""
    async with Stage(tmp_path, starts=False) as stage:
        migrate(stage.database)
        await stage.bot.start(wait_for="/healthz")
        with full(stage.bot.pid):
            status, page = await readiness(stage)
            assert (status, page["database"]) == (503, False)
            assert page["reason"].startswith("the database cannot be written: ")
        while (answer := await readiness(stage))[0] != 200:
            assert answer[1]["database"] is True

        assert answer[1] == {"database": True, "workers": True, "slack": True}


async def test_what_is_not_ready_is_named(tmp_path: Path) -> None:
    """Slack does not know the token: that is the reason, and the only one."""
    async with Stage(tmp_path, starts=False, settings={"SLACK_BOT_TOKEN": "xoxb-wrong"}) as stage:
        await stage.bot.start(wait_for="/healthz")
        while "workers" in (answer := await readiness(stage))[1]["reason"]:
            pass

        assert answer == (
            503,
            {
                "database": True,
                "workers": True,
                "slack": False,
                "reason": "Slack does not accept us, or cannot be reached",
            },
        )
