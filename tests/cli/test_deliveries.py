"""`tocsin deliveries` and `tocsin migrate`: what the database tells."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.alerts import Alert
from bot.core.events import Event, Webhook
from bot.core.notifications import Lane
from bot.core.ports import Told
from bot.core.subscriptions import Subscription
from bot.core.verify import Proof
from bot.store.sqlite import SqliteStore
from tests.cli.conftest import Run

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TS = "1700000000.000100"


async def remember(path: Path) -> None:
    """Store one event that was posted to a channel, and one that nobody follows."""
    store = SqliteStore(path, lambda: NOW)
    store.open()
    await store.subscriptions.add(
        Subscription(team_id="T1", channel_id="C1", source="deck"), request_id="r1"
    )
    for source in ("deck", "lytics"):
        event = Event(source=source, id=f"{source}_1", type="a.failed", occurred_at=NOW)
        webhook = Webhook(source=source, body=b"{}", received_at=NOW)
        proof = Proof("shared-token", "1a2b3c4d", "text")
        await store.inbox.accept(webhook, proof, [event], unreadable=None)
        (stored,) = await store.inbox.claim(1)
        await store.router.route([Told(stored.row, event, Alert(title="Failed"), default=True)])
    claimed = await store.outbox.claim(Lane("T1", "C1"), NOW)
    assert claimed is not None
    await store.outbox.sent(claimed, TS)
    await store.close()


@pytest.fixture
def remembered(folder: Path) -> None:
    """Have a database with a history in the folder."""
    asyncio.run(remember(folder / "tocsin.db"))


@pytest.mark.usefixtures("remembered")
def test_a_story_goes_from_signature_to_timestamp(run: Run) -> None:
    """Arrival, proof, channel, state and Slack's timestamp, newest event first."""
    outcome = run("deliveries")

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines() == [
        "2026-01-02T03:04:05Z  lytics  a.failed  lytics_1  routed",
        "  proof: shared-token, key 1a2b3c4d (text)",
        "  nobody was subscribed",
        "2026-01-02T03:04:05Z  deck  a.failed  deck_1  routed",
        "  proof: shared-token, key 1a2b3c4d (text)",
        f"  C1  message  sent  ts {TS}",
        "    2026-01-02T03:04:05Z  sent",
    ]


@pytest.mark.usefixtures("remembered")
@pytest.mark.parametrize(
    ("words", "events"),
    [
        (["--event", "deck_1"], ["deck_1"]),
        (["--state", "sent"], ["deck_1"]),
        (["--limit", "1"], ["lytics_1"]),
        (["--state", "dead"], []),
        (["--event", "' OR 1=1 --"], []),
    ],
)
def test_stories_can_be_chosen(words: list[str], events: list[str], run: Run) -> None:
    """By id, state and number; nothing found is not a failure."""
    outcome = run("deliveries", "--json", *words)
    stories = [json.loads(line) for line in outcome.out.splitlines()]

    assert (outcome.code, outcome.err) == (0, "")
    assert [story["event"] for story in stories] == events
    assert all(story["received_at"] == "2026-01-02T03:04:05Z" for story in stories)


@pytest.mark.usefixtures("remembered")
def test_nothing_found_is_said_to_people(run: Run) -> None:
    """The words are on standard error, so that what is piped on stays empty."""
    assert run("deliveries", "--event", "none") == (0, "", "Nothing found.\n")


def test_migrating_twice_is_harmless(run: Run) -> None:
    """The first time names what was applied, the second that nothing was left."""
    first, second = run("migrate"), run("migrate")

    assert first.out.startswith("Applied m001_")
    assert second == (0, "tocsin.db is up to date.\n", "")
