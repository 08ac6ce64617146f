"""Standard Webhooks: HMAC-SHA256 over id, time and body (Parallel, Deck).

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.core.errors import SecretError, VerificationError
from bot.core.verify.scheme import (
    MAX_PROOF_BYTES,
    MAX_SIGNATURES,
    MIN_SECRET_BYTES,
    TIMESTAMP,
    Defect,
    Headers,
    Key,
    Proof,
    check_clock,
    fingerprint,
    matching_key,
    required,
    text_key,
    unix_seconds,
)

_PREFIX = "whsec_"
_MAX_KEY_BYTES = 128
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}={0,2}|[A-Za-z0-9+/]{3}=?)?")
# A dot in the id would let two messages share one signed content.
_ID = re.compile(rb"[A-Za-z0-9_-]{1,128}")
# 32 bytes are 44 characters; the last one before the padding has two bits that must be zero,
# or a signature could be spelt in four ways.
_ENTRY = re.compile(rb"v1,([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)")


@dataclass(frozen=True, slots=True)
class StandardWebhooks:
    """The symmetric scheme (`v1`) of Standard Webhooks; `v1a` entries are skipped.

    With `legacy_whole_string` the secret's characters, prefix and all, are a second key:
    Parallel signed so until May 2026, and still does for customers of that time.
    """

    legacy_whole_string: bool = False

    name: ClassVar[str] = "standard-webhooks"
    proof_headers: ClassVar[tuple[str, ...]] = (
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    )

    def keys(self, secret: str) -> tuple[Key, ...]:
        """Return the decoded key, and with `legacy_whole_string` the text as well."""
        if self.legacy_whole_string:
            whole = text_key(secret)
            try:
                material = _decode(secret.removeprefix(_PREFIX))
            except SecretError:
                return (whole,)
            return (Key(material, whole.fingerprint, "base64"), whole)
        if not secret.startswith(_PREFIX):
            raise SecretError(f"the secret must start with {_PREFIX}")
        material = _decode(secret.removeprefix(_PREFIX))
        return (Key(material, fingerprint(secret.encode()), "base64"),)

    def verify(
        self,
        headers: Headers,
        body: bytes,
        keys: Sequence[Key],
        *,
        now: datetime,
        tolerance_s: int = 300,
    ) -> Proof:
        """Return the proof that one entry is the signature of one of `keys`."""
        if not keys:
            raise VerificationError(Defect.UNCONFIGURED)
        message_id, timestamp, header = required(headers, self.proof_headers)
        signatures = _signatures(header)
        if not (_ID.fullmatch(message_id) and TIMESTAMP.fullmatch(timestamp) and signatures):
            raise VerificationError(Defect.MALFORMED)
        key = matching_key(keys, signed_content(message_id, timestamp, body), signatures)
        check_clock(timestamp, now, tolerance_s)
        return Proof(self.name, key.fingerprint, key.derivation)

    def sign(self, body: bytes, secret: str, *, id: str, now: datetime) -> dict[str, str]:  # noqa: A002 - the word of the specification
        """Return the three headers, signed with the preferred key of the secret."""
        timestamp = unix_seconds(now)
        content = signed_content(id.encode(), timestamp.encode(), body)
        signature = hmac.digest(self.keys(secret)[0].material, content, "sha256")
        entry = "v1," + binascii.b2a_base64(signature, newline=False).decode()
        return dict(zip(self.proof_headers, (id, timestamp, entry), strict=True))


def signed_content(message_id: bytes, timestamp: bytes, body: bytes) -> bytes:
    """Return the bytes that a Standard Webhooks signature covers."""
    return b".".join((message_id, timestamp, body))


def _signatures(header: bytes) -> list[bytes]:
    """Return the well-formed `v1` signatures; one bad entry does not spoil the others."""
    if len(header) > MAX_PROOF_BYTES:
        return []
    entries = header.split(b" ", MAX_SIGNATURES)[:MAX_SIGNATURES]
    matches = (_ENTRY.fullmatch(entry) for entry in entries)
    return [binascii.a2b_base64(match[1]) for match in matches if match]


def _decode(encoded: str) -> bytes:
    """Return the key that strict base64 stands for; its padding may be missing.

    Lenient decoding would drop what is not base64 and could leave a key of one byte.

    Raises:
        SecretError: it is not standard base64, or the key is too short or too long.
    """
    if not _BASE64.fullmatch(encoded):
        raise SecretError(f"what follows {_PREFIX} in the secret must be standard base64")
    digits = encoded.rstrip("=")
    material = binascii.a2b_base64(digits + "=" * (-len(digits) % 4))
    if not MIN_SECRET_BYTES <= len(material) <= _MAX_KEY_BYTES:
        raise SecretError(
            f"the secret must hold a key of {MIN_SECRET_BYTES} to {_MAX_KEY_BYTES} bytes"
        )
    return material
