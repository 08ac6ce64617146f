"""Timestamped HMAC: `t=…,v1=<hex>` over time and body (SurfacedBy)."""

from __future__ import annotations

import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.core.errors import VerificationError
from bot.core.verify.scheme import (
    MAX_PROOF_BYTES,
    MAX_SIGNATURES,
    TIMESTAMP,
    Defect,
    Headers,
    Key,
    Proof,
    check_clock,
    matching_key,
    required,
    text_key,
    unix_seconds,
)

_SIGNATURE = re.compile(rb"v1=[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class TimestampedHmac:
    """HMAC-SHA256 of `<time>.<body>`, keyed with the secret's characters.

    The time travels twice, in its own header and as `t=`; they must agree, because only
    one of them is what the sender signed. Header names are in lower case.
    """

    timestamp_header: str = "x-surfacedby-timestamp"
    signature_header: str = "x-surfacedby-signature"

    name: ClassVar[str] = "timestamped-hmac"

    @property
    def proof_headers(self) -> tuple[str, ...]:
        """The timestamp header and the signature header."""
        return (self.timestamp_header, self.signature_header)

    def keys(self, secret: str) -> tuple[Key, ...]:
        """Return the one key of the secret: its UTF-8 bytes, at least 16."""
        return (text_key(secret),)

    def verify(
        self,
        headers: Headers,
        body: bytes,
        keys: Sequence[Key],
        *,
        now: datetime,
        tolerance_s: int = 300,
    ) -> Proof:
        """Return the proof that one `v1` part is the signature of one of `keys`."""
        if not keys:
            raise VerificationError(Defect.UNCONFIGURED)
        timestamp, header = required(headers, self.proof_headers)
        times, signatures = _parts(header)
        if times != [timestamp] or not TIMESTAMP.fullmatch(timestamp) or not signatures:
            raise VerificationError(Defect.MALFORMED)
        key = matching_key(keys, timestamp + b"." + body, signatures)
        check_clock(timestamp, now, tolerance_s)
        return Proof(self.name, key.fingerprint, key.derivation)

    def sign(self, body: bytes, secret: str, *, id: str, now: datetime) -> dict[str, str]:  # noqa: A002 - the word of the interface
        """Return the two headers; this scheme has no place for `id`."""
        timestamp = unix_seconds(now)
        content = timestamp.encode() + b"." + body
        signature = hmac.digest(self.keys(secret)[0].material, content, "sha256").hex()
        return {
            self.timestamp_header: timestamp,
            self.signature_header: f"t={timestamp},v1={signature}",
        }


def _parts(header: bytes) -> tuple[list[bytes], list[bytes]]:
    """Return the times and the well-formed `v1` signatures; other parts are ignored."""
    if len(header) > MAX_PROOF_BYTES or not header.isascii():
        return [], []
    parts = header.split(b",", MAX_SIGNATURES + 1)[: MAX_SIGNATURES + 1]
    times = [part[2:] for part in parts if part.startswith(b"t=")]
    return times, [binascii.unhexlify(part[3:]) for part in parts if _SIGNATURE.fullmatch(part)]
