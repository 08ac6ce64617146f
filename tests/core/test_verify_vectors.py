"""Published and recomputed signatures: what every implementation must agree on."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from bot.core.errors import VerificationError
from bot.core.verify import Defect, Headers, Proof, StandardWebhooks, TimestampedHmac

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
GOOD = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
WRONG = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
V1A = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="
PUBLISHED = [
    (
        SECRET,
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
        GOOD,
    ),
    (
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
        1649367553,
        b'{"email":"test@example.com","username":"test_user"}',
        "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
    ),
]

MONITOR_ID = "whevent_abc123def456"
MONITOR_BODY = (
    b'{"type":"monitor.event.detected","timestamp":"2025-10-27T14:56:05.619331Z","data":'
    b'{"monitor_id":"monitor_0c9d7f7d5a7841a0b6c269b2b9b1e6aa","event":{"event_group_id":'
    b'"mevtgrp_b0079f70195e4258eab1e7284340f1a9ec3a8033ed236a24"},"metadata":{"team":"research"}}}'
)
DECODED = "v1,25k6Zd0u3d/LCZxMJ1rkK8OOpQPC2YTxGi9Jdf32mQc="
WHOLE = "v1,TZhb5o2T1l8d/38pkRs1jrLv5R0rjNGV6hHSsGnaqtI="
UNPREFIXED = "v1,TX6/epQzT55hPVIhodJmTiG1EzVS8YEGZsfuFSez3lg="

ALERT_SECRET = "sbwh_test_secret_0123456789abcdef"
ALERT_BODY = (
    b'{"id":"evt_test_1","type":"alert.triggered","livemode":false,'
    b'"data":{"workspace_id":"ws_1","workspace_slug":"acme"}}'
)
ALERT_HEX = "e6cff3c9242f2ae29d0115cd0e01dcfa895feab759c0eefb32c2b84f4be43bf7"
AT = 1751498975


def raw(headers: Mapping[str, str]) -> Headers:
    """Return headers as a server hands them over."""
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def standard(message_id: str, timestamp: int, signature: str) -> Headers:
    """Return the three headers of Standard Webhooks."""
    return raw(
        {
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature,
        }
    )


def verify_published(signature: str, secret: str = SECRET) -> Proof:
    """Verify the first published message with another signature or secret."""
    _, message_id, timestamp, body, _ = PUBLISHED[0]
    scheme = StandardWebhooks()
    headers = standard(message_id, timestamp, signature)
    now = datetime.fromtimestamp(timestamp, UTC)
    return scheme.verify(headers, body, scheme.keys(secret), now=now)


@pytest.mark.parametrize(("secret", "message_id", "timestamp", "body", "signature"), PUBLISHED)
def test_published_vectors_are_made_and_accepted(
    secret: str, message_id: str, timestamp: int, body: bytes, signature: str
) -> None:
    """We sign the published messages to the published bytes, and accept those."""
    scheme = StandardWebhooks()
    now = datetime.fromtimestamp(timestamp, UTC)
    headers = scheme.sign(body, secret, id=message_id, now=now)

    assert headers == {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature,
    }
    assert scheme.verify(raw(headers), body, scheme.keys(secret), now=now) == Proof(
        "standard-webhooks", hashlib.sha256(secret.encode()).hexdigest()[:8], "base64"
    )


@pytest.mark.parametrize(
    ("signature", "reason"),
    [
        ("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA=", Defect.MISMATCH),
        (WRONG, Defect.MISMATCH),
        ("v1,R3PTzyfHASBKHH98a7yexTwaJ4yNIcGhFQc1yuN+BPU=", Defect.MISMATCH),
        (f"{WRONG} {WRONG} {WRONG}", Defect.MISMATCH),
        ("v1,dawfeoifkpqwoekfpqoekf", Defect.MALFORMED),
        ("v1,", Defect.MALFORMED),
        ("", Defect.MALFORMED),
        (GOOD[:8], Defect.MALFORMED),
        (GOOD.removeprefix("v1,"), Defect.MALFORMED),
        (GOOD.replace("v1,", "v2,"), Defect.MALFORMED),
        (GOOD.replace("v1,", "v1a,"), Defect.MALFORMED),
        (GOOD[:-2] + "F=", Defect.MALFORMED),  # decodes to the same bytes as the good one
        (V1A, Defect.MALFORMED),  # a right one, but of a scheme that needs a public key
    ],
)
def test_wrong_signatures_are_refused(signature: str, reason: Defect) -> None:
    """What the reference suites refuse is refused, and without HMAC when shapeless."""
    with pytest.raises(VerificationError) as caught:
        verify_published(signature)

    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "signature",
    [
        f"{WRONG} {WRONG.replace('v1,', 'v2,')} {GOOD} {WRONG}",
        f"{V1A} {GOOD}",
        f"{GOOD} garbage",
    ],
)
def test_one_right_entry_is_enough(signature: str) -> None:
    """While a secret rotates, one right entry among others proves the origin."""
    assert verify_published(signature).derivation == "base64"


@pytest.mark.parametrize("size", [16, 17, 24, 25, 64, 128])
@pytest.mark.parametrize("dropped", [0, 1, 2])
def test_padding_of_a_secret_may_be_missing(size: int, dropped: int) -> None:
    """A secret gives the same key with all, some or none of its `=`."""
    key = bytes(range(size))
    secret = "whsec_" + b64encode(key).decode()
    missing = min(dropped, secret.count("="))

    assert StandardWebhooks().keys(secret[: len(secret) - missing])[0].material == key


@pytest.mark.parametrize(
    ("signature", "legacy", "derivation"),
    [
        (DECODED, False, "base64"),
        (DECODED, True, "base64"),
        (WHOLE, True, "text"),
        (f"{WHOLE} {DECODED}", False, "base64"),
        (f"{WHOLE} {DECODED}", True, "base64"),
        (WHOLE, False, None),
        (UNPREFIXED, False, None),
        (UNPREFIXED, True, None),
    ],
)
def test_two_derivations_of_one_secret(
    signature: str, legacy: bool, derivation: str | None
) -> None:
    """The whole string counts in legacy mode only; the bare text never does."""
    scheme = StandardWebhooks(legacy_whole_string=legacy)
    headers = standard(MONITOR_ID, AT, signature)
    now = datetime.fromtimestamp(AT, UTC)
    keys = scheme.keys(SECRET)

    if derivation is None:
        with pytest.raises(VerificationError, match=Defect.MISMATCH):
            scheme.verify(headers, MONITOR_BODY, keys, now=now)
    else:
        assert scheme.verify(headers, MONITOR_BODY, keys, now=now).derivation == derivation


def test_timestamped_hmac_vector() -> None:
    """The SurfacedBy message is signed to the known hex, and that is accepted."""
    scheme = TimestampedHmac()
    now = datetime.fromtimestamp(AT, UTC)
    headers = scheme.sign(ALERT_BODY, ALERT_SECRET, id="unused", now=now)

    assert headers == {
        "x-surfacedby-timestamp": str(AT),
        "x-surfacedby-signature": f"t={AT},v1={ALERT_HEX}",
    }
    assert scheme.verify(raw(headers), ALERT_BODY, scheme.keys(ALERT_SECRET), now=now) == Proof(
        "timestamped-hmac", hashlib.sha256(ALERT_SECRET.encode()).hexdigest()[:8], "text"
    )
