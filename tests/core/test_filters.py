"""Filters: what they decide, why, and by which keys those that may pass are found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.core.alerts import Alert, Severity
from bot.core.events import Event
from bot.core.filters import (
    NO_FILTER,
    AllOf,
    AnyOf,
    Expression,
    Not,
    Operator,
    Term,
    Text,
    all_of,
    any_of,
    negated,
    number,
    term,
    type_keys,
)
from bot.core.patterns import chain
from bot.core.verdicts import admits, explain, judge
from tests.core.expressions import alerts, events, expressions
from tests.store.making import filtered

JSON: TypeAdapter[Expression] = TypeAdapter(Expression)
EVENT = Event(
    source="surfacedby",
    id="evt_1",
    type="scan.progress",
    occurred_at="2026-11-22T00:00:00Z",
    fields={"delta": -17, "note": "x" * 200},
)
INFO = Alert(title="Scan at 40 %")


@given(expressions)
def test_what_is_stored_comes_back(one: Expression) -> None:
    """An expression survives its JSON."""
    assert JSON.validate_json(JSON.dump_json(one)) == one


@given(events, alerts, st.booleans())
def test_without_a_filter_the_default_decides(event: Event, alert: Alert, default: bool) -> None:
    """Nothing asked for means what handlers mark."""
    assert admits(NO_FILTER, event, alert, default=default) is default


@given(st.lists(expressions, min_size=1, max_size=4), events, alerts)
def test_parts_are_put_together_as_their_words_say(
    parts: list[Expression], event: Event, alert: Alert
) -> None:
    """All of them, some of them, none of them: whatever form they are brought into."""
    alert = alert.model_copy(update={"action": False})
    each = [judge(part, event, alert).holds for part in parts]

    assert judge(all_of(parts), event, alert).holds is all(each)
    assert judge(any_of(parts), event, alert).holds is any(each)
    assert judge(negated(parts[0]), event, alert).holds is not each[0]


@given(st.lists(expressions, min_size=1, max_size=4).flatmap(
    lambda parts: st.tuples(st.just(parts), st.permutations(parts * 2))
))  # fmt: skip
def test_the_same_wish_is_one_expression(
    both: tuple[list[Expression], list[Expression]],
) -> None:
    """Order and repetition make no other filter, so that no wish is stored twice."""
    parts, shuffled = both

    assert all_of(parts) == all_of(shuffled)
    assert any_of(parts) == any_of(shuffled)
    assert negated(negated(parts[0])) == parts[0]


@given(expressions, events, alerts, st.sampled_from(Severity))
def test_who_needs_a_person_passes_every_severity(
    one: Expression, event: Event, alert: Alert, severity: Severity
) -> None:
    """An alert that waits for somebody is decided without looking at its severity."""
    waits = alert.model_copy(update={"action": True})
    other = waits.model_copy(update={"severity": severity})

    assert judge(one, event, waits) == judge(one, event, other)


@pytest.mark.parametrize("words", ["severity>=critical", "NOT severity:info", "severity!=info"])
def test_needing_a_person_passes_each_polarity(words: str) -> None:
    """Whatever is said of severity, and be it by NOT, keeps nobody from what waits for them."""
    waits = INFO.model_copy(update={"action": True})

    assert admits(filtered(words), EVENT, waits, default=True)
    assert not admits(filtered(words), EVENT, INFO, default=True)


@given(expressions, events, alerts)
def test_the_terms_that_decided_decide(one: Expression, event: Event, alert: Alert) -> None:
    """If all others had said the opposite, the verdict would be the same."""
    verdict = judge(one, event, alert)
    for leaf, sign in verdict.because:
        assert judge(leaf, event, alert, sign=sign).holds is verdict.holds

    assert _value(one, True, set(verdict.because), verdict.holds) is verdict.holds


def _value(
    one: Expression, sign: bool, decided: set[tuple[Term | Text, bool]], holds: bool
) -> bool:
    """Return what an expression says if what decided says so, and all else the opposite."""
    match one:
        case Not():
            return _value(one.negated, not sign, decided, holds)
        case AllOf() | AnyOf():
            parts = one.all_of if isinstance(one, AllOf) else one.any_of
            found = [_value(part, sign, decided, holds) for part in parts]
            return all(found) if isinstance(one, AllOf) is sign else any(found)
        case _:
            return ((one, sign) in decided) is holds


@given(expressions, events, alerts)
def test_whatever_passes_has_one_of_the_keys(one: Expression, event: Event, alert: Alert) -> None:
    """A look-up by the keys of an event's type misses no filter that lets it through."""
    keys = type_keys(one)

    if judge(one, event, alert).holds and keys is not None:
        assert keys & set(chain(event.type))


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("", None),
        ("verb:failed", None),
        ("type:scan.failed", {"scan.failed"}),
        ("type:scan.*", {"scan.*"}),
        ("type:s*", {"*"}),
        ("NOT type:scan.*", None),
        ("type!=scan.failed", None),
        ("NOT type!=scan.failed", {"scan.failed"}),
        ("type:scan.* verb:failed", {"scan.*"}),
        ("type:* type:scan.failed", {"scan.failed"}),
        ("type:scan.* (type:scan.a OR type:scan.b)", {"scan.a", "scan.b"}),
        ("type:scan.* OR type:task.a", {"scan.*", "task.a"}),
        ("type:scan.* OR verb:failed", None),
        ("NOT (NOT type:a OR verb:x)", {"a"}),
        ("NOT (NOT type:a NOT type:b)", {"a", "b"}),
        ("NOT (NOT type:a verb:x)", None),
    ],
)
def test_keys_are_as_few_as_can_be_known(words: str, keys: set[str] | None) -> None:
    """The narrowest of what must hold; of choices, all; where anything may pass, none."""
    assert type_keys(filtered(words)) == keys


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("type:scan.*", True),
        ("type:*", True),
        ("type:scan.progress OR verb:none", True),
        ("NOT type!=scan.progress", True),
        ("type:scan.* delta<-5", True),
        ("delta<-5", False),
        ("type!=task.x", False),
        ("NOT type:task.*", False),
        ("delta<-5 OR type:task.*", False),
        ("delta<-5 OR (type:scan.* verb:none)", False),
    ],
)
def test_a_type_that_is_off_is_heard_if_it_is_named(words: str, named: bool) -> None:
    """Only a term that asks for the type and holds, in a part that holds, names it."""
    one = filtered(words)

    assert admits(one, EVENT, INFO, default=True)
    assert admits(one, EVENT, INFO, default=False) is named


