"""The rules of every scheme: shapes, clock, rotation, secrets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import overload

import pytest
from typing_extensions import override

from bot.core.errors import SecretError, VerificationError
from bot.core.verify import (
    Defect,
    Headers,
    Key,
    Proof,
    Scheme,
    SharedToken,
    StandardWebhooks,
    TimestampedHmac,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BODY = b'{"type":"scan.completed"}'
OLD = "whsec_b2xkLXNlY3JldC0wMTIzNDU2Nzg5YWJjZGVm"
NEW = "whsec_bmV3LXNlY3JldC0wMTIzNDU2Nzg5YWJjZGVm"
SCHEMES: tuple[Scheme, ...] = (
    StandardWebhooks(),
    StandardWebhooks(legacy_whole_string=True),
    TimestampedHmac(),
    SharedToken(),
)
SIGNING = SCHEMES[:3]
STANDARD = SCHEMES[0]
STAMPED = SCHEMES[2]
TOKEN = SCHEMES[3]

Edit = Callable[[dict[bytes, bytes]], object]


class Untouchable(Sequence[Key]):
    """Keys that exist and must not be used."""

    @override
    def __len__(self) -> int:
        return 1

    @overload
    def __getitem__(self, index: int) -> Key: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Key]: ...
    @override
    def __getitem__(self, index: int | slice) -> Key | Sequence[Key]:
        raise AssertionError("a key was used")


def signed(
    scheme: Scheme, secret: str = OLD, *, message_id: str = "msg_1", at: datetime = NOW
) -> dict[bytes, bytes]:
    """Return the raw headers of a right request."""
    headers = scheme.sign(BODY, secret, id=message_id, now=at)
    return {name.encode(): value.encode() for name, value in headers.items()}


def verify(scheme: Scheme, headers: dict[bytes, bytes], *secrets: str) -> Proof:
    """Verify `BODY` at `NOW` with the keys of the given secrets."""
    keys = [key for secret in secrets or (OLD,) for key in scheme.keys(secret)]
    return scheme.verify(list(headers.items()), BODY, keys, now=NOW)


def refusal(scheme: Scheme, headers: Headers, keys: Sequence[Key] | None = None) -> str:
    """Return the reason why headers are refused; by default no key may be used."""
    with pytest.raises(VerificationError) as caught:
        scheme.verify(headers, BODY, Untouchable() if keys is None else keys, now=NOW)
    return caught.value.reason


# Shapes. Each is refused before a key is touched.

BAD_IDS = [b"", b"msg.1", b"msg\n1", b"msg_1\n", b"msg 1", b"a" * 129, b"a" * 100_000, b"m\xc3\xa9"]
SECONDS = str(int(NOW.timestamp())).encode()
BAD_TIMES = [
    *(b"", b" " + SECONDS, SECONDS + b"\n", b"+" + SECONDS, b"-" + SECONDS, b"0" + SECONDS),
    *(SECONDS + b".9", SECONDS[:1] + b"_" + SECONDS[1:], SECONDS + b"e0", b"9" * 13, b"9" * 9),
    *(b"nan", b"inf", b"-inf", b"1e400", b"0x10", b"soon", "١٧٩٥١٧٦٠٠٠".encode()),
]
BAD_ENTRIES = [
    *(b"", b" ", b"garbage", b"v1", b"v1,", b"v1,a,b", b",", b"\xff\xfe", "v1,é".encode()),
    b"v1," + b"A" * 42 + b"=",  # one character short
    b"v1," + b"A" * 44 + b"=",  # one too many
    b"v1," + b"A" * 44,  # bad padding
    b"v1," + b"A" * 41 + b"-_A=",  # URL-safe alphabet
    b"v1," + b"A" * 41 + b"!*A=",  # lenient decoders drop these
    b"v1," + b"A" * 43 + b"=\n",
    b"V1," + b"A" * 43 + b"=",
    b"v1a," + b"A" * 43 + b"=",
]


@pytest.mark.parametrize("value", BAD_IDS)
def test_ids_are_strict(value: bytes) -> None:
    """An id with a dot would move the border between id and time."""
    headers = signed(STANDARD) | {b"webhook-id": value}

    assert refusal(STANDARD, list(headers.items())) == Defect.MALFORMED


@pytest.mark.parametrize("message_id", ["a", "A-z_0-9", "a" * 128])
def test_allowed_ids_are_accepted(message_id: str) -> None:
    """Letters, digits, dash and underscore, up to 128 of them."""
    headers = signed(STANDARD, message_id=message_id)

    assert verify(STANDARD, headers).scheme == STANDARD.name


@pytest.mark.parametrize("value", BAD_TIMES)
def test_times_are_strict(value: bytes) -> None:
    """Only plain seconds are a time, whatever int() and float() would take."""
    standard = signed(STANDARD) | {b"webhook-timestamp": value}
    signature = b"t=" + value + b",v1=" + b"a" * 64
    stamped = {b"x-surfacedby-timestamp": value, b"x-surfacedby-signature": signature}

    assert refusal(STANDARD, list(standard.items())) == Defect.MALFORMED
    assert refusal(STAMPED, list(stamped.items())) == Defect.MALFORMED


@pytest.mark.parametrize("entry", BAD_ENTRIES)
def test_a_bad_entry_is_skipped(entry: bytes) -> None:
    """Alone it is malformed; before and after a right one it does no harm."""
    headers = signed(STANDARD)
    right = headers[b"webhook-signature"]
    alone = headers | {b"webhook-signature": entry}

    assert refusal(STANDARD, list(alone.items())) == Defect.MALFORMED
    for both in (entry + b" " + right, right + b" " + entry, entry + b"  " + right):
        assert verify(STANDARD, headers | {b"webhook-signature": both}).scheme == STANDARD.name


def test_signatures_are_bounded() -> None:
    """The 16th signature counts, the 17th does not, and 4 KiB is all that is read."""
    headers = signed(STANDARD)
    right = headers[b"webhook-signature"]
    wrong = b"v1," + b"A" * 43 + b"= "

    sixteenth = headers | {b"webhook-signature": wrong * 15 + right}
    assert verify(STANDARD, sixteenth).scheme == STANDARD.name
    seventeenth = headers | {b"webhook-signature": wrong * 16 + right}
    assert refusal(STANDARD, list(seventeenth.items()), STANDARD.keys(OLD)) == Defect.MISMATCH
    long = headers | {b"webhook-signature": right + b" " + b"v" * 4096}
    assert refusal(STANDARD, list(long.items())) == Defect.MALFORMED


STAMP = b"t=" + SECONDS
HEX = b"v1=" + b"a" * 64


@pytest.mark.parametrize(
    "value",
    [
        b"",
        STAMP,
        HEX,
        STAMP + b",v1=",
        STAMP + b",v1=" + b"A" * 64,
        STAMP + b",v1=" + b"a" * 63,
        STAMP + b",v1=" + b"a" * 65,
        STAMP + b",v1=" + b"g" * 64,
        STAMP + b"," + HEX + b"\n",
        STAMP + b"," + STAMP + b"," + HEX,
        b"t=" + str(int(SECONDS) + 1).encode() + b"," + HEX,
        STAMP + b"," + HEX + b",x=\xe9",
        STAMP + b"," + HEX + b",x=" + b"y" * 4096,
        STAMP + b",x=y" * 16 + b"," + HEX,
    ],
)
def test_timestamped_signature_is_strict(value: bytes) -> None:
    """One time, equal to the header's, and one lower-case hex signature at least."""
    headers = [(b"x-surfacedby-timestamp", SECONDS), (b"x-surfacedby-signature", value)]

    assert refusal(STAMPED, headers) == Defect.MALFORMED


