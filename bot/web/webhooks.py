"""`/webhooks/{source}`: the one path that must be fast under a storm."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog
from pydantic_core import from_json, to_json

from bot.asgi.answers import JSON, answer
from bot.asgi.limits import BODY_TIMEOUT_S, RefusedError, check_headers, read_body
from bot.asgi.patience import Patience
from bot.core.errors import StoreUnavailableError, VerificationError
from bot.core.ports import Accepted
from bot.core.sources import Source
from bot.core.verify import Defect, Headers
from bot.pipeline.ingest import Ingest

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

log: Any = structlog.get_logger(__name__)

PREFIX = "/webhooks/"
RETRY_AFTER_S = b"5"
MOST_CHALLENGE_BYTES = 1024
STORM, LULL_S = 8, 0.1
"""More requests than these at once, and the work behind the door gives way to them.

All of them are answered together, and for a moment nobody waits: that is no end of it.
"""

Count = Callable[[str, str], None]


class Webhooks:
    """A plain ASGI callable: bounded read, verify, append, commit, answer.

    `count(source, outcome)` is told how each request ended, `accepted()` that there is
    something new to route.
    """

    def __init__(self, ingest: Ingest, *, accepted: Callable[[], None], count: Count) -> None:
        self._ingest = ingest
        # No dots, slashes or escapes are undone: a source answers at exactly one path.
        self._sources = {f"{PREFIX}{name}".encode(): one for name, one in ingest.sources.items()}
        self._accepted = accepted
        self._count = count
        self._patience = Patience(BODY_TIMEOUT_S)
        self._taking = 0
        self._storm_until_s = 0.0

    def storm(self) -> bool:
        """Return whether many senders wait for their answer, or did a moment ago."""
        return self._taking > STORM or time.monotonic() < self._storm_until_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        source = self._sources.get(raw.partition(b"?")[0])
        if source is None:
            await answer(send, 404, b"no such source\n")
        elif scope["method"] in {"GET", "HEAD"}:
            await answer(send, 200)
        elif scope["method"] not in source.methods:
            allow = ", ".join(("GET", "HEAD", *source.methods)).encode()
            await answer(send, 405, b"method not allowed\n", (b"allow", allow))
        else:
            await self._take(source, scope["headers"], receive, send)

    async def _take(self, source: Source, headers: Headers, receive: Receive, send: Send) -> None:
        self._taking += 1
        if self._taking > STORM:
            self._storm_until_s = time.monotonic() + LULL_S
        try:
            check_headers(headers)
            body = await read_body(receive, self._patience)
            accepted = await self._ingest.take(source, headers, body)
        except RefusedError as refused:
            self._count(source.name, f"refused_{refused.status}")
            close = (b"connection", b"close")
            await answer(send, refused.status, refused.text.encode() + b"\n", close)
        except VerificationError as error:
            self._count(source.name, f"unproven_{error.reason}")
            status = 400 if error.reason == Defect.REPEATED else 401
            await answer(send, status, b"not proven\n")
        except StoreUnavailableError as error:
            log.warning("webhook not stored", source=source.name, error=str(error))
            self._count(source.name, "unavailable")
            await answer(send, 503, b"try again\n", (b"retry-after", RETRY_AFTER_S))
        else:
            self._welcome(source, accepted)
            await answer(send, 200, _challenge(source, body), content_type=JSON)
        finally:
            self._taking -= 1

    def _welcome(self, source: Source, accepted: Accepted) -> None:
        if accepted.new:
            self._count(source.name, "new")
        if accepted.tests:
            self._count(source.name, "tests")
        if accepted.new or accepted.tests:
            self._accepted()
        if accepted.duplicates:
            self._count(source.name, "duplicates")
        if accepted.conflicts:
            self._count(source.name, "conflicts")
            log.warning("same id, other body", source=source.name)


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
