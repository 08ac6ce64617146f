"""What happened to an event can be told, from signature to Slack's timestamp."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.errors import ConfigError
from bot.core.notifications import Deferral, State
from bot.core.reasons import Reason
from bot.store.deliveries import history
from bot.store.sqlite import SqliteStore
from tests.store.making import (
    NOW,
    PROOF,
    accept,
    claim,
    event,
    follow,
    found,
    grouped,
    route,
    say,
    subscription,
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the file of the store."""
    return tmp_path / "tocsin.db"


async def test_the_whole_story(store: SqliteStore, path: Path) -> None:
    """Proof, digest, routing, and each try with its outcome."""
    await follow(store, subscription())
    await route(store, event("e1"))
    later = NOW + timedelta(seconds=5)
    await store.outbox.defer(
        await claim(store),
        Deferral(state=State.PENDING, at=later, reason=Reason.UNREACHABLE, detail="refused"),
    )
    await say(store, "17.5", at=later)
    (story,) = history(path)
    (message,) = story["messages"]

    assert ("e1", "probe", "scan.failed", "routed", 1, 0) == tuple(
        story[name] for name in ("event", "source", "type", "state", "recipients", "conflicts")
    )
    assert (NOW, NOW, PROOF.fingerprint) == (
        story["received_at"], story["routed_at"], story["proof"]["fingerprint"],
    )  # fmt: skip
    assert ("C1", "sent", "17.5", [1], False) == tuple(
        message[name] for name in ("channel", "state", "ts", "subscriptions", "in_thread")
    )
    assert [("deferred", "unreachable", "refused"), ("sent", None, "")] == [
        (one["outcome"], one["reason"], one["detail"]) for one in message["attempts"]
    ]


async def test_replies_belong_to_the_story(store: SqliteStore, path: Path) -> None:
    """What was said in the thread of an event is told with it."""
    await follow(store, subscription())
    await route(store, grouped())
    (due,) = await store.groups.claim(NOW, 1)
    await store.groups.complete(due, found("a", "b"))
    (story,) = history(path)

    assert [False, True, True] == [one["in_thread"] for one in story["messages"]]


async def test_one_event_by_its_id_or_number(store: SqliteStore, path: Path) -> None:
    """The sender's id or our row number; nothing found is no failure."""
    for key in ("a", "b"):
        await accept(store, event(key))

    assert ["b", "a"] == [one["event"] for one in history(path)]
    assert ["a"] == [one["event"] for one in history(path, event="a")]
    assert ["b"] == [one["event"] for one in history(path, event="2")]
    assert ["b"] == [one["event"] for one in history(path, limit=1)]
    assert [] == history(path, event="' OR 1 = 1 --")


async def test_by_state_of_the_event_or_of_a_message(store: SqliteStore, path: Path) -> None:
    """`dead` finds what is buried as well as what could not be posted."""
    await follow(store, subscription())
    await route(store, event("lost"))
    await store.outbox.end(await claim(store), Reason.EXPIRED, "")
    await accept(store, event("buried"))
    (stored,) = await store.inbox.claim(1)
    await store.inbox.bury(stored.row, Reason.POISON, "")
    await accept(store, event("waiting"))

    assert ["buried", "lost"] == [one["event"] for one in history(path, state="dead")]
    assert ["waiting"] == [one["event"] for one in history(path, state="received")]


def test_what_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    """A file that is not there, or no database, is named."""
    (tmp_path / "text").write_text("not a database" * 99)
    for name in ("missing", "text"):
        with pytest.raises(ConfigError, match=name):
            history(tmp_path / name)
