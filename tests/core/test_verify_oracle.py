"""Any request whatever: no surprise, and nothing that the reference library refuses."""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook
from typing_extensions import override

from bot.core.errors import SecretError, VerificationError
from bot.core.verify import Headers, Scheme, SharedToken, StandardWebhooks, TimestampedHmac

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
SECRET = "whsec_b3JhY2xlLXNlY3JldC0wMTIzNDU2Nzg5YWJj"
BODY = b'{"type":"scan.completed"}'
STANDARD = StandardWebhooks()
SIGNING: tuple[Scheme, ...] = (
    STANDARD,
    StandardWebhooks(legacy_whole_string=True),
    TimestampedHmac(),
)
SCHEMES: tuple[Scheme, ...] = (*SIGNING, SharedToken())


class StoppedClock(datetime):
    """The reference library reads the real clock; here it reads this one."""

    @classmethod
    @override
    def now(cls, tz: tzinfo | None = None) -> StoppedClock:
        return cls.fromtimestamp(SECONDS, tz)


@pytest.fixture(scope="module", autouse=True)
def _stopped_clock() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("standardwebhooks.webhooks.datetime", StoppedClock)
        yield


def accepts(scheme: Scheme, headers: Headers, body: bytes = BODY) -> bool:
    """Return whether a scheme accepts; anything but VerificationError fails the test."""
    try:
        scheme.verify(headers, body, scheme.keys(SECRET), now=NOW)
    except VerificationError:
        return False
    return True


def oracle_accepts(message_id: bytes, timestamp: bytes, entry: bytes, body: bytes) -> bool:
    """Return whether the reference library accepts one entry; whatever it raises refuses."""
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    try:
        values = [value.decode() for value in (message_id, timestamp, entry)]
        Webhook(SECRET).verify(body, dict(zip(names, values, strict=True)), json_parse=False)
    except Exception:
        return False
    return True


def right(scheme: Scheme, message_id: str = "msg_1", body: bytes = BODY) -> Headers:
    """Return the raw headers of a right request."""
    headers = scheme.sign(body, SECRET, id=message_id, now=NOW)
    return [(name.encode(), value.encode()) for name, value in headers.items()]


NAMES = sorted({name.encode() for scheme in SCHEMES for name in scheme.proof_headers})
VALUES = sorted({value for scheme in SCHEMES for _, value in right(scheme)})
PIECES = st.lists(
    st.sampled_from([*VALUES, b" ", b",", b".", b"v1,", b"v1=", b"t=", b"Bearer ", b"\xff", b"="])
    | st.binary(max_size=8),
    max_size=6,
).map(b"".join)


@settings(max_examples=200)
@given(
    scheme=st.sampled_from(SCHEMES),
    headers=st.lists(st.tuples(st.sampled_from([*NAMES, b"cookie"]), PIECES), max_size=6),
    body=st.just(BODY) | st.binary(max_size=64),
)
def test_any_headers_and_body_are_answered(
    scheme: Scheme, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    """A scheme accepts or raises VerificationError, and does nothing else."""
    assert accepts(scheme, headers, body) in {True, False}


@settings(max_examples=200)
@given(scheme=st.sampled_from(SIGNING), data=st.data())
def test_any_proof_triple_is_answered(scheme: Scheme, data: st.DataObject) -> None:
    """All proof headers present, each right or arbitrary: still no other error."""
    triple = [
        (name, data.draw(st.just(value) | PIECES | st.binary())) for name, value in right(scheme)
    ]

    assert accepts(scheme, triple) or triple != right(scheme)


@settings(max_examples=200)
@given(secret=st.text(max_size=80) | st.from_regex(r"whsec_[\w+/=\- ]*", fullmatch=True))
def test_any_secret_is_answered(secret: str) -> None:
    """Keys of 16 bytes or more, or SecretError; never a short key or another error."""
    for scheme in SCHEMES:
        try:
            keys = scheme.keys(secret)
        except SecretError:
            continue
        assert keys
        assert all(len(key.material) >= 16 for key in keys)


ENTRIES = ["right", "wrong", "v1a", "garbage", "double comma", "empty", "stray bits", "junk inside"]
TIMES = ["plain", "fraction", "space", "plus", "zero", "underscore", "newline"]
BODIES = st.recursive(
    st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3), max_leaves=5
).map(lambda value: repr(value).encode())


def spell(entry: str, signature: bytes) -> bytes:
    """Return one entry of the signature header in the named spelling."""
    return {
        "right": signature,
        "wrong": b"v1," + binascii.b2a_base64(b"w" * 32, newline=False),
        "v1a": signature.replace(b"v1,", b"v1a,"),
        "garbage": b"garbage",
        "double comma": signature + b",",
        "empty": b"",
        "stray bits": signature[:-2] + bytes([signature[-2] + 1]) + b"=",
        "junk inside": signature[:10] + b"!*" + signature[10:],
    }[entry]


