"""The hot route by itself: what it answers, and what it tells the rest of the bot."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest
from starlette.types import Message, Scope

from bot.core.errors import StoreUnavailableError
from bot.core.events import Event, Webhook
from bot.core.ports import Accepted, Inbox
from bot.core.sources import Source
from bot.core.verify import SharedToken
from bot.pipeline.ingest import Ingest
from bot.web.webhooks import Webhooks

SECRET = "a-token-of-good-length"
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


class Shelf:
    """An inbox that takes everything, or nothing."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.broken = False
        self.outcome = Accepted(new=1)

    async def accept(self, webhook: Webhook, *_: Any, **__: Any) -> Accepted:
        """Keep the body, or say that the database does not answer."""
        if self.broken:
            raise StoreUnavailableError("locked")
        self.bodies.append(webhook.body)
        return self.outcome


class Door:
    """The route in front of one source, and everything it told the others."""

    def __init__(self, *, echoes_challenge: bool = False) -> None:
        source = Source("probe", "Probe", SharedToken(), echoes_challenge=echoes_challenge)
        source.reader(lambda _: [Event(source="probe", id="e", type="t", occurred_at=NOW)])
        self.shelf = Shelf()
        self.counts: list[tuple[str, str]] = []
        self.wakes = 0
        ingest = Ingest(
            {"probe": source},
            {"probe": SharedToken().keys(SECRET)},
            cast("Inbox", self.shelf),  # the one method that ingest uses
            lambda: NOW,
            tolerance_s=300,
        )
        self.route = Webhooks(ingest, accepted=self.wake, count=self.count)

    def wake(self) -> None:
        """Hear that something is new."""
        self.wakes += 1

    def count(self, source: str, outcome: str) -> None:
        """Hear how a request ended."""
        self.counts.append((source, outcome))

    async def post(
        self, body: bytes, *, path: str = "/webhooks/probe", token: str = SECRET
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        """Return status, headers and body of the answer."""
        said: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            said.append(message)

        scope: Scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "headers": [(b"x-webhook-token", token.encode())],
        }
        await self.route(scope, receive, send)
        return said[0]["status"], dict(said[0]["headers"]), said[1]["body"]


@pytest.mark.parametrize(
    ("body", "echo"),
    [
        (b'{"challenge": "abc"}', b'{"challenge":"abc"}'),
        (b'{"challenge": "\\u00fc<"}', '{"challenge":"ü<"}'.encode()),
        (b'{"challenge": 7}', b""),
        (b'{"data": {"challenge": "abc"}}', b""),
        (b'["challenge"]', b""),
        (b'"challenge"', b""),
        (b'{"challenge": "' + b"a" * 2000 + b'"}', b""),
        (b'{"challenge": ', b""),
    ],
)
async def test_a_challenge_is_echoed_when_it_is_one(body: bytes, echo: bytes) -> None:
    """Only a top-level string of sensible length comes back; whatever it is, it is stored."""
    door = Door(echoes_challenge=True)

    assert (200, echo) == (await door.post(body))[::2]
    assert [body] == door.shelf.bodies


async def test_other_sources_echo_nothing() -> None:
    """An echo is a vendor's wish, and nobody else's text is sent back."""
    assert b"" == (await Door().post(b'{"challenge": "abc"}'))[2]


async def test_an_unproven_challenge_is_not_echoed() -> None:
    """Who does not prove to be the source learns nothing but that."""
    door = Door(echoes_challenge=True)
    status, _, said = await door.post(b'{"challenge": "abc"}', token="another-token-of-length")

    assert (401, False) == (status, b"abc" in said)
    assert [] == door.shelf.bodies


async def test_what_cannot_be_stored_is_asked_for_again() -> None:
    """503 with a time, nothing woken, and the outcome counted."""
    door = Door()
    door.shelf.broken = True
    status, headers, _ = await door.post(b"{}")

    assert (503, b"5") == (status, headers[b"retry-after"])
    assert (0, [("probe", "unavailable")]) == (door.wakes, door.counts)


@pytest.mark.parametrize(
    ("outcome", "wakes", "counted"),
    [
        (Accepted(new=2), 1, ["new"]),
        (Accepted(duplicates=1), 0, ["duplicates"]),
        (Accepted(conflicts=1), 0, ["conflicts"]),
        (Accepted(new=1, duplicates=1), 1, ["new", "duplicates"]),
    ],
)
async def test_only_what_is_new_wakes_somebody(
    outcome: Accepted, wakes: int, counted: list[str]
) -> None:
    """A flood of repeats costs no look at the queues; everything is counted by what it was."""
    door = Door()
    door.shelf.outcome = outcome
    await door.post(b"{}")

    assert (wakes, counted) == (door.wakes, [one for _, one in door.counts])


@pytest.mark.parametrize(
    "path", ["/webhooks/other", "/webhooks/probe/", "/webhooks/", "/webhooks/%70robe", "/probe"]
)
async def test_only_the_exact_path_is_a_source(path: str) -> None:
    """No slash, escape or prefix is undone for anybody."""
    assert 404 == (await Door().post(b"{}", path=path))[0]