@pytest.mark.parametrize(
    ("before", "after"), [(b"", b",x=1"), (b"v0=ab,", b""), (HEX + b",", b"," + HEX), (b",", b",")]
)
def test_timestamped_parts_that_do_not_count(before: bytes, after: bytes) -> None:
    """Unknown parts and other signatures beside a right one do no harm."""
    headers = signed(STAMPED)
    headers[b"x-surfacedby-signature"] = before + headers[b"x-surfacedby-signature"] + after

    assert verify(STAMPED, headers).scheme == STAMPED.name


def test_the_sixteenth_timestamped_signature_counts() -> None:
    """A time and sixteen signatures are looked at."""
    headers = signed(STAMPED)
    stamp, right = headers[b"x-surfacedby-signature"].split(b",")
    headers[b"x-surfacedby-signature"] = b",".join([stamp, *[HEX] * 15, right])

    assert verify(STAMPED, headers).scheme == STAMPED.name


# Tokens.

RIGHT = OLD.encode()
OTHER = b"another-token-0123456789"


@pytest.mark.parametrize(
    "headers",
    [
        [(b"x-webhook-token", RIGHT)],
        [(b"authorization", b"Bearer " + RIGHT)],
        [(b"authorization", b"bearer  " + RIGHT)],
        [(b"x-webhook-token", OTHER), (b"authorization", b"Bearer " + RIGHT)],
        [(b"x-webhook-token", b"\xff"), (b"authorization", b"Bearer " + RIGHT)],
        [(b"x-webhook-token", RIGHT), (b"authorization", b"Basic dXNlcjpwYXNz")],
    ],
)
def test_a_token_in_either_header_is_enough(headers: Headers) -> None:
    """One right token proves the sender, whatever the other header holds."""
    assert TOKEN.verify(headers, b"anything", TOKEN.keys(OLD), now=NOW).derivation == "text"


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ([(b"x-webhook-token", OTHER)], Defect.MISMATCH),
        ([(b"authorization", b"Bearer " + OTHER)], Defect.MISMATCH),
        ([(b"x-webhook-token", RIGHT[:-1])], Defect.MISMATCH),
        ([(b"x-webhook-token", RIGHT + b"x")], Defect.MISMATCH),
        ([(b"x-webhook-token", b"Bearer " + RIGHT)], Defect.MALFORMED),
        ([(b"authorization", RIGHT)], Defect.MALFORMED),
        ([(b"authorization", b"Basic " + RIGHT)], Defect.MALFORMED),
        ([(b"authorization", b"Bearer" + RIGHT)], Defect.MALFORMED),
        ([(b"x-webhook-token", b"")], Defect.MALFORMED),
        ([(b"x-webhook-token", b"short")], Defect.MALFORMED),
        ([(b"x-webhook-token", b"a" * 513)], Defect.MALFORMED),
        ([(b"x-webhook-token", "é".encode() * 16)], Defect.MALFORMED),
        ([(b"cookie", RIGHT)], Defect.MISSING),
    ],
)
def test_wrong_tokens_are_refused(headers: Headers, reason: Defect) -> None:
    """Another token, a part of it, or a shape that no token has."""
    keys = TOKEN.keys(OLD) if reason is Defect.MISMATCH else None

    assert refusal(TOKEN, headers, keys) == reason


