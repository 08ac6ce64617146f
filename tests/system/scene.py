"""What people and sources do on a stage, and what its database and channels then say."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from bot.playground.slack import Message
from bot.playground.stage import Stage

USER = "U1"
OPEN = "('pending', 'sending', 'unknown')"


def scan_failed(site: str, *, workspace: str = "northwind") -> dict[str, Any]:
    """Return a SurfacedBy webhook that says, in Slack, the name of this site."""
    return {
        "id": f"evt_{secrets.token_hex(13)}",
        "type": "scan.failed",
        "created_at": "2026-11-20T06:09:40Z",
        "livemode": True,
        "data": {
            "workspace_id": f"wsp_{workspace}",
            "workspace_slug": workspace,
            "scan_id": f"scan_{secrets.token_hex(8)}",
            "domain_id": "dom_1",
            "domain": site,
            "scan_type": "pulse",
        },
    }


async def open_channel(stage: Stage, channel: str, *wishes: str) -> None:
    """Add a channel, and let it subscribe with each of these words."""
    stage.slack.add_channel(channel, f"name-{channel.lower()}")
    stage.slack.add_user(USER, "ada")
    for words in wishes or ("surfacedby",):
        await ask(stage, channel, f"/alerts subscribe {words}")


async def ask(stage: Stage, channel: str, typed: str, *, timeout_s: float = 20) -> str:
    """Type a command and return the answer that its author sees, as text."""
    before = len(stage.slack.answers(channel, USER))
    answer = await stage.slack.command(stage.slack_url, typed, channel=channel, user=USER)
    assert answer.status == 200, f"{typed}: {answer.status} {answer.text}"
    await stage.slack.wait_for(lambda: len(stage.slack.answers(channel, USER)) > before, timeout_s)
    return stage.slack.answers(channel, USER)[-1].text


def posts(stage: Stage, channel: str) -> list[Message]:
    """Return what the bot said in a channel, in order."""
    found = stage.slack.channels.get(channel)
    return [one for one in found.messages if not one.deleted] if found else []


def said(stage: Stage, channel: str, words: str) -> int:
    """Return how many messages of a channel have these words."""
    return sum(words in one.text for one in posts(stage, channel))


async def heard(stage: Stage, channel: str, words: str, *, timeout_s: float = 20) -> Message:
    """Wait for a message with these words and return it."""
    await stage.slack.wait_for(lambda: said(stage, channel, words) > 0, timeout_s)
    return next(one for one in posts(stage, channel) if words in one.text)


def delivery_ids(stage: Stage) -> Counter[str]:
    """Count the messages of all channels by the delivery they carry."""
    metadata = (
        one.metadata or {} for each in stage.slack.channels.values() for one in each.messages
    )
    return Counter(one.get("event_payload", {}).get("delivery_id", "none") for one in metadata)


def rows(stage: Stage, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Return what the database says."""
    connection = sqlite3.connect(f"{stage.database.as_uri()}?mode=ro", uri=True, timeout=5)
    try:
        return connection.execute(statement, values).fetchall()
    finally:
        connection.close()


def count(stage: Stage, of: str, *values: object) -> int:
    """Return how many rows there are; `of` is what follows FROM."""
    number: int = rows(stage, f"SELECT COUNT(*) FROM {of}", *values)[0][0]  # noqa: S608
    return number


def unfinished(stage: Stage) -> int:
    """Return how many things the bot still has to do."""
    return sum(
        count(stage, of)
        for of in (
            "events WHERE state = 'received'",
            f"notifications WHERE state IN {OPEN}",
            "notifications WHERE state = 'sent' AND revision > shown",
            "groups WHERE state = 'pending'",
            "requests WHERE state <> 'answered'",
        )
    )


async def until(holds: Callable[[], bool], *, timeout_s: float = 20) -> None:
    """Look until something holds that only the bot's own process can make true."""
    async with asyncio.timeout(timeout_s):
        while not holds():
            await asyncio.sleep(0.05)


async def settled(stage: Stage, *, timeout_s: float = 30) -> None:
    """Wait until the bot has nothing left to do."""
    await until(lambda: unfinished(stage) == 0, timeout_s=timeout_s)


def check_promise(stage: Stage, channels: Sequence[str], sites: Sequence[str]) -> None:
    """Assert that every site was said once in every channel, and the database is whole."""
    for channel in channels:
        times = {site: said(stage, channel, site) for site in sites}
        assert times == dict.fromkeys(sites, 1), f"in {channel}"
    repeated = {one: times for one, times in delivery_ids(stage).items() if times > 1}
    assert repeated == {}
    assert rows(stage, "PRAGMA integrity_check") == [("ok",)]
    assert count(stage, "notifications WHERE state <> 'sent'") == 0
