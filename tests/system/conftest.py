"""The whole product as its operators run it: a process of its own between real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.playground.stage import Stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Yield a stage of the test's own, whose bot may be killed."""
    async with Stage(tmp_path) as own:
        yield own


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Yield the stage of a module, whose tests each use channels of their own."""
    async with Stage(tmp_path_factory.mktemp("stage")) as one:
        yield one
