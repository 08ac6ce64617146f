"""The four source systems as senders of webhooks, signed as each vendor signs.

The signing here is written apart from the bot's verifier on purpose: it is its second opinion.
"""
# ruff: noqa: A002 -- `id` is the vendors' word

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import aiohttp
from multidict import CIMultiDict

from bot.playground.parallel import ParallelSim

SourceName = Literal["parallel", "deck", "surfacedby", "lytics"]

_ACCEPTED = range(200, 300)
_TIMEOUT = aiohttp.ClientTimeout(total=30)


@dataclass(frozen=True)
class WebhookSender:
    """Posts webhooks of one source to one URL; nothing is retried unless asked.

    Arguments: `secret` as the vendor shows it (`whsec_…` for Parallel and Deck, the plain token
    for Lytics); `legacy_key` signs as Parallel did for older accounts, keyed by the whole
    secret text; `session` is shared when given, else every post opens its own.
    """

    source: SourceName
    url: str
    secret: str = field(repr=False)
    legacy_key: bool = False
    session: aiohttp.ClientSession | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.source not in get_args(SourceName):
            raise ValueError(f"no source {self.source!r}; there are {get_args(SourceName)}")

    def proof(
        self,
        body: bytes,
        *,
        id: str,
        at: datetime,
    ) -> dict[str, str]:
        """Return the headers that prove the origin of this body; `at` counts whole seconds."""
        timestamp = str(int(at.timestamp()))
        if self.source == "lytics":
            return {"X-Webhook-Token": self.secret}
        if self.source == "surfacedby":
            digest = _hmac(self.secret.encode(), f"{timestamp}.".encode() + body).hex()
            signature = f"t={timestamp},v1={digest}"
            return {"X-SurfacedBy-Timestamp": timestamp, "X-SurfacedBy-Signature": signature}
        key = self.secret.encode() if self.legacy_key else _decoded(self.secret)
        digest_64 = base64.b64encode(_hmac(key, f"{id}.{timestamp}.".encode() + body)).decode()
        return {
            "webhook-id": id,
            "webhook-timestamp": timestamp,
            "webhook-signature": f"v1,{digest_64}",
        }

    async def send(
        self,
        body: bytes | Mapping[str, Any],
        *,
        id: str | None = None,
        at: datetime | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> int:
        """Post the body once and return the status; redirects are not followed.

        Arguments: `id` a fresh one unless given; `at` now unless given; `headers` are added
        after signing and replace those of the same name.
        Raises: aiohttp.ClientError or TimeoutError when no answer came.
        """
        raw = body if isinstance(body, bytes) else json_bytes(body)
        proof = self.proof(raw, id=id or fresh_id(), at=at or datetime.now(UTC))
        sent = CIMultiDict({"Content-Type": "application/json", **proof})
        sent.update(headers or {})
        async with AsyncExitStack() as stack:
            session = self.session
            if session is None:
                session = await stack.enter_async_context(aiohttp.ClientSession())
            async with session.post(
                self.url,
                data=raw,
                headers=sent,
                allow_redirects=False,
                timeout=_TIMEOUT,
            ) as answer:
                await answer.read()
                return answer.status

    async def send_until_accepted(
        self,
        body: bytes | Mapping[str, Any],
        *,
        tries: int,
        delay_s: float,
        id: str | None = None,
    ) -> int:
        """Post up to `tries` times, same id and fresh time, until a 2xx; return which try it was.

        Raises: DeliveryError when every try was refused or unanswered.
        """
        raw = body if isinstance(body, bytes) else json_bytes(body)
        message_id, outcome = id or fresh_id(), "never tried"
        for attempt in range(1, tries + 1):
            try:
                status = await self.send(raw, id=message_id)
            except (aiohttp.ClientError, TimeoutError) as error:
                outcome = type(error).__name__
            else:
                if status in _ACCEPTED:
                    return attempt
                outcome = f"status {status}"
            if attempt < tries:
                await asyncio.sleep(delay_s)
        raise DeliveryError(f"{self.source}: not accepted in {tries} tries, last: {outcome}")


class DeliveryError(Exception):
    """No try of a webhook was accepted."""


async def fire(
    sim: ParallelSim,
    monitor_id: str,
    group_id: str,
    sender: WebhookSender,
    id: str | None = None,
) -> int | None:
    """Post `monitor.event.detected` for a group; see `fire_type` for where and whether."""
    return await fire_type(
        sim, monitor_id, "monitor.event.detected", {"event_group_id": group_id}, sender, id=id
    )


async def fire_completed(
    sim: ParallelSim,
    monitor_id: str,
    sender: WebhookSender,
    id: str | None = None,
) -> int | None:
    """Post `monitor.execution.completed`: a run that found nothing new."""
    event = {"type": "completion", "monitor_ts": f"completed_{_second(sim)}"}
    return await fire_type(sim, monitor_id, "monitor.execution.completed", event, sender, id=id)


async def fire_failed(
    sim: ParallelSim,
    monitor_id: str,
    message: str,
    sender: WebhookSender,
    id: str | None = None,
) -> int | None:
    """Post `monitor.execution.failed` with this message."""
    date = _second(sim)
    event = {"type": "error", "error": message, "id": f"error_{date}", "date": date}
    return await fire_type(sim, monitor_id, "monitor.execution.failed", event, sender, id=id)


async def fire_type(
    sim: ParallelSim,
    monitor_id: str,
    event_type: str,
    event: Mapping[str, Any],
    sender: WebhookSender,
    *,
    id: str | None = None,
) -> int | None:
    """Post a webhook of a monitor, its metadata echoed, and return the status.

    It goes to the monitor's own webhook URL, else to the sender's. Nothing is posted, and None
    returned, when the monitor's webhook names event types and this is not one of them.
    """
    monitor = sim.monitors[monitor_id]
    webhook = monitor["webhook"] or {"url": sender.url}
    if event_type not in (webhook.get("event_types") or [event_type]):
        return None
    body = {
        "type": event_type,
        "timestamp": sim.clock().astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {"monitor_id": monitor_id, "event": event, "metadata": monitor["metadata"]},
    }
    return await replace(sender, url=webhook["url"]).send(body, id=id)


def json_bytes(document: Mapping[str, Any]) -> bytes:
    """Return the document as compact UTF-8 JSON."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def _hmac(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()


def _decoded(secret: str) -> bytes:
    encoded = secret.removeprefix("whsec_")
    return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)


def fresh_id() -> str:
    """Return an id that no webhook had before."""
    return f"whevent_{secrets.token_hex(12)}"


def _second(sim: ParallelSim) -> str:
    return sim.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
