"""What every scheme of proof shares: its words, header reading, HMAC and clock rule."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Protocol

from bot.core.errors import SecretError, VerificationError

Headers = Sequence[tuple[bytes, bytes]]
"""Raw ASGI headers: names in lower case, order and repeats kept."""

MIN_SECRET_BYTES = 16
MAX_PROOF_BYTES = 4096
"""Longest header that is searched for signatures."""
MAX_SIGNATURES = 16
"""How many signatures of one header are looked at; a rotation needs two."""

# int() and float() also take signs, spaces, underscores, exponents and other scripts' digits.
TIMESTAMP = re.compile(rb"[1-9][0-9]{9,11}")


class Defect(StrEnum):
    """What is wrong with a proof: the `reason` of every VerificationError.

    A proof is `stale` only when its signature is right, so that it tells the operator
    of a wrong clock or a replay, and never of a stranger.
    """

    MISSING = "missing"
    MALFORMED = "malformed"
    REPEATED = "repeated"
    STALE = "stale"
    MISMATCH = "mismatch"
    UNCONFIGURED = "unconfigured"


@dataclass(frozen=True, slots=True)
class Key:
    """One reading of one configured secret.

    `fingerprint` is the first 8 hex digits of the SHA-256 of the secret as configured,
    safe to show; `derivation` is "base64" (decoded) or "text" (the characters).
    """

    material: bytes = field(repr=False)
    fingerprint: str
    derivation: str


class Proof(NamedTuple):
    """What proved the origin of a webhook; safe to store and to show."""

    scheme: str
    fingerprint: str
    derivation: str


class Scheme(Protocol):
    """A way for a sender to prove that a webhook is its own."""

    @property
    def name(self) -> str:
        """The name under which proofs of this scheme are stored."""

    @property
    def proof_headers(self) -> tuple[str, ...]:
        """The names of the headers that carry proof, in lower case."""

    def keys(self, secret: str) -> tuple[Key, ...]:
        """Return the keys of one configured secret, the preferred one first.

        Raises:
            SecretError: it cannot be a key; the text does not contain it.
        """

    def verify(
        self,
        headers: Headers,
        body: bytes,
        keys: Sequence[Key],
        *,
        now: datetime,
        tolerance_s: int = 300,
    ) -> Proof:
        """Return what proves that the holder of one of `keys` sent exactly `body`.

        Raises:
            VerificationError: nothing does; its `reason` is a `Defect`.
        """

    def sign(self, body: bytes, secret: str, *, id: str, now: datetime) -> dict[str, str]:  # noqa: A002 - the word of the specification
        """Return the headers that a sender would add to `body`.

        Raises:
            SecretError: the secret cannot be a key.
        """


def text_key(secret: str) -> Key:
    """Return the key that is the secret's own characters, in UTF-8.

    Raises:
        SecretError: it is too short, or has white space in it, as a bad paste has.
    """
    if any(character.isspace() for character in secret):
        raise SecretError("the secret has white space in it")
    try:
        material = secret.encode()
    except UnicodeEncodeError:
        # The original error carries the secret, so it does not travel on.
        raise SecretError("the secret is not valid Unicode text") from None
    if len(material) < MIN_SECRET_BYTES:
        raise SecretError(f"the secret must have at least {MIN_SECRET_BYTES} bytes")
    return Key(material, fingerprint(material), "text")


def fingerprint(secret: bytes) -> str:
    """Return eight hex digits that tell one configured secret from another."""
    return hashlib.sha256(secret).hexdigest()[:8]


def optional(headers: Headers, names: Sequence[str]) -> list[bytes | None]:
    """Return the value of each named header, None where it is not there.

    Raises:
        VerificationError: one of them is given twice, so which one counts is a guess.
    """
    wanted = _encoded(tuple(names))
    given = [header for header in headers if header[0] in wanted]
    found = dict(given)
    if len(found) < len(given):
        raise VerificationError(Defect.REPEATED)
    return [found.get(name) for name in wanted]  # a name may be wanted twice


@lru_cache(maxsize=64)
def _encoded(names: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(name.encode() for name in names)


def required(headers: Headers, names: Sequence[str]) -> list[bytes]:
    """Return the value of each named header.

    Raises:
        VerificationError: one of them is given twice, or is not there.
    """
    values = [value for value in optional(headers, names) if value is not None]
    if len(values) < len(names):
        raise VerificationError(Defect.MISSING)
    return values


def matching_key(keys: Sequence[Key], content: bytes, signatures: Sequence[bytes]) -> Key:
    """Return the key whose HMAC-SHA256 of `content` is among `signatures`.

    Raises:
        VerificationError: there is none.
    """
    for key in keys:
        # hmac.digest() lets go of the interpreter, and under load waits to get it back.
        expected = hmac.new(key.material, content, "sha256").digest()
        for signature in signatures:
            if hmac.compare_digest(expected, signature):
                return key
    raise VerificationError(Defect.MISMATCH)


def check_clock(timestamp: bytes, now: datetime, tolerance_s: int) -> None:
    """Refuse a time further than `tolerance_s` from now, before or after.

    Raises:
        VerificationError: it is; exactly `tolerance_s` is not.
    """
    if abs(now.timestamp() - int(timestamp)) > tolerance_s:
        raise VerificationError(Defect.STALE)


def unix_seconds(now: datetime) -> str:
    """Return a time as senders write it: whole seconds since 1970."""
    return str(int(now.timestamp()))
