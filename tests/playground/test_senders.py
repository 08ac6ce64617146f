"""The senders sign as the vendors do, and post what a vendor would post."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from multidict import CIMultiDictProxy

from bot.playground.parallel import ParallelSim, text
from bot.playground.senders import (
    DeliveryError,
    WebhookSender,
    fire,
    fire_completed,
    fire_failed,
)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOON = datetime(2026, 8, 17, 12, 0, 0, 250_000, tzinfo=UTC)
PARALLEL_BODY = (
    b'{"type":"monitor.event.detected","timestamp":"2025-10-27T14:56:05.619331Z","data":'
    b'{"monitor_id":"monitor_0c9d7f7d5a7841a0b6c269b2b9b1e6aa","event":{"event_group_id":'
    b'"mevtgrp_b0079f70195e4258eab1e7284340f1a9ec3a8033ed236a24"},"metadata":{"team":"research"}}}'
)
SURFACEDBY_BODY = (
    b'{"id":"evt_test_1","type":"alert.triggered","livemode":false,'
    b'"data":{"workspace_id":"ws_1","workspace_slug":"acme"}}'
)


@dataclass
class Receiver:
    """A webhook endpoint that keeps what it got and answers as told, 200 when told nothing."""

    server: TestServer = field(init=False)
    got: list[tuple[str, CIMultiDictProxy[str], bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        """Keep path, headers and raw body."""
        self.got.append((request.path, request.headers, await request.read()))
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    def url(self, path: str = "/hook") -> str:
        """Return the address of a path."""
        return str(self.server.make_url(path))


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A running endpoint."""
    opened = Receiver()
    app = web.Application()
    app.router.add_post("/{path:.*}", opened.answer)
    opened.server = TestServer(app)
    async with opened.server:
        yield opened


