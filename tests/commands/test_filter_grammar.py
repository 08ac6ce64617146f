"""The whole grammar of filters: what is typed, what it means, and what is wrong with it."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from bot.commands.filter_grammar import MOST_CHARACTERS, read_filter
from bot.commands.parse import read
from bot.core.alerts import Alert, Field, Severity, Size, Thread
from bot.core.errors import CommandError
from bot.core.events import Event, Subject
from bot.core.filters import Expression
from bot.core.verdicts import admits
from tests.core.expressions import expressions

_TWO_TYPES = "no event has two"
NOW = datetime(2026, 11, 22, tzinfo=UTC)

PANIC = "don\N{RIGHT SINGLE QUOTATION MARK}t \N{EN DASH} panic"

# Three events: a scan of SurfacedBy, progress of Deck that is off by default, and a job of
# Lytics that needs a person.
SCAN = Event(
    source="surfacedby", id="s", type="scan.failed", occurred_at=NOW,
    subjects=(
        Subject(kind="domain", id="dom_1", name="Example.org"), Subject(kind="account", id="7"),
    ),
    fields={"delta": -17, "percentage": 31.5, "scan_type": "pulse", "paid": True, "at": "12:30"},
)  # fmt: skip
STEP = Event(
    source="deck", id="p", type="task_run.progress", occurred_at=NOW,
    subjects=(Subject(kind="task", id="tsk_1", name="Fetch bill"),),
    fields={"status": "running", "runtime_ms": 480000, "file": "a*b?.pdf", "code": "007"},
)  # fmt: skip
JOB = Event(
    source="lytics", id="j", type="work.failed", occurred_at=NOW,
    fields={"verb": "failed", "priority": "3", "note": PANIC},
)  # fmt: skip
EVENTS = {
    "s": (SCAN, Alert(title="Scan failed", severity=Severity.WARNING, text="Quota used"), True),
    "p": (STEP, Alert(title="Step 3 of 9"), False),
    "j": (
        JOB,
        Alert(title="Job needs you", action=True, fields=(Field(name="Why", value="No LOGIN"),)),
        True,
    ),
}

GRAMMAR: list[tuple[str, str, str]] = [
    # What is on by default, and naming types.
    ("", "", "sj"),
    ("type:*", "type:*", "spj"),
    ("type:scan.*", "type:scan.*", "s"),
    ("type=scan.failed", "type:scan.failed", "s"),
    ("TYPE:scan.failed", "type:scan.failed", "s"),
    ("type:*.failed", "type:*.failed", "sj"),
    ("type:SCAN.failed", "type:SCAN.failed", ""),
    ("type:?can.[f]ailed", "type:?can.[f]ailed", "s"),
    ("type:task_run.progress", "type:task_run.progress", "p"),
    ("type!=scan.failed", "type!=scan.failed", "j"),
    ("NOT type:scan.*", "NOT type:scan.*", "j"),
    ("NOT type!=task_run.progress", "NOT type!=task_run.progress", "p"),
    ("type:scan.* OR type:task_run.*", "type:scan.* OR type:task_run.*", "sp"),
    ("type:task_run.* OR severity>=warning", "type:task_run.* OR severity>=warning", "spj"),
    ("status:running OR type:scan.*", "type:scan.* OR status:running", "s"),
    ("status:running type:*", "type:* status:running", "p"),
    # Severity, and what needs a person.
    ("severity>=warning", "severity>=warning", "sj"),
    ("SEVERITY ≥ Warning", "severity>=warning", "sj"),
    ("severity > warning", "severity>warning", "j"),
    ("severity<warning type:*", "type:* severity<warning", "pj"),
    ("severity≤info type:*", "type:* severity<=info", "pj"),
    ("severity:warning", "severity=warning", "sj"),
    ("severity!=warning", "severity!=warning", "j"),
    ("NOT severity>=warning type:*", "type:* NOT severity>=warning", "pj"),
    ("NOT (severity:info OR verb:nothing) type:*", "type:* NOT (severity=info OR verb:nothing)",
     "sj"),
    # Fields: equal, with stars, and as numbers.
    ("verb:failed", "verb:failed", "j"),
    ("verb:FAILED", "verb:FAILED", "j"),
    ("verb=failed", "verb=failed", "j"),
    ("verb:f*d", "verb:f*d", "j"),
    ("verb=f*d", "verb=f*d", ""),
    ("verb:fail", "verb:fail", ""),
    ("verb!=failed", "verb!=failed", "s"),
    ("NOT verb:failed", "NOT verb:failed", "s"),
    ("verb:*", "verb:*", "j"),
    ("missing:*", "missing:*", ""),
    ("type:* file:a*b?.pdf", "type:* file:a*b?.pdf", "p"),
    ("type:* file:*[b]*", "type:* file:*[b]*", ""),
    ("type:* file:a?b*", "type:* file:a?b*", ""),
    ("at:12:30", "at:12:30", "s"),
    ("paid:true", "paid:true", "s"),
    ("paid>0", "paid>0", ""),
    ("delta<-5", "delta<-5", "s"),
    ("delta < \N{EN DASH}5", "delta<-5", "s"),
    ("delta<-17", "delta<-17", ""),
    ("delta<=\N{MINUS SIGN}17", "delta<=-17", "s"),
    ("delta:-17", "delta:-17", "s"),
    ("delta:-17.0", "delta:-17.0", "s"),
    ("delta!=-17.0", "delta!=-17.0", "j"),
    ("percentage>31.4 percentage<31.6", "percentage<31.6 percentage>31.4", "s"),
    ("priority>=3", "priority>=3", "j"),
    ("scan_type>1", "scan_type>1", ""),
    ("type:* code:7", "type:* code:7", ""),
    ("type:* code>6", "type:* code>6", "p"),
    ("type:* runtime_ms>480000", "type:* runtime_ms>480000", ""),
    # Where it comes from and what it is about.
    ("source:surfacedby", "source:surfacedby", "s"),
    ("source:L*", "source:L*", "j"),
    ("NOT source:surfacedby", "NOT source:surfacedby", "j"),
    ("subject:dom_1", "subject:dom_1", "s"),
    ("subject:example.*", "subject:example.*", "s"),
    ("domain:example.org", "domain:example.org", "s"),
    ("account>=7", "account>=7", "s"),
    ("NOT domain:example.org", "NOT domain:example.org", "j"),
    ('type:* task:"fetch BILL"', 'type:* task:"fetch BILL"', "p"),
    # Texts.
    ('"scan failed"', '"scan failed"', "s"),
    ("“quota”", '"quota"', "s"),
    ("„login“", '"login"', "j"),
    ('"PULSE"', '"PULSE"', "s"),
    ('"don\'t - panic"', '"don\'t - panic"', "j"),
    ("“don\N{RIGHT SINGLE QUOTATION MARK}t \N{EN DASH} panic”", '"don\'t - panic"', "j"),
    ('"f*d"', '"f*d"', ""),
    ('NOT "quota"', 'NOT "quota"', "j"),
    ('verb:“failed”', "verb:failed", "j"),
    ('verb:"not found"', 'verb:"not found"', ""),
    ('"OR" OR verb:"(x)"', 'verb:"(x)" OR "OR"', ""),
    # AND, OR, NOT and parentheses.
    ("verb:failed AND priority:3", "priority:3 verb:failed", "j"),
    ("verb:failed priority:4", "priority:4 verb:failed", ""),
    ("verb:failed OR delta:-17 percentage:1", "verb:failed OR delta:-17 percentage:1", "j"),
    ("(verb:failed OR delta:-17) percentage:31.5",
     "percentage:31.5 (delta:-17 OR verb:failed)", "s"),
    ("percentage:1 OR (delta:-17 OR verb:failed)", "delta:-17 OR percentage:1 OR verb:failed",
     "sj"),
    ("((verb:failed))", "verb:failed", "j"),
    ("NOT NOT verb:failed", "verb:failed", "j"),
    ("NOT (verb:failed OR delta:-17)", "NOT (delta:-17 OR verb:failed)", ""),
    ("NOT (verb:failed delta:-17)", "NOT (delta:-17 verb:failed)", "sj"),
    ("NOT verb:failed delta:-17", "delta:-17 NOT verb:failed", "s"),
    ("verb:failed verb:failed", "verb:failed", "j"),
    ("verb:failed(priority:3)", "priority:3 verb:failed", "j"),
    ("ORDER:x OR NOTE:x OR verb:failed", "NOTE:x OR ORDER:x OR verb:failed", "j"),
    ('type:scan.* severity>=warning delta<-5 NOT domain:other.org "quota"',
     'type:scan.* severity>=warning delta<-5 "quota" NOT domain:other.org', "s"),
]  # fmt: skip


def filtered(words: str) -> Expression:
    """Return what some words mean."""
    return read_filter(read("/alerts", words)).filter


@pytest.mark.parametrize(("typed", "canonical", "heard"), GRAMMAR)
def test_the_grammar(typed: str, canonical: str, heard: str) -> None:
    """Each form has one way of being written, which means the same, and hears these events."""
    found = filtered(typed)

    assert canonical == found.words()
    assert found == filtered(canonical)
    assert heard == "".join(
        name
        for name, (event, alert, default) in EVENTS.items()
        if admits(found, event, alert, default=default)
    )


MISTAKES: list[tuple[str, int, str]] = [
    ("a:b and c:d", 4, "has to be in capitals: AND."),
    ("not a:b", 0, "has to be in capitals: NOT."),
    ("a:b or", 4, "has to be in capitals: OR."),
    ("failed", 0, "put quotes around text"),
    ("a:b failed", 4, "put quotes around text"),
    ("warning", 0, "try severity>=warning"),
    ("severity=>warning", 8, "is no comparison; type >= instead."),
    ("delta =< 5", 6, "is no comparison; type <= instead."),
    ("delta==5", 5, "is no comparison; type = instead."),
    ("delta<>5", 5, "is no comparison; type != instead."),
    ("delta<=>5", 5, "is no comparison; there are : = != < <= > >=."),
    ("severity>=bad", 0, "names no severity; there are: info, warning, error, critical."),
    ("delta<low", 6, "is no number; < compares numbers."),
    ("delta>=1e5", 7, "is no number"),
    ("delta<", 0, "needs a value after it."),
    ("a:b delta <", 4, "needs a value after it."),
    ("type:", 0, "needs a value right after it."),
    ("a:b type: x", 4, "needs a value right after it."),
    ('verb:""', 0, "needs something between the quotes."),
    ('"  "', 0, "needs something between the quotes."),
    ('verb:"x', 5, "opens a quote that is not closed."),
    ('a:b "x', 4, "opens a quote that is not closed."),
    ('verb:x"y"', 5, "put quotes around the whole value."),
    ("type:(a OR b)", 5, "write (type:scan.* OR type:task.*)"),
    ("(a:b", 0, "opens a parenthesis that is not closed."),
    ('a:b (c:d OR (e:f "(")', 4, "opens a parenthesis that is not closed."),
    ("a:b)", 3, "closes a parenthesis that is not open."),
    ("a:b ()", 4, "has nothing inside."),
    ("OR a:b", 0, "there is none before it."),
    ("(AND a:b)", 1, "there is none before it."),
    ("a:b OR", 4, "needs a condition after it."),
    ("a:b OR OR c:d", 4, "needs a condition after it."),
    ("a:b (NOT)", 5, "needs a condition after it."),
    ("mention:@bob", 0, "is not a filter; try type:scan.*"),
    ("verb:<#C1|ops>", 5, "is a channel or a person"),
    ('"ask <@U1>"', 5, "is a channel or a person"),
    ("-verb:failed", 0, "is not a filter"),
    ("type>5", 4, "does not go with type"),
    ("subject<5", 7, "does not go with subject"),
    ("source:dekc", 7, "is not a source; there are: deck, lytics, surfacedby."),
    ("type:a type:b", 7, "put OR between."),
    ("size:huge", 0, "names no size; there are: compact, standard, full."),
    ("thread:loud", 0, "names no thread; there are: only, broadcast, flat."),
    ("size>compact", 0, "type size:value."),
    ("(size:full a:b)", 1, "put it outside of parentheses and NOT."),
    ("a:b NOT size:full", 8, "put it outside of parentheses and NOT."),
    ("size:full OR a:b", 0, "OR has nothing to choose."),
    ("a:b OR thread:flat", 7, "OR has nothing to choose."),
    ("(" * 11 + "a:b" + ")" * 11, 10, "is nested too deep; 10 levels are the most."),
    ("NOT " * 11 + "a:b", 40, "is nested too deep"),
    ("a:b " * 40 + "c:d", 160, "is condition 41; that is too many"),
    ("verb:" + "x" * 256, 5, "is too long; 255 characters are the most."),
]


@pytest.mark.parametrize(("typed", "column", "sentence"), MISTAKES)
def test_a_mistake_is_pointed_at(typed: str, column: int, sentence: str) -> None:
    """One sentence says what to do, and a caret stands under the character at fault."""
    with pytest.raises(CommandError) as refused:
        read_filter(read("/alerts", typed), 0, ("deck", "lytics", "surfacedby"))
    shown, carets = refused.value.shown
    caret = carets.index("^")
    before = shown[:caret].removeprefix("/alerts ").lstrip("…")

    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)
    assert shown[caret] == typed[column]
    assert before == typed[max(0, column - 30) : column]


def test_a_column_counts_from_the_whole_command() -> None:
    """What stands in front of a filter is shown in front of the caret."""
    typed = read("/alerts", "subscribe deck delta<low")
    with pytest.raises(CommandError) as refused:
        read_filter(typed, 15)

    assert refused.value.shown == ("/alerts subscribe deck delta<low", " " * 29 + "^^^")


def test_limits_are_where_they_are_said_to_be() -> None:
    """What is just within the limits is taken."""
    assert filtered("(" * 10 + "a:b" + ")" * 10).words() == "a:b"
    assert filtered("NOT " * 10 + "a:b").words() == "a:b"
    assert len(filtered(" ".join(f"a:{n}" for n in range(40))).words().split()) == 40
    assert filtered("verb:" + "x" * 255).words() == "verb:" + "x" * 255
    with pytest.raises(CommandError, match="1,000 characters"):
        filtered("a:b" + " " * MOST_CHARACTERS + "c:d")


@pytest.mark.parametrize(
    ("typed", "size", "thread", "words"),
    [
        ("size:compact", Size.COMPACT, None, ""),
        ("a:b SIZE=Full c:d", Size.FULL, None, "a:b c:d"),
        ("thread:flat a:b OR c:d", None, Thread.FLAT, "a:b OR c:d"),
        ("a:b OR c:d thread:only size:standard", Size.STANDARD, Thread.ONLY, "a:b OR c:d"),
        ("size:full size:compact", Size.COMPACT, None, ""),
        ('"size:full"', None, None, '"size:full"'),
    ],
)
def test_options_stand_beside_the_conditions(
    typed: str, size: Size | None, thread: Thread | None, words: str
) -> None:
    """Wherever they stand at the top they are no part of the filter; the last one counts."""
    found = read_filter(read("/alerts", typed))

    assert (found.size, found.thread, found.filter.words()) == (size, thread, words)


@given(expressions)
def test_words_mean_what_they_were_made_from(one: Expression) -> None:
    """The words of any filter are read as the very same filter."""
    try:
        found = filtered(one.words())
    except CommandError as refused:
        reject() if _TWO_TYPES in str(refused) else pytest.fail(str(refused))
    assert found == one


@given(st.text(alphabet=' ()"“ab:=!<>≥*ANDORNOTandornot#@-1.\n', max_size=60))
def test_any_text_is_a_filter_or_an_error(typed: str) -> None:
    """Nothing that can be typed fails in another way, and what is a filter stays that one."""
    try:
        found = filtered(typed)
    except CommandError:
        return
    assert filtered(found.words()) == found


def test_the_parser_is_not_loaded_before_a_filter_is_read() -> None:
    """The bot starts without it."""
    code = "import sys, bot.commands.run; print('lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
