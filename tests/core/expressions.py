"""Filters, events and alerts that Hypothesis makes up, of few words so that they often meet."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from bot.core.alerts import Alert, Field, Severity
from bot.core.events import Event, Subject
from bot.core.filters import Expression, Operator, Text, all_of, any_of, negated, term

WORDS = ["scan", "task", "failed", "a", ""]
types = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(".".join)
globs = st.lists(
    st.sampled_from([*WORDS, "*", "f*", "?ailed", "[st]*", "[", "a]"]), min_size=1, max_size=4
).map(".".join)
kinds = st.sampled_from(["monitor", "workspace"])
ids = st.sampled_from(["1", "2", "*"])
subjects = st.builds(Subject, kind=kinds, id=ids, name=st.none() | st.just("Acme Ltd"))

_equality = st.sampled_from([Operator.HAS, Operator.IS, Operator.IS_NOT])
_type_terms = st.builds(
    term, field=st.just("type"), operator=_equality, value=globs.filter(lambda glob: glob.strip())
)
_severity_terms = st.builds(
    term,
    field=st.just("severity"),
    operator=st.sampled_from([one for one in Operator if one is not Operator.HAS]),
    value=st.sampled_from([one.word for one in Severity]),
)
_scope_terms = st.builds(
    term,
    field=st.sampled_from(["source", "subject"]),
    operator=_equality,
    value=st.sampled_from(["probe", "oth*", "1", "ACME*", "*"]),
)
_field_terms = st.builds(
    term,
    field=st.sampled_from(["region", "monitor", "x.y-z"]),
    operator=_equality,
    value=st.sampled_from(["eu", "E*", "acme ltd", "1", "?", "(a)", "AND", "=x", "b=c:d"]),
)
_number_terms = st.builds(
    term,
    field=st.sampled_from(["delta", "region"]),
    operator=st.sampled_from([*Operator]),
    value=st.sampled_from(["-5", "0", "31.5", "1000000"]),
)
_texts = st.builds(Text, text=st.sampled_from(["scan", "EU", "no such", "a  b", "OR", "(x)", "*"]))
terms: st.SearchStrategy[Expression] = (
    _type_terms | _severity_terms | _scope_terms | _field_terms | _number_terms | _texts
)
expressions: st.SearchStrategy[Expression] = st.recursive(
    terms,
    lambda parts: (
        st.lists(parts, min_size=1, max_size=3).map(all_of)
        | st.lists(parts, min_size=1, max_size=3).map(any_of)
        | parts.map(negated)
    ),
    max_leaves=8,
)

events = st.builds(
    Event,
    source=st.sampled_from(["probe", "other"]),
    id=st.just("e1"),
    type=types,
    occurred_at=st.just(datetime(2026, 11, 20, 9, tzinfo=UTC)),
    subjects=st.lists(subjects, max_size=3).map(tuple),
    fields=st.fixed_dictionaries(
        {},
        optional={
            "region": st.sampled_from(["EU", "US", 7, True]),
            "delta": st.sampled_from([-17, -5, 0, 31.5, "12", "low"]),
        },
    ),
)
alerts = st.builds(
    Alert,
    title=st.sampled_from(["A scan", "x"]),
    severity=st.sampled_from(Severity),
    action=st.booleans(),
    fields=st.lists(st.builds(Field, name=st.just("where"), value=st.just("a  b")), max_size=1).map(
        tuple
    ),
)
