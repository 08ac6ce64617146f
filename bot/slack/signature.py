"""Slack's proof of origin.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime

TOLERANCE_S = 300

_TIMESTAMP = re.compile(rb"[1-9][0-9]{9,11}")
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")


def sign(secret: str, body: bytes, timestamp: bytes) -> bytes:
    """Return the signature of a body; `timestamp` is Unix seconds in digits."""
    signed = b"v0:" + timestamp + b":" + body
    return b"v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode()


def is_signed(
    secrets: Sequence[str], body: bytes, *, timestamp: bytes, signature: bytes, now: datetime
) -> bool:
    """Return whether one of our secrets signed the body, at most 300 s from now.

    Takes any bytes whatever; an empty secret proves nothing.
    """
    # The shapes come first, so that a flood without signature costs no HMAC.
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_S:
        return False
    expected = (sign(secret, body, timestamp) for secret in secrets if secret)
    matches = [hmac.compare_digest(one, signature) for one in expected]
    return any(matches)
