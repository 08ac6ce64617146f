"""Words for values and the cutting of texts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.wording import clip, count, duration, humanised, words


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("short", 10, "short"),
        ("exactly ten", 11, "exactly ten"),
        ("two\n lines\t here", 20, "two lines here"),
        ("cut between the words", 12, "cut between…"),
        ("cut between, the words", 14, "cut between…"),
        ("https://example.org/a/long/path", 10, "https://e…"),
        ("a verylongwordwithoutend", 10, "a verylon…"),
        ("", 5, ""),
    ],
)
def test_clip(text: str, most: int, expected: str) -> None:
    """A text is cut between words where it has any, and shows that it was."""
    assert clip(text, most) == expected


@given(st.text(), st.integers(min_value=2, max_value=40))
def test_clip_never_exceeds(text: str, most: int) -> None:
    """Whatever comes in, one line of at most so many characters goes out."""
    clipped = clip(text, most)

    assert len(clipped) <= most
    assert clipped == " ".join(clipped.split())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", "text"),
        (None, "none"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (1.5, "1.5"),
        ([], ""),
        (["a", 1, None], "a, 1, none"),
        ({"a": 1, "b": "c"}, "a: 1, b: c"),
        ([{"a": 1}, {"a": 2}], "a: 1; a: 2"),
        ([[[["deep"]]]], "…"),
    ],
)
def test_words(value: Any, expected: str) -> None:
    """JSON is put in words, down to a depth at which nobody would follow."""
    assert words(value) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (None, ""),
        (0, "0 s"),
        (0.9, "0.9 s"),
        (59.4, "59.4 s"),
        (60, "1 min"),
        (176.35, "2 min 56 s"),
        (3_600, "1 h"),
        (3_723, "1 h 2 min"),
        (86_340, "23 h 59 min"),
        (90_000, "1 d 1 h"),
        (8_640_000, "100 d"),
        (-1, ""),
        (10**400, ""),
        (float("inf"), ""),
        (float("nan"), ""),
    ],
)
def test_duration(seconds: float | None, expected: str) -> None:
    """The two largest units are enough to plan by; nonsense is not said."""
    assert duration(seconds) == expected


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (1_200, "1,200 files")]
)
def test_count(number: int, expected: str) -> None:
    """One is one of a kind."""
    assert count(number, "file") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("visibility_drop", "visibility drop"), ("topic-document", "topic document"), ("", "")],
)
def test_humanised(name: str, expected: str) -> None:
    """An identifier is read as words."""
    assert humanised(name) == expected
