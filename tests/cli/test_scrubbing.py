"""What a captured body loses, and what it keeps."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.scrubbing import Scrubber
from bot.core.bodies import json_value
from bot.core.errors import PayloadError
from tests.handlers.cases import CASES, FORMS, SOURCES, Case, webhook

CANARY = "canary7f3a9c41"
PRIVATE: dict[str, Any] = {
    "an address": {"notes": f"Row of {CANARY}@northwind.example was refused."},
    "an address in a path": {"subject_id": f"user/email/{CANARY}@northwind.example"},
    "an address as a name": {f"{CANARY}@northwind.example": 1},
    "a key of Slack": {"text": f"xoxb-1-{CANARY}"},
    "a key of an API": {"text": f"It was sk_live_{CANARY}."},
    "a signing secret": {"text": f"whsec_{CANARY}"},
    "a bearer token": {"text": f"Authorization: Bearer {CANARY}"},
    "a signed token": {"text": f"eyJhbGciOi.{CANARY}.{CANARY}"},
    "a signed link": {"url": f"https://files.example/bill.pdf?Expires=1&Signature={CANARY}"},
    "a link that is its key": {"url": f"https://files.example/{CANARY}{CANARY}/bill.pdf"},
    "a link with a password": {"url": f"https://ana:{CANARY}@files.example/"},
    "a link's fragment": {"text": f"See https://files.example/#{CANARY} now."},
    "a password": {"auth_credentials": {"username": CANARY, "password": CANARY}},
    "a token by its name": {"session_token": CANARY},
    "a prompt to a person": {"interaction": {"type": "mfa", "message": f"Dear {CANARY}"}},
    "what a run was given": {"input": {"answer": [CANARY, {"deep": CANARY}]}},
    "what a run brought": {"output": CANARY},
    "a customer": {"external_id": CANARY},
    "a profile": {"subject_type": "entity", "subject_id": CANARY},
    "a profile beside it": {"related": [{"type": "entity", "id": f"user/_uid/{CANARY}"}]},
}
FIGURES: dict[str, Any] = {
    "a telephone": {"notes": "Call +49 170 1234567."},
    "a telephone in one": {"notes": "Call 01701234567."},
    "a card": {"notes": "4111 1111 1111 1234"},
    "an account": {"number": 170123456789},
    "the vendor's cost": {"total_cost_usd": 1.2345},
}
KEPT: list[dict[str, Any]] = [
    {"id": "evt_01JD5A85TBG3CBHG56BMT7VP3E", "type": "scan.failed", "data": {"scan_id": "scan_1"}},
    {"created_at": "2026-11-20T06:14:15Z", "ts": "1795194000000", "timestamp": 1795194000},
    {"subject_type": "work", "subject_id": "67e92c8765a9bc7fb2d335c459de9eb5", "verb": "failed"},
    {"status": "failed", "runtime_ms": 176000, "score": 47, "rate": 31.5, "none": None, "on": True},
    {"errors": [{"code": "timeout", "message": "The run went past its 30 minute limit."}]},
    {"website": {"url": "https://portal.northwind-power.example/login"}},
    {"details": {"platform_key": "gemini", "delta": -6}},
    {"monitor_id": "monitor_4f1c9ab27d6e40f58b93c0de17a2f6b8"},
]


def scrubbed(value: Any) -> Any:
    """Return a JSON value as it is captured."""
    text, ending = Scrubber(b"k" * 32).body(json.dumps(value).encode())
    assert ending == "json"
    return json.loads(text)


@pytest.mark.parametrize("value", PRIVATE.values(), ids=PRIVATE)
def test_what_is_private_is_gone(value: Any) -> None:
    """In whatever place it stands, and nothing is left of it that could be searched for."""
    assert CANARY in json.dumps(value)
    assert CANARY not in json.dumps(scrubbed(value))


@pytest.mark.parametrize("value", FIGURES.values(), ids=FIGURES)
def test_long_numbers_are_others(value: Any) -> None:
    """Telephones, cards and accounts have other digits, and stay what they look like."""
    before, after = json.dumps(value), json.dumps(scrubbed(value))

    assert before != after
    assert re.sub(r"\d", "9", before.replace("0", "9")) == re.sub(r"\d", "9", after)


@pytest.mark.parametrize("value", KEPT)
def test_what_is_not_private_is_kept(value: Any) -> None:
    """A fixture must still show what the vendor sends: ids, times, words and figures."""
    assert scrubbed(value) == value


def test_equal_values_stay_equal() -> None:
    """Who is meant twice is the same one twice, in a text too and in another body."""
    scrubber = Scrubber()
    one = scrubber.value({"email": "Ana@northwind.example", "notes": "by ana@northwind.example"})
    two = scrubber.value({"notes": "ana@northwind.example and bob@northwind.example"})

    assert one["email"] in one["notes"]
    first, second = re.findall(r"\S+@\S+", two["notes"])
    assert first == one["email"] != second


def test_placeholders_have_the_shape() -> None:
    """What read it before reads it after: an address, a link, digits, capitals, lengths."""
    value = {
        "email": "ana.lopez@northwind.example",
        "url": "https://files.example/bill.pdf?sig=Ab12&Expires=99",
        "external_id": "Tenant_4821",
    }
    after = scrubbed(value)

    assert re.fullmatch(r"[a-z]{3}\.[a-z]{5}@[a-z]{9}\.example", after["email"])
    assert re.fullmatch(
        r"https://files\.example/bill\.pdf\?sig=[A-Z][a-z]\d\d&Expires=\d\d", after["url"]
    )
    assert re.fullmatch(r"[A-Z][a-z]{5}_\d{4}", after["external_id"])


def test_placeholders_cannot_be_guessed_back() -> None:
    """Two runs agree about nothing, so nobody can try all telephone numbers."""
    value = {"external_id": "a-customer-of-some-length"}

    assert Scrubber().value(value) != Scrubber().value(value)


@pytest.mark.parametrize("case", [*CASES, *FORMS], ids=str)
def test_scrubbed_payload_is_read_as_before(case: Case) -> None:
    """Its source finds as many events of the same types in it."""
    source = SOURCES[case.source]
    text, ending = Scrubber().body(case.body)
    before = source.read(webhook(source, case.body))
    after = source.read(webhook(source, text.encode()))

    assert ending == ("form" if case in FORMS else "json")
    assert [one.type for one in after] == [one.type for one in before]
    assert [one.occurred_at for one in after] == [one.occurred_at for one in before]


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xff\xfe", b"not JSON", b"{", b"[" * 100_000, b'{"a": NaN}', b"a=b&c",
     b'{"n": ' + b"9" * 5_000 + b"}"],
)  # fmt: skip
def test_what_is_no_json_is_text(raw: bytes) -> None:
    """A body that nobody can read is kept too: it is what the operator wants to see."""
    text, ending = Scrubber().body(raw)

    assert ending in {"txt", "form"}
    assert isinstance(text, str)


def test_form_may_hold_json() -> None:
    """An address in the JSON of a form's field is found."""
    text, ending = Scrubber().body(b"data=%7B%22email%22%3A%22ana%40northwind.example%22%7D")

    assert ending == "form"
    assert "northwind" not in text


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=3)
    | st.dictionaries(st.sampled_from(["id", "url", "email", "input", "ts", "x"]), inside),
    max_leaves=8,
)  # fmt: skip


@given(_VALUES)
def test_any_json_stays_json_of_its_shape(value: Any) -> None:
    """Every object keeps its keys, every list its length, every value its type."""
    raw = json.dumps(value).encode()
    try:
        known = json_value(raw)
    except PayloadError:
        return
    text, _ = Scrubber().body(raw)

    assert _shape(json.loads(text)) == _shape(known)


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_shape(one) for one in value]
    return type(value)
