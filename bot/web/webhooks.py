"""`/webhooks/{source}`: the one path that must be fast under a storm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from pydantic_core import from_json, to_json
from starlette.types import Receive, Scope, Send

from bot.core.errors import StoreUnavailableError, VerificationError
from bot.core.ports import Accepted
from bot.core.sources import Source
from bot.core.verify import Defect, Headers
from bot.pipeline.ingest import Ingest
from bot.web.limits import RefusedError, check_headers, read_body

log: Any = structlog.get_logger(__name__)

PREFIX = "/webhooks/"
RETRY_AFTER_S = b"5"
MOST_CHALLENGE_BYTES = 1024

Count = Callable[[str, str], None]


class Webhooks:
    """A plain ASGI callable: bounded read, verify, append, commit, answer.

    `count(source, outcome)` is told how each request ended, `accepted()` that there is
    something new to route.
    """

    def __init__(self, ingest: Ingest, *, accepted: Callable[[], None], count: Count) -> None:
        self._ingest = ingest
        self._accepted = accepted
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        source = self._source(scope)
        if source is None:
            await _answer(send, 404, b"no such source\n")
        elif scope["method"] in {"GET", "HEAD"}:
            await _answer(send, 200)
        elif scope["method"] not in source.methods:
            allow = ", ".join(("GET", "HEAD", *source.methods)).encode()
            await _answer(send, 405, b"method not allowed\n", (b"allow", allow))
        else:
            await self._take(source, scope["headers"], receive, send)

    def _source(self, scope: Scope) -> Source | None:
        """Return the source of exactly this path; no dots, slashes or escapes are undone."""
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        path = raw.split(b"?", 1)[0].decode("latin-1")
        return self._ingest.source(path[len(PREFIX) :]) if path.startswith(PREFIX) else None

    async def _take(self, source: Source, headers: Headers, receive: Receive, send: Send) -> None:
        try:
            check_headers(headers)
            body = await read_body(receive)
            accepted = await self._ingest.take(source, headers, body)
        except RefusedError as refused:
            self._count(source.name, f"refused_{refused.status}")
            close = (b"connection", b"close")
            await _answer(send, refused.status, refused.text.encode() + b"\n", close)
        except VerificationError as error:
            self._count(source.name, f"unproven_{error.reason}")
            status = 400 if error.reason == Defect.REPEATED else 401
            await _answer(send, status, b"not proven\n")
        except StoreUnavailableError as error:
            log.warning("webhook not stored", source=source.name, error=str(error))
            self._count(source.name, "unavailable")
            await _answer(send, 503, b"try again\n", (b"retry-after", RETRY_AFTER_S))
        else:
            self._welcome(source, accepted)
            await _answer(send, 200, _challenge(source, body), content_type=b"application/json")

    def _welcome(self, source: Source, accepted: Accepted) -> None:
        for outcome, events in zip(accepted._fields, accepted, strict=True):
            if events:
                self._count(source.name, outcome)
        if accepted.conflicts:
            log.warning("same id, other body", source=source.name)
        if accepted.new:
            self._accepted()


def _challenge(source: Source, body: bytes) -> bytes:
    """Return the echo of a challenge, which Deck may send to see that we are there."""
    if not source.echoes_challenge or b'"challenge"' not in body:
        return b""
    try:
        challenge = from_json(body).get("challenge")
    except (ValueError, AttributeError):
        return b""
    if not isinstance(challenge, str) or len(challenge) > MOST_CHALLENGE_BYTES:
        return b""
    return to_json({"challenge": challenge})


async def _answer(
    send: Send,
    status: int,
    body: bytes = b"",
    *headers: tuple[bytes, bytes],
    content_type: bytes = b"text/plain; charset=utf-8",
) -> None:
    length = (b"content-length", b"%d" % len(body))
    described = ((b"content-type", content_type), length) if body else (length,)
    start = {"type": "http.response.start", "status": status, "headers": (*described, *headers)}
    await send(start)
    await send({"type": "http.response.body", "body": body})
