"""Signed requests to the app's request URL."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp

PATIENCE_S = 3.0
_TIMEOUT = aiohttp.ClientTimeout(total=30)

Kind = Literal["slash_commands", "events_api", "interactive"]
"""What a payload is, in Socket Mode's words."""


@dataclass(frozen=True)
class Retry:
    """Marks the `number`th repetition of a request."""

    number: int
    reason: str = "http_timeout"


@dataclass(frozen=True)
class Answer:
    """What the app answered; `body` is parsed JSON, None when it is none.

    `trouble` is what Slack shows the person instead of following the answer.
    """

    status: int
    body: Any
    text: str
    elapsed_s: float
    trouble: str = ""

    @property
    def taken(self) -> bool:
        """Return whether Slack would take it: 200, not too late, and understood."""
        in_time = self.elapsed_s <= PATIENCE_S
        return self.status == HTTPStatus.OK and in_time and not self.trouble


class Door:
    """Knocks at request URLs with the signature of one signing secret."""

    def __init__(self, signing_secret: str) -> None:
        self.signing_secret = signing_secret
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections to apps."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def sign(self, body: bytes, timestamp: int | None = None) -> dict[str, str]:
        """Return the two headers that prove `body`; `timestamp` is in seconds, default now."""
        sent_at = int(time.time()) if timestamp is None else timestamp
        base = b"v0:%d:%s" % (sent_at, body)
        digest = hmac.new(self.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": str(sent_at), "X-Slack-Signature": f"v0={digest}"}

    async def send_raw(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post exactly this.

        Raises: aiohttp.ClientError or TimeoutError when nobody answers.
        """
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        start = time.monotonic()
        async with self._session.post(url, data=body, headers=headers) as response:
            text = await response.text()
            elapsed_s = time.monotonic() - start
            return Answer(response.status, _parsed(text), text, elapsed_s)

    async def deliver(
        self, url: str, kind: Kind, payload: Mapping[str, Any], retry: Retry | None = None
    ) -> Answer:
        """Post a signed payload, in the form that its kind has over HTTP."""
        if kind == "events_api":
            body, content_type = json.dumps(payload), "application/json"
        else:
            fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            body, content_type = urlencode(fields), "application/x-www-form-urlencoded"
        raw = body.encode()
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0", **self.sign(raw)}
        return await self.send_raw(url, raw, {**headers, **_retry_headers(retry)})


def _retry_headers(retry: Retry | None) -> dict[str, str]:
    if retry is None:
        return {}
    return {"x-slack-retry-num": str(retry.number), "x-slack-retry-reason": retry.reason}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
