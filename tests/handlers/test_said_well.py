"""What a person expects of every message, whatever it says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.core.alerts import Alert, Size
from bot.core.events import Event
from bot.slack.transcript import message_text
from tests.handlers.cases import CASES, FORMS, SOURCES, Case, detected, group, groups, read
from tests.handlers.rendering import messages, text

LONGEST_LINE = 250
"""On one line of a wide window: what is compact is there to be glanced at."""

MOST_FACTS = 6
LONG = 12
"""Shorter values, such as a number, may well stand in a title that does not mean them."""

VENDORS_WORDS = {"alert.triggered"}
"""What brings its own title and details, which the vendor found worth saying."""


def said(case: Case) -> Iterator[tuple[Event, Alert]]:
    """Yield the events of a recorded payload, and what is said of them."""
    yield from ((event, SOURCES[case.source].format(event)) for event in read(case))


@pytest.mark.parametrize("case", [*CASES, *FORMS], ids=str)
def test_compact_is_one_line(case: Case) -> None:
    """It names what happened to what, and its source and type, without a line break."""
    for event, alert in said(case):
        (line,) = text(alert, Size.COMPACT).splitlines()

        assert len(line) <= LONGEST_LINE
        assert line.endswith(alert.footer)
        assert event.type in line


@pytest.mark.parametrize("name", [name for name, _ in groups()])
def test_compact_findings_are_a_line_each(name: str) -> None:
    """Also a finding that has no sentence of its own says what it found."""
    members = dict(groups())[name]
    alert = SOURCES["parallel"].format(detected(), group(members))

    for message in messages(alert, Size.COMPACT):
        (line,) = message_text(message).splitlines()
        assert line != "(no text)"


@pytest.mark.parametrize("case", [*CASES, *FORMS], ids=str)
@pytest.mark.parametrize("size", [Size.STANDARD, Size.FULL])
def test_last_line_names_source_and_type(case: Case, size: Size) -> None:
    """People search, filter and mute by what they read there."""
    for event, alert in said(case):
        last = text(alert, size).splitlines()[-1]

        assert last.startswith(f"{SOURCES[case.source].title} · {event.type}")
        assert last.endswith(" UTC")


@pytest.mark.parametrize("case", [*CASES, *FORMS], ids=str)
def test_facts_are_few_and_said_once(case: Case) -> None:
    """At most six, none without a value, and none that another one or the title says."""
    for event, alert in said(case):
        names = [one.name for one in alert.fields]

        assert len(set(names)) == len(names)
        assert all(one.value.strip() for one in alert.fields)
        if event.type not in VENDORS_WORDS:
            assert len(names) <= MOST_FACTS
            repeated = [one for one in alert.fields if one.value in alert.title]
            assert all(len(one.value) < LONG for one in repeated)


@pytest.mark.parametrize("case", [*CASES, *FORMS], ids=str)
def test_title_is_made_of_words(case: Case) -> None:
    """It ends without a full stop, and a documented type is not said as an identifier."""
    for event, alert in said(case):
        assert not alert.title.endswith(".")
        assert event.type not in alert.title or not SOURCES[case.source].handler_for(event.type)


@pytest.mark.parametrize("case", [*CASES, *FORMS], ids=str)
def test_what_needs_a_person_says_what_to_do(case: Case) -> None:
    """A call for help without an instruction leaves the reader alone."""
    for _, alert in said(case):
        assert alert.notice or not alert.action
