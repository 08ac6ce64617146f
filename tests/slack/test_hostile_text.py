"""Nothing that a vendor writes is ever alive in Slack, or too long for it."""

from __future__ import annotations

import json
import re
import timeit
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.alerts import Alert, Field, Link, Severity
from bot.core.answers import Answer, Line, Span
from bot.core.notifications import Form
from bot.slack.answers import render_answer
from bot.slack.blocks import render
from bot.slack.limits import problems
from tests.slack.making import MOMENT, notification

MARKERS = [
    "<!channel>", "<!here>", "<!everyone>", "<@U123ABC>", "<#C123ABC>", "<!subteam^S1|x>",
    "<!date^0^{date}|x>", "<https://evil.com|bank.com>", "&lt;!channel&gt;", "a|b>c<d", "*b* _i_",
    "```code", "\u202egnp.exe", "a\u200bb", "\x00\x1b[31m", "half\ud800", "{0.__class__} %s {{7}}",
    "👩\u200d👩\u200d👧", "e\u0301", " ", "\n\n\n\n", "",
]  # fmt: skip
HOSTILE = st.one_of(
    st.sampled_from(MARKERS),
    st.text(st.characters(exclude_categories=()), max_size=30),
    st.builds(lambda text, count: text * count, st.sampled_from(MARKERS), st.integers(1, 400)),
)
ADDRESSES = st.one_of(
    HOSTILE,
    st.builds("https://evil.com/{}".format, HOSTILE),
    st.just("https://example.com/" + "a" * 2_900),
    st.just("javascript:alert(1)"),
)
ALERTS = st.builds(
    Alert,
    title=HOSTILE,
    severity=st.sampled_from(Severity),
    state=st.none() | HOSTILE,
    action=st.booleans(),
    text=HOSTILE,
    fields=st.lists(st.builds(Field, name=HOSTILE, value=HOSTILE), max_size=25).map(tuple),
    links=st.lists(st.builds(Link, label=HOSTILE, url=ADDRESSES), max_size=12).map(tuple),
    notice=st.none() | HOSTILE,
    footer=HOSTILE,
    occurred_at=st.none() | st.just(MOMENT),
    test=st.booleans(),
)
SPANS = st.builds(
    Span,
    text=HOSTILE,
    style=st.sampled_from(["", "bold", "code", "link", "channel", "user", "other"]),
    target=st.one_of(ADDRESSES, st.just("C123"), st.just("U123")),
)
LINES = st.builds(Line, spans=st.lists(SPANS, max_size=5).map(tuple), bullet=st.booleans())

OUR_LINK = re.compile(r"<https?://[^<>|\s]+\|[^<>|]*>")
OUR_DATE = re.compile(r"<!date\^\d+\^\{date_short_pretty\} at \{time\}\|[\d: -]+ UTC>")


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _mrkdwn(value: Any) -> Iterator[str]:
    """Yield every text that Slack reads as mark-up."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for one in value.values():
            yield from _mrkdwn(one)
    elif isinstance(value, list):
        for one in value:
            yield from _mrkdwn(one)


def _assert_inert(message: dict[str, Any]) -> None:
    assert problems(message) == []
    for text in (message["text"], *_mrkdwn(message.get("blocks", []))):
        rest = OUR_DATE.sub("", OUR_LINK.sub("", text))
        assert not set(rest) & set("<>")
        assert re.search(r"&(?!amp;|lt;|gt;)", rest) is None
    for text in _strings(message):
        assert not re.search(
            "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text
        )
    json.dumps(message).encode()


@settings(deadline=None)
@given(ALERTS, st.sampled_from(Form), st.sampled_from([None, "1.0"]), st.sampled_from([0, 1]))
def test_every_alert_renders_to_a_valid_and_inert_message(
    alert: Alert, form: Form, ts: str | None, repeats: int
) -> None:
    """Slack would take it, and no mark-up in it is the vendor's."""
    _assert_inert(dict(render(notification(alert, form=form, ts=ts, repeats=repeats))))


@settings(deadline=None)
@given(st.lists(LINES, max_size=30).map(tuple))
def test_every_answer_renders_to_a_valid_and_inert_message(lines: tuple[Line, ...]) -> None:
    """Names and queries in an answer are data as well."""
    message = render_answer(Answer(lines=lines))
    message.pop("response_type")

    _assert_inert(message)


@pytest.mark.parametrize("marker", MARKERS[:9])
@pytest.mark.parametrize("form", list(Form))
def test_a_marker_in_every_place_is_shown_as_text(marker: str, form: Form) -> None:
    """Broadcasts, mentions, dates and links are words, escaped exactly once."""
    alert = Alert(
        title=marker,
        text=marker,
        state=marker,
        notice=marker,
        footer=marker,
        fields=(Field(name=marker, value=marker),),
        links=(Link(label=marker, url=f"https://example.com/{marker}"),),
    )
    message = render(notification(alert, form=form))
    escaped = marker.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    _assert_inert(dict(message))
    assert escaped in message["text"]
    assert marker not in message["text"]


def test_a_link_shows_where_it_leads() -> None:
    """A label that names another address stands beside the true host."""
    alert = Alert(title="x", links=(Link(label="https://bank.com", url="https://evil.com/"),))
    link = render(notification(alert))["blocks"][0]["elements"][0]["elements"][-1]

    assert link == {
        "type": "link",
        "url": "https://evil.com/",
        "text": "https://bank.com (evil.com)",
    }


def test_a_long_host_shows_its_end() -> None:
    """Who owns a host stands at its end, so the beginning is what is left out."""
    url = f"https://bank.com.{'a.' * 90}evil.com/"
    alert = Alert(title="x", links=(Link(label="Open", url=url),))
    link = render(notification(alert))["blocks"][0]["elements"][0]["elements"][-1]

    assert link["text"].startswith("Open (…")
    assert link["text"].endswith(".evil.com)")


HUGE = "<!channel>\u202e\n" * 90_000


def _cost_s(work: Callable[[], object]) -> float:
    return min(timeit.repeat(work, number=1, repeat=5))


def test_a_megabyte_costs_little_more_than_what_is_shown_of_it() -> None:
    """Text is cut before it is cleaned, so no vendor can hold up the loop."""

    def alert(text: str) -> Alert:
        fields = (Field(name=text, value=text),) * 20
        links = (Link(label=text, url=f"https://example.com/{text}"),)
        return Alert(title=text, text=text, footer=text, fields=fields, links=links)

    small, huge = notification(alert(HUGE[:20_000])), notification(alert(HUGE))

    _assert_inert(dict(render(huge)))
    # Cleaning all of it took fifty times as long.
    assert _cost_s(lambda: render(huge)) < 10 * _cost_s(lambda: render(small))
