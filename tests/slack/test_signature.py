"""Slack's proof of origin is checked strictly, and never by an exception."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.signature import is_signed, sign

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TIMESTAMP = b"1531420618"
NOW = datetime.fromtimestamp(1531420618, UTC)
BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
    b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
    b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
    b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121"
    b".803a0bc887a14d10d2c447fce8b6703c"
)
SIGNATURE = b"v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


def _is_signed(
    *,
    secrets: tuple[str, ...] = (SECRET,),
    body: bytes = BODY,
    timestamp: bytes = TIMESTAMP,
    signature: bytes = SIGNATURE,
    now: datetime = NOW,
) -> bool:
    return is_signed(secrets, body, timestamp=timestamp, signature=signature, now=now)


def test_the_documented_example_is_signed() -> None:
    """Slack's own vector is reproduced and accepted."""
    assert sign(SECRET, BODY, TIMESTAMP) == SIGNATURE
    assert _is_signed()


@pytest.mark.parametrize(("skew_s", "expected"), [(299, True), (300, True), (301, False)])
@pytest.mark.parametrize("direction", [-1, 1])
def test_five_minutes_count_in_both_directions(skew_s: int, expected: bool, direction: int) -> None:
    """Three hundred seconds are accepted, one more is not."""
    assert _is_signed(now=NOW + timedelta(seconds=direction * skew_s)) is expected


@pytest.mark.parametrize(
    ("secrets", "expected"),
    [
        (("other", SECRET), True),
        ((SECRET, "other"), True),
        (("other",), False),
        ((), False),
        (("",), False),
    ],
)
def test_any_listed_secret_counts(secrets: tuple[str, ...], expected: bool) -> None:
    """During a rotation both do; one that is no longer listed does not."""
    assert _is_signed(secrets=secrets) is expected


def test_an_empty_secret_proves_nothing() -> None:
    """A signature made with an empty key is refused, even if an empty secret is listed."""
    assert not _is_signed(secrets=("",), signature=sign("", BODY, TIMESTAMP))


@pytest.mark.parametrize(
    "timestamp",
    [
        b"", b" 1531420618", b"1531420618 ", b"+1531420618", b"01531420618", b"1_531_420_618",
        b"1531420618.0", b"1531420618\n", b"-1531420618", b"nan", b"1e9", b"9" * 400,
        "١٥٣١٤٢٠٦١٨".encode(), b"\xff" * 10,
    ],
)  # fmt: skip
def test_a_timestamp_is_ten_to_twelve_digits(timestamp: bytes) -> None:
    """Even when it was signed, any other spelling of a time is refused."""
    assert not _is_signed(timestamp=timestamp, signature=sign(SECRET, BODY, timestamp))


@pytest.mark.parametrize(
    "signature",
    [
        b"", b"v0=", SIGNATURE.upper(), SIGNATURE[3:], b"v1" + SIGNATURE[2:], SIGNATURE + b"0",
        SIGNATURE[:-1], SIGNATURE + b"\n", b" " + SIGNATURE, b"v0=" + b"\xe9" * 64,
        SIGNATURE[:-1] + b"4", b"v0=" + b"0" * 64,
    ],
)  # fmt: skip
def test_a_signature_is_exactly_what_slack_makes(signature: bytes) -> None:
    """Other lengths, letters, versions and values are refused."""
    assert not _is_signed(signature=signature)


@given(st.binary(max_size=20), st.binary(max_size=80), st.binary(max_size=40))
def test_any_bytes_are_refused_quietly(timestamp: bytes, signature: bytes, body: bytes) -> None:
    """No header makes the check fail instead of answering no."""
    assert not _is_signed(timestamp=timestamp, signature=signature, body=body)


@given(st.integers(0, len(BODY) * 8 - 1))
def test_every_bit_of_the_body_counts(bit: int) -> None:
    """A body that differs in one bit is not the one that was signed."""
    changed = bytearray(BODY)
    changed[bit // 8] ^= 1 << bit % 8

    assert not _is_signed(body=bytes(changed))