@pytest.mark.parametrize(
    ("words", "default", "passes", "causes"),
    [
        ("", True, True, []),
        ("severity>=warning", True, False, ["severity>=warning: this was info"]),
        ("delta<-5 type:scan.*", True, True,
         ["type:scan.*: this was scan.progress", "delta<-5: this was -17"]),
        ("delta>0 severity>=error (verb:a OR verb:b)", True, False,
         ["severity>=error: this was info"]),
        ("verb:a OR verb:b", True, False, ["verb:a: this had none", "verb:b: this had none"]),
        ("NOT source:surfacedby", True, False, ["NOT source:surfacedby: this was surfacedby"]),
        ("NOT (delta:-17 source:surfacedby)", True, False,
         ["NOT source:surfacedby: this was surfacedby", "NOT delta:-17: this was -17"]),
        ('"quota"', True, False, ['"quota": not found in it']),
        ('"40 %"', True, True, ['"40 %": found in it']),
        ("delta<-5", False, False,
         ["on by default, or named by type: scan.progress is neither"]),
        ("note:y", True, False, [f"note:y: this was {'x' * 79}…"]),
    ],
)  # fmt: skip
def test_why_and_why_not(words: str, default: bool, passes: bool, causes: list[str]) -> None:
    """A refusal gives its smallest reason, a match the terms that matched."""
    found, because = explain(filtered(words), EVENT, INFO, default=default)

    assert found is passes
    assert [cause.text for cause in because] == causes


def test_why_says_that_a_person_is_needed() -> None:
    """A severity that was passed over is explained."""
    waits = INFO.model_copy(update={"action": True})
    _, (cause,) = explain(filtered("severity>=error"), EVENT, waits, default=True)

    assert cause.text == "severity>=error: this was info, and it needs a person"


@pytest.mark.parametrize(
    "text", ["", "x", "1_000", "nan", "inf", "1e5", "0x10", "1,5", "½", "٣", " 1", "--1", "1."]
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    """Numbers are decimal; nothing else that a parser would take is compared."""
    assert number(text) is None


@pytest.mark.parametrize("value", ["a" * 200 + "b", "*" * 50 + "a" * 200])
def test_stars_cost_no_patience(value: str) -> None:
    """A pattern of many stars against a long value is answered at once."""
    one = term("note", Operator.HAS, "*a" * 100 + "*c")
    event = EVENT.model_copy(update={"fields": {"note": value}})

    assert not admits(one, event, INFO, default=True)
