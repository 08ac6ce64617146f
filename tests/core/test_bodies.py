"""Reading bodies: what is JSON, what is an id, what is a time."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.bodies import facts, inner, json_object, json_value, moment, required, text
from bot.core.errors import PayloadError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_last_of_repeated_keys_counts() -> None:
    """The rule is the same on every reading of the same bytes."""
    assert json_object(b'{"a": 1, "a": 2}') == {"a": 2}


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b"1"])
def test_object_is_an_object(body: bytes) -> None:
    """JSON of another kind is no event."""
    with pytest.raises(PayloadError, match="not a JSON object"):
        json_object(body)


@given(st.binary(max_size=50))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Nothing but `PayloadError` comes out of bytes from outside."""
    with suppress(PayloadError):
        json_value(body)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", "a"),
        ("x" * 255, "x" * 255),
        ("x" * 256, None),
        ("", None),
        (" \n", None),
        (7, "7"),
        (0, "0"),
        (10**300, None),
        (True, None),
        (1.5, None),
        (None, None),
        ([], None),
        ({}, None),
    ],
)
def test_text_is_short_and_not_empty(value: Any, expected: str | None) -> None:
    """A whole number is taken as text, a truth value is not."""
    assert text(value) == expected


def test_required_names_what_is_missing() -> None:
    """The operator reads which part of the body was not there."""
    assert required("evt_1", "id") == "evt_1"
    with pytest.raises(PayloadError, match="no id of 1 to 255 characters"):
        required("", "id")


def test_inner_is_an_object_or_empty() -> None:
    """A list or a null in an object's place has nothing in it."""
    assert inner({"a": {"b": 1}}, "a") == {"b": 1}
    assert inner({"a": [1]}, "a") == inner({"a": None}, "a") == inner({}, "a") == {}


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-20T12:00:00Z",
        "2026-11-20T12:00:00+00:00",
        "2026-11-20T14:30:00+02:30",
        "2026-11-20T12:00:00.000000000Z",
        "2026-11-20T12:00:00",
        1795176000,
        1795176000.0,
        1795176000000,
        "1795176000",
        "1795176000000",
    ],
)
def test_moment_is_read_in_every_form(value: Any) -> None:
    """The spellings of all vendors mean one UTC time."""
    found = moment(value, NOW)

    assert found == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [None, "", "yesterday", True, [], {}, "inf", 1e308, 10**300, "0001-01-01T00:00:00+23:59"],
)
def test_no_moment_is_the_other_one(value: Any) -> None:
    """What means no time, or none that can be told in UTC, does not cost the event."""
    assert moment(value, NOW) is NOW


def test_facts_are_named_short_scalars() -> None:
    """Only what was asked for, in that order, and nothing that is empty or long."""
    data = {"url": "https://signed", "b": 1.5, "a": "x", "c": False, "d": None, "e": [], "f": ""}

    found = facts(data | {"g": "x" * 256}, ("a", "b", "c", "d", "e", "f", "g", "h"))

    assert list(found.items()) == [("a", "x"), ("b", 1.5), ("c", False)]