def test_a_token_can_have_a_header_of_its_own() -> None:
    """The header is the source's choice, even the one that Bearer uses."""
    for name in ("x-acme-key", "authorization"):
        scheme = SharedToken(header=name)

        assert verify(scheme, {name.encode(): RIGHT}).scheme == scheme.name
        with pytest.raises(VerificationError, match=Defect.MISSING):
            verify(scheme, {b"x-webhook-token": RIGHT})


# What all schemes have in common.


@pytest.mark.parametrize("scheme", SCHEMES, ids=repr)
def test_a_proof_header_is_given_once(scheme: Scheme) -> None:
    """Twice is `repeated`, even twice the same; without any it is `missing`."""
    headers = list(signed(scheme).items())

    for header in headers:
        assert refusal(scheme, [*headers, header]) == Defect.REPEATED
        assert refusal(scheme, [header, header]) == Defect.REPEATED
    assert refusal(scheme, []) == Defect.MISSING


@pytest.mark.parametrize("scheme", SCHEMES, ids=repr)
def test_other_headers_do_not_matter(scheme: Scheme) -> None:
    """Headers that carry no proof may be anything and be repeated."""
    headers = [(b"cookie", b"\xff"), *signed(scheme).items(), (b"cookie", b"")]

    assert scheme.verify(headers, BODY, scheme.keys(OLD), now=NOW).scheme == scheme.name