@pytest.mark.parametrize(
    ("secret", "message_id", "timestamp", "body", "signature"),
    [
        (
            SECRET,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            b'{"test": 2432232314}',
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
        (
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            1649367553,
            b'{"email":"test@example.com","username":"test_user"}',
            "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
        ),
        (
            SECRET,
            "whevent_abc123def456",
            1751498975,
            PARALLEL_BODY,
            "v1,25k6Zd0u3d/LCZxMJ1rkK8OOpQPC2YTxGi9Jdf32mQc=",
        ),
    ],
)
@pytest.mark.parametrize("source", ["parallel", "deck"])
def test_standard_webhooks_matches_the_published_vectors(
    source: Any, *, secret: str, message_id: str, timestamp: int, body: bytes, signature: str
) -> None:
    """Parallel and Deck sign with the decoded secret."""
    sender = WebhookSender(source, "", secret)

    assert sender.proof(body, id=message_id, at=datetime.fromtimestamp(timestamp, UTC)) == {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature,
    }


def test_a_legacy_parallel_account_signs_with_the_whole_secret() -> None:
    """The older scheme keys the HMAC with the text, prefix included."""
    sender = WebhookSender("parallel", "", SECRET, legacy_key=True)
    at = datetime.fromtimestamp(1751498975, UTC)
    proof = sender.proof(PARALLEL_BODY, id="whevent_abc123def456", at=at)

    assert proof["webhook-signature"] == "v1,TZhb5o2T1l8d/38pkRs1jrLv5R0rjNGV6hHSsGnaqtI="


@pytest.mark.parametrize("padding", ["==", ""])
def test_a_secret_may_come_without_its_padding(padding: str) -> None:
    """Vendors hand out secrets with and without the equals signs; the key is the same."""
    sender = WebhookSender("deck", "", "whsec_MfKQ9r8GKYqrTwjUPD8ILA" + padding)
    whole = WebhookSender("deck", "", "whsec_MfKQ9r8GKYqrTwjUPD8ILA==")

    assert sender.proof(b"{}", id="m", at=NOON) == whole.proof(b"{}", id="m", at=NOON)


def test_surfacedby_matches_the_computed_vector() -> None:
    """SurfacedBy names the time twice and keys the HMAC with the secret's text."""
    sender = WebhookSender("surfacedby", "", "sbwh_test_secret_0123456789abcdef")
    digest = "e6cff3c9242f2ae29d0115cd0e01dcfa895feab759c0eefb32c2b84f4be43bf7"

    assert sender.proof(SURFACEDBY_BODY, id="", at=datetime.fromtimestamp(1751498975, UTC)) == {
        "X-SurfacedBy-Timestamp": "1751498975",
        "X-SurfacedBy-Signature": f"t=1751498975,v1={digest}",
    }


def test_lytics_shows_its_token() -> None:
    """Lytics signs nothing; the token is all it sends."""
    proof = WebhookSender("lytics", "", "token").proof(b"{}", id="m", at=NOON)

    assert proof == {"X-Webhook-Token": "token"}


def test_a_sender_hides_its_secret_and_knows_its_sources() -> None:
    """A failing test must not print a secret, and a misspelt source must not sign."""
    assert SECRET not in repr(WebhookSender("deck", "", SECRET))
    with pytest.raises(ValueError, match="no source 'decks'"):
        WebhookSender("decks", "", SECRET)  # type: ignore[arg-type]


async def test_send_posts_the_signed_bytes(receiver: Receiver) -> None:
    """Bytes go out untouched, a document as compact UTF-8, each with the proof of its own bytes."""
    sender = WebhookSender("parallel", receiver.url(), SECRET)
    assert await sender.send(b"\xff not json", id="m1", at=NOON) == 200
    assert await sender.send({"name": "Zürich"}) == 200
    (_, first, raw), (_, second, document) = receiver.got
    at = datetime.fromtimestamp(int(second["webhook-timestamp"]), UTC)

    assert raw == b"\xff not json"
    assert sender.proof(raw, id="m1", at=NOON).items() <= dict(first).items()
    assert first["Content-Type"] == "application/json"
    assert document == '{"name":"Zürich"}'.encode()
    assert sender.proof(document, id=second["webhook-id"], at=at).items() <= dict(second).items()
    assert abs((datetime.now(UTC) - at).total_seconds()) < 30


async def test_given_headers_win_and_redirects_are_not_followed(receiver: Receiver) -> None:
    """A test can spoil one header, whatever its case, and sees the endpoint's own answer."""
    receiver.statuses = [307]
    sender = WebhookSender("deck", receiver.url(), SECRET)
    spoilt = {"Webhook-Signature": "v1,bad", "webhook-timestamp": "1", "X-More": "1"}
    status = await sender.send({}, headers=spoilt)
    [(_, headers, _)] = receiver.got

    assert status == 307
    assert headers.getall("webhook-signature") == ["v1,bad"]
    assert headers.getall("webhook-timestamp") == ["1"]
    assert headers["X-More"] == "1"


async def test_a_shared_session_is_used_and_left_open(receiver: Receiver) -> None:
    """A storm of posts can share connections."""
    async with aiohttp.ClientSession(headers={"X-Storm": "1"}) as session:
        sender = WebhookSender("lytics", receiver.url(), "token", session=session)
        await sender.send({})
        assert not session.closed

    assert receiver.got[0][1]["X-Storm"] == "1"


async def test_sending_until_accepted_keeps_the_id(receiver: Receiver) -> None:
    """Refusals are tried again with the same id and body, and no try follows a success."""
    receiver.statuses = [503, 500, 204]
    sender = WebhookSender("parallel", receiver.url(), SECRET)

    assert await sender.send_until_accepted({"a": 1}, tries=5, delay_s=0) == 3
    assert len(receiver.got) == 3
    assert len({(headers["webhook-id"], body) for _, headers, body in receiver.got}) == 1


async def test_sending_until_accepted_ends_with_the_tries(receiver: Receiver) -> None:
    """After the last try the sender gives up, as vendors do, and says what it last saw."""
    receiver.statuses = [503, 401, 200]
    sender = WebhookSender("deck", receiver.url(), SECRET)
    with pytest.raises(DeliveryError, match="2 tries, last: status 401"):
        await sender.send_until_accepted({}, tries=2, delay_s=0)
    await receiver.server.close()
    with pytest.raises(DeliveryError, match="ClientConnectorError"):
        await sender.send_until_accepted({}, tries=2, delay_s=0)


async def test_fire_posts_the_pointer_to_the_monitors_own_webhook(receiver: Receiver) -> None:
    """The body names monitor, group and metadata, nothing of the findings."""
    sim = ParallelSim(clock=lambda: NOON)
    hook = {"url": receiver.url("/own")}
    monitor_id = sim.add_monitor("q", webhook=hook, metadata={"team": "research"})
    group_id = sim.add_findings(monitor_id, [text("secret finding")])
    sender = WebhookSender("parallel", receiver.url("/other"), SECRET)
    status = await fire(sim, monitor_id, group_id, sender, id="whevent_1")
    [(path, headers, body)] = receiver.got

    assert (status, path, headers["webhook-id"]) == (200, "/own", "whevent_1")
    assert json.loads(body) == {
        "type": "monitor.event.detected",
        "timestamp": "2026-08-17T12:00:00.250000Z",
        "data": {
            "monitor_id": monitor_id,
            "event": {"event_group_id": group_id},
            "metadata": {"team": "research"},
        },
    }


async def test_runs_without_findings_are_posted_in_the_vendors_words(receiver: Receiver) -> None:
    """Completed and failed have shapes of their own; without a webhook the sender's URL serves."""
    sim = ParallelSim(clock=lambda: NOON)
    monitor_id = sim.add_monitor("q")
    sender = WebhookSender("parallel", receiver.url("/other"), SECRET)
    await fire_completed(sim, monitor_id, sender)
    await fire_failed(sim, monitor_id, "no credit", sender)
    bodies = [json.loads(body) for _, _, body in receiver.got]

    assert [path for path, _, _ in receiver.got] == ["/other", "/other"]
    assert [body["type"] for body in bodies] == [
        "monitor.execution.completed",
        "monitor.execution.failed",
    ]
    assert [body["data"]["event"] for body in bodies] == [
        {"type": "completion", "monitor_ts": "completed_2026-08-17T12:00:00Z"},
        {
            "type": "error",
            "error": "no credit",
            "id": "error_2026-08-17T12:00:00Z",
            "date": "2026-08-17T12:00:00Z",
        },
    ]


async def test_a_webhook_hears_only_the_types_it_names(receiver: Receiver) -> None:
    """A webhook that names detections is not told of completions."""
    sim = ParallelSim()
    hook = {"url": receiver.url(), "event_types": ["monitor.event.detected"]}
    monitor_id = sim.add_monitor("q", webhook=hook)
    sender = WebhookSender("parallel", receiver.url(), SECRET)

    assert await fire_completed(sim, monitor_id, sender) is None
    assert await fire(sim, monitor_id, "mevtgrp_1", replace(sender, legacy_key=True)) == 200
    assert len(receiver.got) == 1
