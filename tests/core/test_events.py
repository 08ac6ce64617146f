"""Records of ours are strict; payloads of vendors never fail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from bot.core.alerts import Field as Fact
from bot.core.alerts import known
from bot.core.events import MOST_OBJECTS, Event, Objects, Payload, Subject

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "count", "inner", "many", "objects"]), inside, max_size=4
        )
    ),
    max_leaves=10,
)


class Inner(Payload):
    """A payload inside another."""

    name: str = "unnamed"


class Outer(Payload):
    """A payload with a field of each sort."""

    name: str = ""
    count: int | None = None
    inner: Inner = Inner()
    many: tuple[Inner, ...] = ()
    objects: Objects[Inner] = ()
    made: list[str] = Field(default_factory=list)


def test_record_refuses_unknown_fields() -> None:
    """A misspelt field of ours is a bug and not a fact that gets lost."""
    with pytest.raises(ValidationError):
        Subject.model_validate({"kind": "monitor", "id": "m", "nmae": "x"})


def test_record_is_frozen() -> None:
    """What was written down does not change afterwards."""
    subject = Subject(kind="monitor", id="m")

    with pytest.raises(ValidationError):
        subject.id = "other"  # type: ignore[misc]  # that it is refused is the point


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, Outer()),
        ({"name": None}, Outer()),
        ({"name": 7}, Outer()),
        ({"name": "x", "of_tomorrow": 1}, Outer(name="x")),
        ({"name": "x", "count": []}, Outer(name="x")),
        ({"inner": "x"}, Outer()),
        ({"inner": {"name": None}}, Outer()),
        ({"inner": {"name": "x"}}, Outer(inner=Inner(name="x"))),
        ({"many": [{"name": "x"}, {}]}, Outer(many=(Inner(name="x"), Inner()))),
        ({"made": 5}, Outer(made=[])),
    ],
)
def test_payload_takes_what_it_can(data: dict[str, Any], expected: Outer) -> None:
    """One unreadable field costs that field and no other."""
    assert Outer.model_validate(data) == expected


@given(st.dictionaries(st.sampled_from(["name", "count", "inner", "many", "made"]), JSON))
def test_payload_never_fails(data: dict[str, Any]) -> None:
    """Whatever a vendor sends, the handler gets an object with every field."""
    assert isinstance(Outer.model_validate(data).inner.name, str)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ([{"name": "a"}, "odd", None, {"name": 7}, [], {"name": "b"}], ["a", "unnamed", "b"]),
        ({"name": "a"}, []),
        (None, []),
        ([{}] * (MOST_OBJECTS + 1), ["unnamed"] * MOST_OBJECTS),
    ],
)
def test_one_odd_entry_does_not_cost_the_others(given: Any, names: list[str]) -> None:
    """Of a vendor's list the objects are taken, at most a thousand, and nothing else."""
    assert [one.name for one in Outer.model_validate({"objects": given}).objects] == names


def test_known_facts_are_those_with_a_value() -> None:
    """An empty line in a message would look like a fault."""
    assert known(("a", "x"), ("b", ""), ("c", " ")) == (Fact(name="a", value="x"),)


def test_default_factory_makes_a_new_value_each_time() -> None:
    """Two payloads that fell back do not share what they fell back to."""
    first, second = (Outer.model_validate({"made": 5}) for _ in range(2))

    assert first.made is not second.made


def test_event_survives_its_own_json() -> None:
    """An event that is stored and read back is the same event."""
    event = Event(
        source="deck",
        id="evt_1",
        type="task_run.failed",
        occurred_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
        subjects=(Subject(kind="agent", id="agt_1"),),
        fields={"ok": False, "count": 1, "rate": 1.5, "word": "1"},
        data={"nested": [{"a": None}]},
    )

    assert Event.model_validate_json(event.model_dump_json()) == event