@pytest.mark.parametrize("scheme", SIGNING, ids=repr)
def test_every_proof_header_is_needed(scheme: Scheme) -> None:
    """Without any one of them there is no proof."""
    headers = signed(scheme)

    assert {name.decode() for name in headers} == set(scheme.proof_headers)
    for name in headers:
        rest = [header for header in headers.items() if header[0] != name]
        assert refusal(scheme, rest) == Defect.MISSING


@pytest.mark.parametrize("scheme", SCHEMES, ids=repr)
def test_without_keys_a_source_is_closed(scheme: Scheme) -> None:
    """No secret refuses even what would be right."""
    assert refusal(scheme, list(signed(scheme).items()), ()) == Defect.UNCONFIGURED


@pytest.mark.parametrize("scheme", SIGNING, ids=repr)
@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize(
    ("skew_s", "tolerance_s", "accepted"),
    [
        (299, 300, True),
        (300, 300, True),
        (301, 300, False),
        (300.001, 300, False),
        (3600, 300, False),
        (3600, 3600, True),
        (0, 0, True),
        (1, 0, False),
    ],
)
def test_the_clock_rule_is_inclusive(
    scheme: Scheme, sign: int, skew_s: float, tolerance_s: int, accepted: bool
) -> None:
    """Exactly the tolerance is accepted, in both directions; a hair more is stale."""
    headers = list(signed(scheme).items())
    now = NOW + sign * timedelta(seconds=skew_s)
    keys = scheme.keys(OLD)

    if accepted:
        proof = scheme.verify(headers, BODY, keys, now=now, tolerance_s=tolerance_s)

        assert proof.scheme == scheme.name
    else:
        with pytest.raises(VerificationError, match=Defect.STALE):
            scheme.verify(headers, BODY, keys, now=now, tolerance_s=tolerance_s)


@pytest.mark.parametrize("scheme", SIGNING, ids=repr)
def test_stale_is_said_of_right_signatures_only(scheme: Scheme) -> None:
    """A stranger with an old time is a mismatch, so that stale means clock or replay."""
    headers = list(signed(scheme, NEW, at=NOW - timedelta(days=1)).items())

    assert refusal(scheme, headers, scheme.keys(OLD)) == Defect.MISMATCH
    assert refusal(scheme, headers, scheme.keys(NEW)) == Defect.STALE


@pytest.mark.parametrize("scheme", SCHEMES, ids=repr)
@pytest.mark.parametrize(
    ("configured", "used", "accepted"),
    [
        ((OLD,), OLD, True),
        ((OLD,), NEW, False),
        ((OLD, NEW), OLD, True),
        ((OLD, NEW), NEW, True),
        ((NEW, OLD), OLD, True),
        ((NEW,), OLD, False),
        ((NEW,), NEW, True),
    ],
)
def test_rotation(scheme: Scheme, configured: tuple[str, ...], used: str, accepted: bool) -> None:
    """Every listed secret is good, one no longer listed is not; the proof names which."""
    headers = signed(scheme, used)

    if accepted:
        assert verify(scheme, headers, *configured).fingerprint == scheme.keys(used)[0].fingerprint
    else:
        with pytest.raises(VerificationError, match=Defect.MISMATCH):
            verify(scheme, headers, *configured)


def test_a_signature_does_not_move_to_another_id_and_time() -> None:
    """The same signed bytes, cut at other dots, are not the same message."""
    later = str(int(SECONDS) + 10).encode()
    headers = STANDARD.sign(later + b"." + BODY, OLD, id="msg_1", now=NOW)
    moved = [
        (b"webhook-id", b"msg_1." + SECONDS),
        (b"webhook-timestamp", later),
        (b"webhook-signature", headers["webhook-signature"].encode()),
    ]

    assert refusal(STANDARD, moved, STANDARD.keys(OLD)) == Defect.MALFORMED


def test_unreadable_bodies_verify() -> None:
    """The proof is over bytes: what cannot be read is still the sender's."""
    for scheme in SCHEMES:
        for body in (b"", b"\xff\xfe\x00", b"\xef\xbb\xbf{}", b"[" * 100_000):
            headers = scheme.sign(body, OLD, id="msg_1", now=NOW)
            raw = [(name.encode(), value.encode()) for name, value in headers.items()]

            proof = scheme.verify(raw, body, scheme.keys(OLD), now=NOW)

            assert proof.scheme == scheme.name


