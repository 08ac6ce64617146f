"""Requests: written before they are acknowledged, done once, answered once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.core.answers import answer
from bot.core.requests import Request
from bot.store.requests import LEASE
from bot.store.sqlite import SqliteStore
from tests.store.making import NOW, rows

SECRET_URL = "https://hooks.slack.com/commands/canary-3141592653"
REPLY = answer("Done.")


def request(key: str = "r1", **more: Any) -> Request:
    """Return a slash command."""
    values: dict[str, Any] = {
        "kind": "command", "name": "/alerts", "team_id": "T1", "channel_id": "C1",
        "user_id": "U1", "text": "list", "payload": {"trigger": [1, None]},
        "response_url": SECRET_URL, "received_at": NOW,
    }  # fmt: skip
    return Request(id=key, **values | more)


async def test_a_request_is_accepted_once(store: SqliteStore) -> None:
    """L2, L3: Slack's repeat of a request is known, before and after it was done."""
    first = await store.requests.accept(request())
    before = await store.requests.accept(request())
    await store.requests.done("r1", REPLY, NOW)
    await store.requests.answered("r1")
    after = await store.requests.accept(request())

    assert [True, False, False] == [first, before, after]
    assert not await store.requests.claim(NOW + LEASE, 10)


async def test_a_claim_returns_what_was_asked(store: SqliteStore) -> None:
    """All that is needed to do it, with this try counted, and oldest first."""
    await store.requests.accept(request("late", received_at=NOW + timedelta(seconds=1)))
    await store.requests.accept(request("early"))
    first, second = await store.requests.claim(NOW + timedelta(seconds=1), 10)

    assert request("early", attempts=1) == first
    assert "late" == second.id


async def test_a_claim_is_leased(store: SqliteStore) -> None:
    """Nobody else does it meanwhile; what never ended is begun again, counted."""
    await store.requests.accept(request())
    await store.requests.claim(NOW, 1)

    assert not await store.requests.claim(NOW + LEASE - timedelta(seconds=1), 1)
    assert 2 == (await store.requests.claim(NOW + LEASE, 1))[0].attempts


async def test_a_restart_does_not_wait_for_leases(store: SqliteStore) -> None:
    """C6: what was under way, or done and not told, is taken up at once."""
    await store.requests.accept(request("doing"))
    await store.requests.accept(request("done"))
    await store.requests.claim(NOW, 10)
    await store.requests.done("done", REPLY, NOW)

    assert not await store.requests.unanswered(NOW, 10)
    await store.requests.recover(NOW)
    assert [("doing", 2)] == [(o.id, o.attempts) for o in await store.requests.claim(NOW, 10)]
    ((told, reply),) = await store.requests.unanswered(NOW, 10)
    assert ("done", 1, SECRET_URL, REPLY) == (told.id, told.attempts, told.response_url, reply)


async def test_a_postponed_request_is_due_later(store: SqliteStore) -> None:
    """Neither before its time nor with its tries forgotten."""
    await store.requests.accept(request())
    await store.requests.claim(NOW, 1)
    until = NOW + timedelta(seconds=20)
    await store.requests.postpone("r1", until)

    assert until == await store.requests.next_due()
    assert not await store.requests.claim(until - timedelta(seconds=1), 1)
    assert 2 == (await store.requests.claim(until, 1))[0].attempts


async def test_a_request_without_an_answer_ends(store: SqliteStore) -> None:
    """An event of Slack's has nobody to tell."""
    await store.requests.accept(request(kind="event", response_url=None))
    await store.requests.done("r1", None, NOW)

    assert await store.requests.next_due() is None
    assert not await store.requests.unanswered(NOW + LEASE, 10)


async def test_what_was_answered_is_not_done_again(store: SqliteStore) -> None:
    """A try that ended after another had answered tells nobody a second time."""
    await store.requests.accept(request())
    await store.requests.done("r1", REPLY, NOW)
    await store.requests.answered("r1")
    await store.requests.done("r1", REPLY, NOW)

    assert await store.requests.next_due() is None


async def test_the_response_url_is_forgotten(store: SqliteStore, tmp_path: Path) -> None:
    """A secret that is of no use any more is neither in the table nor in the file."""
    await store.requests.accept(request())
    await store.requests.done("r1", REPLY, NOW)
    await store.requests.answered("r1")

    assert [{"response_url": None, "answer": None}] == await rows(
        store, "SELECT response_url, answer FROM requests"
    )
    await store.close()
    files = [one.read_bytes() for one in tmp_path.iterdir()]
    assert not any(b"canary-3141592653" in one for one in files)
