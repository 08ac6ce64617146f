"""Globs over event types, and the index that finds them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.patterns import chain, index_key, matches, specificity

WORDS = st.text("ab.*?[]!", max_size=8)


@pytest.mark.parametrize(
    ("pattern", "event_type", "expected"),
    [
        ("scan.failed", "scan.failed", True),
        ("scan.failed", "scan.failed.twice", False),
        ("scan.*", "scan.failed", True),
        ("scan.*", "scan.failed.twice", True),
        ("scan.*", "scan", False),
        ("scan.*", "scanner.failed", False),
        ("*.failed", "task_run.failed", True),
        ("*", "", True),
        ("scan.?ailed", "scan.failed", True),
        ("scan.[fg]ailed", "scan.failed", True),
        ("Scan.failed", "scan.failed", False),
        ("task.*", "task_run.failed", False),
        ("odd[type", "odd[type", True),
    ],
)
def test_matches(pattern: str, event_type: str, expected: bool) -> None:
    """A star crosses dots, letters keep their case, and the whole type must fit."""
    assert matches(pattern, event_type) is expected


@given(WORDS, WORDS)
def test_whatever_matches_is_found_by_the_index(pattern: str, event_type: str) -> None:
    """A subscription that matches an event is under one of the event's keys."""
    if matches(pattern, event_type):
        assert index_key(pattern) in chain(event_type)


@given(WORDS)
def test_type_matches_itself(event_type: str) -> None:
    """Naming a type is hearing it, whatever characters it has."""
    assert matches(event_type, event_type)


def test_chain_goes_from_the_exact_to_the_vague() -> None:
    """Four look-ups for a type of three parts, however many subscriptions there are."""
    assert chain("a.b.c") == ("a.b.c", "a.b.*", "a.*", "*")
    assert chain("a") == ("a", "*")


@pytest.mark.parametrize(
    ("pattern", "key"),
    [
        ("a.b", "a.b"),
        ("a.*", "a.*"),
        ("a.b*", "a.*"),
        ("a*", "*"),
        ("*.b", "*"),
        ("a.b.?", "a.b.*"),
    ],
)
def test_index_key(pattern: str, key: str) -> None:
    """A glob stands under its longest plain prefix."""
    assert index_key(pattern) == key


def test_specificity_orders_from_vague_to_exact() -> None:
    """An exact type beats every glob, and a longer glob a shorter one."""
    patterns = ["a.b", "a.b.c.d.*", "*", "a.*", "a.?.long.pattern"]

    assert sorted(patterns, key=specificity) == ["*", "a.*", "a.b.c.d.*", "a.?.long.pattern", "a.b"]