# Secrets.

PADDED = "whsec_" + "A" * 22 + "=="
BAD_SECRETS = [
    (STANDARD, ""),
    (STANDARD, "whsec_"),
    (STANDARD, "whsec_a"),
    (STANDARD, "whsec_é" + "A" * 30),
    (STANDARD, " " + OLD),
    (STANDARD, OLD + "\n"),
    (STANDARD, "not base64 at all!"),
    (STANDARD, "whsec_not base64 at all!"),
    (STANDARD, "whsec_ab-_" + "A" * 30),
    (STANDARD, "whsec_YQ=="),
    (STANDARD, "whsec_" + "A" * 20),  # 15 bytes
    (STANDARD, "whsec_" + "A" * 172),  # 129 bytes
    (STANDARD, "whsec_" + "A" * 33),  # no number of bytes has 33 digits
    (STANDARD, PADDED + "="),
    (STANDARD, "whsec_" + "A" * 24 + "="),
    (STANDARD, "whsec_" + "A" * 10 + "=" + "A" * 21),
    (STANDARD, OLD.removeprefix("whsec_")),
    (STANDARD, OLD.upper()),
    (STANDARD, f"{OLD},{NEW}"),
    (SCHEMES[1], "whsec_" + "x" * 9),
    (SCHEMES[1], " " + OLD),
    (SCHEMES[1], "canary \udcff canary canary"),
    (STAMPED, "canary-15-chars"),
    (STAMPED, "canary-with-a-surrogate-\udcff"),
    (STAMPED, "canary-with-a-newline-behind\n"),
    (TOKEN, "canary-15-chars"),
    (TOKEN, "canary with spaces in it"),
    (TOKEN, "canary-with-an-é-in-it"),
    (TOKEN, "canary-with-a-\x7f-in-it"),
    (TOKEN, "c" * 513),
]


@pytest.mark.parametrize(("scheme", "secret"), BAD_SECRETS)
def test_bad_secrets_are_named_but_not_shown(scheme: Scheme, secret: str) -> None:
    """A secret that is no key is refused in one sentence without it, in the traceback too."""
    with pytest.raises(SecretError, match=r"^(the secret|what follows)") as caught:
        scheme.keys(secret)

    assert "\n" not in str(caught.value)
    hidden = secret.removeprefix("whsec_").strip()
    assert len(hidden) < 3 or hidden not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("secret", "derivations"),
    [
        (OLD, ["base64", "text"]),
        (OLD.removeprefix("whsec_"), ["base64", "text"]),
        ("whsec_YQ==-0123456789", ["text"]),
        ("a-plain-old-secret-without-prefix", ["text"]),
        ("0123456789abcdef", ["text"]),  # decodes, but to 12 bytes
    ],
)
def test_legacy_keys(secret: str, derivations: list[str]) -> None:
    """The decoded key comes first when there is one, the whole string last."""
    keys = StandardWebhooks(legacy_whole_string=True).keys(secret)

    assert [key.derivation for key in keys] == derivations
    assert keys[-1].material == secret.encode()
    assert len({key.fingerprint for key in keys}) == 1


def test_a_fingerprint_is_of_the_configured_text() -> None:
    """The operator can compute it: printf %s "$SECRET" | sha256sum | head -c 8."""
    assert {scheme.keys(OLD)[0].fingerprint for scheme in SCHEMES} == {"3b88ce88"}


@pytest.mark.parametrize("scheme", SCHEMES, ids=repr)
def test_keys_and_proofs_do_not_show_the_secret(scheme: Scheme) -> None:
    """Neither repr nor str of anything holds the secret or its bytes."""
    keys = scheme.keys(OLD)
    shown = repr(keys) + str(keys[0]) + repr(verify(scheme, signed(scheme))) + repr(scheme)

    assert keys[0].fingerprint in shown
    for hidden in (OLD, OLD.removeprefix("whsec_"), "old-secret", repr(keys[0].material)):
        assert hidden not in shown
