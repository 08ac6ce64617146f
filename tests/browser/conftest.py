"""One playground for all tests of this folder, and a headless Chromium to look at it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.playground.page import PageServer, Playground
from bot.playground.slack import Channel
from bot.playground.stage import Stage
from bot.plugins import discover
from bot.store.deliveries import history

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

PATIENCE_S = 30.0
NAMES = ("chromium", "google-chrome", "chromium-browser")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A browser of this machine; none is downloaded."""
    api = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"no browser on PATH: {', '.join(NAMES)}")
    async with api.async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=program, args=[*FLAGS])
        yield started
        await started.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def playground(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Playground, str]]:
    """A playground that has opened, and its address."""
    async with Stage(tmp_path_factory.mktemp("stage")) as stage:
        made = Playground(stage, discover(), partial(history, limit=1_000))
        async with made, PageServer(made) as server:
            channels = stage.slack.channels
            await stage.slack.wait_for(lambda: _filled(channels.values()), PATIENCE_S)
            yield made, server.url


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, playground: tuple[Playground, str]) -> AsyncIterator[Page]:
    """The page in a fresh tab; an error in its console fails the test."""
    async with tab_at(browser, playground[1]) as tab:
        await tab.get_by_text("2 findings").first.wait_for()
        yield tab


@asynccontextmanager
async def tab_at(browser: Browser, url: str) -> AsyncIterator[Page]:
    """Show an address in a fresh tab; an error in its console is raised at the end."""
    context = await browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
    tab = await context.new_page()
    tab.set_default_timeout(15_000)
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    # A refusal of the playground is an answer, though the browser calls it an error.
    tab.on(
        "console",
        lambda said: (
            errors.append(said.text)
            if said.type == "error" and "Failed to load resource" not in said.text
            else None
        ),
    )
    await tab.goto("/")
    yield tab
    await context.close()
    assert errors == []


def _filled(channels: Iterable[Channel]) -> bool:
    """Return whether the opening is over: there is something in every channel."""
    found = [bool(one.messages) for one in channels]
    return bool(found) and all(found)
