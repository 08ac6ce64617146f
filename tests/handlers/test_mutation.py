"""Whatever becomes of a payload, it is read or refused, and what is read is said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.alerts import Alert
from bot.core.errors import PayloadError
from bot.core.events import Group
from bot.core.sources import Source
from tests.handlers.cases import CASES, SOURCES, Case, detected, distinct, group, groups, webhook
from tests.handlers.mutation import RETYPED, mutants, paths, replaced

ANYTHING = st.recursive(
    st.sampled_from(RETYPED) | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside),
    max_leaves=5,
)


def survives(source: Source, body: Any) -> None:
    """Read and say a body; only `PayloadError` may end it."""
    try:
        events = source.read(webhook(source, json.dumps(body).encode()))
    except PayloadError:
        return
    assert events
    for event in events:
        assert 0 < len(event.id) <= 255
        assert event.occurred_at.tzinfo is not None
        assert isinstance(source.format(event), Alert)
        assert isinstance(source.plain(event), Alert)
        assert isinstance(source.default_for(event), bool)


@pytest.mark.parametrize("case", distinct(), ids=str)
def test_any_part_may_change(case: Case) -> None:
    """Dropping, renaming or retyping any one part of a payload breaks nothing."""
    for mutant in mutants(json.loads(case.body)):
        survives(SOURCES[case.source], mutant)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_several_parts_may_change(data: st.DataObject) -> None:
    """Three changes at once, to values nobody listed, break nothing either."""
    case = data.draw(st.sampled_from(CASES))
    body = json.loads(case.body)
    for _ in range(3):
        if places := list(paths(body)):
            body = replaced(body, data.draw(st.sampled_from(places)), data.draw(ANYTHING))

    survives(SOURCES[case.source], body)


@pytest.mark.parametrize("name", [name for name, members in groups() if len(members) < 6])
def test_any_part_of_a_finding_may_change(name: str) -> None:
    """A finding whose shape changes is still a reply under its own key."""
    members = dict(groups())[name]
    event = detected()
    for place, member in enumerate(members):
        for mutant in mutants(member):
            changed = group([*members[:place], mutant, *members[place + 1 :]])
            alert = SOURCES["parallel"].format(event, changed)

            assert [reply.key for reply in alert.replies] == [one.id for one in changed.members]


@pytest.mark.parametrize("about", [{"query": other} for other in RETYPED])
def test_what_is_known_of_a_monitor_may_be_anything(about: dict[str, Any]) -> None:
    """A monitor that its API describes in a new way still has a title."""
    event = detected()
    assert event.group is not None

    alert = SOURCES["parallel"].format(event, Group(ref=event.group, about=about))

    assert alert.title.startswith("New findings: ")
