"""Webhooks as bytes, ready to be written to a socket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from bot.core.verify import TimestampedHmac
from tests.system.scene import scan_failed


def requests(url: str, secret: str, count: int, channels: int) -> Iterator[bytes]:
    """Yield HTTP requests with webhooks of SurfacedBy, each with an id of its own.

    Webhook n names `site-<n>.example` and belongs to workspace n modulo `channels`.
    """
    scheme, now = TimestampedHmac(), datetime.now(UTC)
    address = urlsplit(url)
    for number in range(count):
        event = scan_failed(f"site-{number}.example", workspace=str(number % channels))
        body = json.dumps(event).encode()
        proof = scheme.sign(body, secret, id="", now=now)
        lines = [
            f"POST {address.path} HTTP/1.1",
            f"host: {address.netloc}",
            "user-agent: SurfacedBy-Webhooks/1.0",
            "accept: */*",
            "content-type: application/json",
            f"content-length: {len(body)}",
            *(f"{name}: {value}" for name, value in proof.items()),
        ]
        yield "\r\n".join(lines).encode() + b"\r\n\r\n" + body
