"""A database that is away for a moment costs a moment, and not a lease or a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.app import Bot
from bot.config import Settings
from bot.core.errors import StoreUnavailableError
from bot.pipeline.notify import Notify
from bot.store.sqlite import SqliteStore
from tests.pipeline.probe import Shelf, body, probe
from tests.store.conftest import SetClock
from tests.store.making import PROOF, event, follow, subscription, webhook
from tests.worker.desk import DONE, Desk

NOBODY = "http://127.0.0.1:9/api/"


def failing_once(method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Return a method that says once that the database cannot be written."""
    left = [StoreUnavailableError("no room")]

    async def call(*args: Any, **named: Any) -> Any:
        if left:
            raise left.pop()
        return await method(*args, **named)

    return call


async def test_a_request_is_done_as_soon_as_there_is_room(
    store: SqliteStore, clock: SetClock
) -> None:
    """D3: a command that met a full disk does not wait for the end of its lease."""
    desk = Desk(store, clock)
    desk.doing = failing_once(desk.at_once)
    await desk.ask("r1")
    await desk.serve()
    assert [] == desk.told
    await desk.serve()

    assert [("r1", DONE)] == desk.told
    assert {"r1": "answered"} == await desk.states()


async def test_a_group_is_read_again_as_soon_as_there_is_room(
    store: SqliteStore, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D3: findings that met a full disk do not wait for a lease, and their tries go on counting."""
    shelf = Shelf()
    shelf.members = {"g1": ["a"], "g2": ["b"]}
    await follow(store, subscription("C1"))
    notify = Notify(
        {"probe": probe()}, inbox=store.inbox, router=store.router, groups=store.groups,
        readers={"probe": shelf}, clock=clock,
    )  # fmt: skip
    for group in shelf.members:
        raw = body(group, "found", group=group)
        await store.inbox.accept(webhook(raw), PROOF, [event(group, "found")], unreadable=None)
    await notify.route_some()
    monkeypatch.setattr(store.groups, "complete", failing_once(store.groups.complete))
    with pytest.raises(StoreUnavailableError):
        await notify.read_groups(4)

    assert [1, 0] == [await notify.read_groups(4) for _ in range(2)]
    assert 3 == shelf.readings
    assert await store.groups.next_due() is None


async def test_the_workers_start_when_the_database_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D3: what the last life left is taken up later, instead of never by a bot that lives."""
    bot = away(tmp_path, monkeypatch, failing_once)
    bot.open()
    bot.begin()
    async with asyncio.timeout(20):
        engine = await bot.loaded()
    assert engine.working
    await bot.close()


async def test_a_bot_that_waits_for_its_database_can_be_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not wait for ever when it is asked to end."""

    asked = asyncio.Event()

    async def never(*args: object) -> None:
        asked.set()
        raise StoreUnavailableError("no room")

    monkeypatch.setattr("bot.app.WORK_GRACE_S", 0.05)
    bot = away(tmp_path, monkeypatch, lambda _: never)
    bot.open()
    bot.begin()
    async with asyncio.timeout(10):
        await asked.wait()
        await bot.close()


def away(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[Callable[..., Awaitable[Any]]], Callable[..., Awaitable[Any]]],
) -> Bot:
    """Return a bot whose database fails while it takes up what the last life left."""
    values = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "s" * 32,
        "SLACK_API_URL": NOBODY,
        "TOCSIN_DATABASE": str(folder / "tocsin.db"),
    }
    bot = Bot(Settings.from_values(values))
    monkeypatch.setattr(bot.store.outbox, "recover", fault(bot.store.outbox.recover))
    return bot