def write(time: str, seconds: int) -> bytes:
    """Return a time in the named spelling; the library takes them all."""
    plain = str(seconds)
    return {
        "plain": plain,
        "fraction": plain + ".9",
        "space": " " + plain,
        "plus": "+" + plain,
        "zero": "0" + plain,
        "underscore": plain[0] + "_" + plain[1:],
        "newline": plain + "\n",
    }[time].encode()


@settings(max_examples=200)
@given(
    message_id=st.from_regex(r"[A-Za-z0-9_.\- ]{1,12}", fullmatch=True),
    skew_s=st.integers(-300, 300),
    time=st.sampled_from([*TIMES[:1] * 6, *TIMES[1:]]),
    spellings=st.lists(st.sampled_from(ENTRIES), min_size=1, max_size=4),
    body=BODIES,
)
def test_accepts_only_what_the_library_accepts(
    message_id: str, skew_s: int, time: str, spellings: list[str], body: bytes
) -> None:
    """Every entry is put to the library alone, because a bad one makes it give up."""
    at = NOW + timedelta(seconds=skew_s)
    signature = STANDARD.sign(body, SECRET, id=message_id, now=at)["webhook-signature"].encode()
    stamp = write(time, SECONDS + skew_s)
    entries = [spell(spelling, signature) for spelling in spellings]
    headers = [
        (b"webhook-id", message_id.encode()),
        (b"webhook-timestamp", stamp),
        (b"webhook-signature", b" ".join(entries)),
    ]
    ours = accepts(STANDARD, headers, body)
    theirs = any(oracle_accepts(message_id.encode(), stamp, entry, body) for entry in entries)

    assert theirs or not ours
    if time == "plain" and "right" in spellings and not set(message_id) & set(". "):
        assert ours


@settings(max_examples=200)
@given(skew_s=st.integers(-400, 400))
def test_the_clock_rule_is_the_library_s(skew_s: int) -> None:
    """With a clock of whole seconds both accept 300 s on either side, and not 301."""
    at = NOW + timedelta(seconds=skew_s)
    signed = STANDARD.sign(BODY, SECRET, id="msg_1", now=at)
    headers = [(name.encode(), value.encode()) for name, value in signed.items()]
    (_, message_id), (_, timestamp), (_, entry) = headers

    assert accepts(STANDARD, headers) == (abs(skew_s) <= 300)
    assert accepts(STANDARD, headers) == oracle_accepts(message_id, timestamp, entry, BODY)


@settings(max_examples=100)
@given(
    scheme=st.sampled_from(SCHEMES),
    message_id=st.from_regex(r"[A-Za-z0-9_-]{1,128}", fullmatch=True),
    body=st.binary(max_size=200),
)
def test_what_is_signed_verifies(scheme: Scheme, message_id: str, body: bytes) -> None:
    """Signing and verifying are each other's inverse, for any id and any bytes."""
    assert accepts(scheme, right(scheme, message_id, body), body)


@settings(max_examples=100)
@given(scheme=st.sampled_from(SIGNING), body=st.binary(min_size=1, max_size=64), data=st.data())
def test_any_flipped_bit_is_refused(scheme: Scheme, body: bytes, data: st.DataObject) -> None:
    """One bit of the body changed, or its last byte lost, and the proof is void."""
    bit = data.draw(st.integers(0, len(body) * 8 - 1))
    flipped = bytearray(body)
    flipped[bit // 8] ^= 1 << bit % 8

    assert not accepts(scheme, right(scheme, body=body), bytes(flipped))
    assert not accepts(scheme, right(scheme, body=body), body[:-1])


CUTTABLE = st.lists(st.sampled_from(["a", ".", f"{SECONDS}"]), max_size=4).map("".join)


@settings(max_examples=200)
@given(message_id=CUTTABLE.filter(bool), body=CUTTABLE)
def test_signed_content_has_one_reading(message_id: str, body: str) -> None:
    """Of all ways to cut the signed bytes into id, time and body, we accept one at most."""
    content = f"{message_id}.{SECONDS}.{body}"
    signature = STANDARD.sign(body.encode(), SECRET, id=message_id, now=NOW)["webhook-signature"]
    dots = [place for place, character in enumerate(content) if character == "."]
    accepted = 0
    for first, second in combinations(dots, 2):
        headers = [
            (b"webhook-id", content[:first].encode()),
            (b"webhook-timestamp", content[first + 1 : second].encode()),
            (b"webhook-signature", signature.encode()),
        ]
        accepted += accepts(STANDARD, headers, content[second + 1 :].encode())

    assert accepted <= 1
    assert accepted or "." in message_id
