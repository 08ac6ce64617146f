"""Shared token: a long random value in a header, for senders that sign nothing (Lytics)."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.core.errors import SecretError, VerificationError
from bot.core.verify.scheme import Defect, Headers, Key, Proof, optional, text_key

_TOKEN = re.compile(rb"[!-~]{16,512}")
_BEARER = re.compile(rb"[Bb][Ee][Aa][Rr][Ee][Rr] +(.*)")


@dataclass(frozen=True, slots=True)
class SharedToken:
    """A token in a header of its own, or as `Authorization: Bearer`; either will do.

    It proves who sent, but neither what nor when: body and time are not covered.
    The header name is in lower case.
    """

    header: str = "x-webhook-token"

    name: ClassVar[str] = "shared-token"

    @property
    def proof_headers(self) -> tuple[str, ...]:
        """The token header and `authorization`."""
        return (self.header, "authorization")

    def keys(self, secret: str) -> tuple[Key, ...]:
        """Return the token as the one key: 16 to 512 printable ASCII characters."""
        key = text_key(secret)
        if not _TOKEN.fullmatch(key.material):
            raise SecretError(
                "the secret must be 16 to 512 printable ASCII characters without spaces"
            )
        return (key,)

    def verify(
        self,
        headers: Headers,
        body: bytes,
        keys: Sequence[Key],
        *,
        now: datetime,
        tolerance_s: int = 300,
    ) -> Proof:
        """Return the proof that one given token is one of `keys`; the rest is not looked at."""
        if not keys:
            raise VerificationError(Defect.UNCONFIGURED)
        digests = [hashlib.sha256(token).digest() for token in self._tokens(headers)]
        for key in keys:
            # Digests have one length, so the comparison tells nothing of the token's.
            expected = hashlib.sha256(key.material).digest()
            if any(hmac.compare_digest(expected, digest) for digest in digests):
                return Proof(self.name, key.fingerprint, key.derivation)
        raise VerificationError(Defect.MISMATCH)

    def sign(self, body: bytes, secret: str, *, id: str, now: datetime) -> dict[str, str]:  # noqa: A002 - the word of the interface
        """Return the token header; nothing is signed."""
        return {self.header: self.keys(secret)[0].material.decode()}

    def _tokens(self, headers: Headers) -> list[bytes]:
        """Return the well-formed tokens of a request, at least one.

        Raises:
            VerificationError: there is none, or a header is given twice.
        """
        own, authorization = optional(headers, self.proof_headers)
        if own is None and authorization is None:
            raise VerificationError(Defect.MISSING)
        bearer = _BEARER.fullmatch(authorization) if authorization is not None else None
        given = (own, bearer and bearer[1])
        tokens = [token for token in given if token is not None and _TOKEN.fullmatch(token)]
        if not tokens:
            raise VerificationError(Defect.MALFORMED)
        return tokens
