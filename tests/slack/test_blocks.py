"""What an alert looks like in Slack."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.core.alerts import Alert, Field, Link, Severity, Size
from bot.core.answers import answer, bold, channel, code, line, link, user
from bot.core.notifications import Form
from bot.slack.answers import render_answer
from bot.slack.blocks import render
from bot.slack.limits import problems
from bot.slack.transcript import message_text
from tests.slack.making import ALERT, notification

SHOWN = """\
:warning: Warning · Scan of Acme failed
It stopped after 3 of 12 prompts.
• Workspace: acme
• Prompts: 3 of 12
Open the scan (app.example.com) <https://app.example.com/scans/1?tab=log&x=1>
SurfacedBy · scan.failed 2026-03-04 05:06 UTC"""
READ = """\
Warning · Scan of Acme failed
It stopped after 3 of 12 prompts.
Workspace: acme
Prompts: 3 of 12
SurfacedBy · scan.failed · 2026-03-04 05:06 UTC"""


def test_an_alert_reads_as_it_should() -> None:
    """Severity as picture and word, title, state, text, facts, links, footer, time."""
    assert message_text(dict(render(notification()))) == SHOWN


def test_the_text_is_the_whole_alert() -> None:
    """A screen reader hears all but the links."""
    assert render(notification())["text"] == READ


def test_the_message_carries_its_delivery_and_unfurls_nothing() -> None:
    """The delivery id travels in the metadata; links and names stay what they are."""
    message = render(notification(delivery_id="abc"))
    rest = {name: value for name, value in message.items() if name not in {"text", "blocks"}}

    assert rest == {
        "metadata": {"event_type": "tocsin_delivery", "event_payload": {"delivery_id": "abc"}},
        "unfurl_links": False,
        "unfurl_media": False,
        "parse": "none",
    }


HEADLINES: list[tuple[dict[str, Any], str]] = [
    ({}, "Title"),
    ({"severity": Severity.ERROR}, ":red_circle: Error · Title"),
    ({"severity": Severity.CRITICAL, "test": True}, "TEST · :rotating_light: Critical · Title"),
    ({"action": True}, "Needs you · Title"),
    ({"state": "running", "test": True}, "TEST · Title · running"),
    ({"title": "", "state": "done"}, "done"),
    ({"title": "It Failed: no answer", "state": "failed"}, "It Failed: no answer"),
    ({"title": "Unfailed", "state": "failed"}, "Unfailed · failed"),
    ({"action": True, "state": "needs you"}, "Needs you · Title"),
    ({"title": ""}, "(no text)"),
    ({"title": "\x00\u200b"}, "(no text)"),
]


@pytest.mark.parametrize(("fields", "expected"), HEADLINES)
def test_the_headline_says_everything_in_words(fields: dict[str, Any], expected: str) -> None:
    """Nothing depends on colour or picture alone, and no part leaves a dot behind."""
    message = dict(render(notification(Alert(**{"title": "Title", **fields}))))

    assert message_text(message) == expected
    assert problems(message) == []


def test_the_title_is_bold_and_the_notice_italic() -> None:
    """Styles are properties of our elements, not marks in the text."""
    alert = Alert(title="*T*", notice="details pending")
    elements = render(notification(alert))["blocks"][0]["elements"][0]["elements"]

    assert elements == [
        {"type": "text", "text": "*T*", "style": {"bold": True}},
        {"type": "text", "text": "\n"},
        {"type": "text", "text": "details pending", "style": {"italic": True}},
    ]


def test_a_possible_repeat_says_so() -> None:
    """Only a message that was sent again after an unclear answer has the line."""
    said = "May repeat an earlier message: Slack did not confirm the first try."

    assert said in message_text(dict(render(notification(repeats=1))))
    assert said in render(notification(repeats=1))["text"]
    assert said not in message_text(dict(render(notification(repeats=0))))


def test_what_is_left_out_is_counted() -> None:
    """In full, twenty facts and ten links are shown; the rest is a number."""
    alert = Alert(
        title="x",
        fields=tuple(Field(name=f"n{number}", value="v") for number in range(23)),
        links=tuple(Link(label="l", url="https://example.com/") for _ in range(12)),
    )
    shown = message_text(dict(render(notification(alert, size=Size.FULL)))).splitlines()

    assert shown[20:22] == ["• n19: v", "• … 3 more"]
    assert shown[22].endswith(" · … 2 more")


def test_long_parts_leave_room_for_the_footer() -> None:
    """However long an alert is, title, facts and footer are there, and Slack takes it."""
    alert = ALERT.model_copy(
        update={
            "title": "t" * 100_000,
            "text": "<&>" * 100_000,
            "fields": tuple(Field(name="n" * 900, value="v" * 9_000) for _ in range(40)),
        }
    )
    message: dict[str, Any] = {**render(notification(alert))}

    assert problems(message) == []
    assert message["text"].endswith("SurfacedBy · scan.failed · 2026-03-04 05:06 UTC")
    assert "• … 34 more" in message_text(message)
    assert "t…" in message_text(message)


def test_plain_form_has_words_and_links_only() -> None:
    """Where Slack refused the blocks, the same words go without, links included."""
    message = render(notification(form=Form.PLAIN))

    assert "blocks" not in message
    assert message["text"].splitlines()[-2:] == [
        "<https://app.example.com/scans/1?tab=log&amp;x=1|Open the scan (app.example.com)>",
        "SurfacedBy · scan.failed · 2026-03-04 05:06 UTC",
    ]


def test_plain_form_of_a_posted_message_keeps_its_family() -> None:
    """An edit may not replace rich_text by anything else."""
    blocks = render(notification(form=Form.PLAIN, ts="1.0"))["blocks"]

    assert [block["type"] for block in blocks] == ["rich_text"]
    assert len(blocks[0]["elements"][0]["elements"]) == 1


def test_an_answer_shows_names_commands_and_links() -> None:
    """Spans become elements; people and channels are ids that Slack fills in."""
    rendered = render_answer(
        answer(
            line("This channel follows ", bold("2"), ":"),
            line(channel("C1"), " by ", user("U1"), bullet=True),
            line(code("/alerts list"), bullet=True),
            line(link("Docs", "https://example.com/")),
            line(link("no", "javascript:x")),
        )
    )

    assert problems(rendered) == []
    assert rendered["response_type"] == "ephemeral"
    assert message_text(rendered).splitlines() == [
        "This channel follows 2:",
        "• #C1 by @U1",
        "• /alerts list",
        "Docs (example.com) <https://example.com/>",
        "no",
    ]


def test_a_long_answer_counts_what_it_leaves_out() -> None:
    """Slack would refuse the whole, so lines are left out and counted."""
    rendered = render_answer(answer(*(f"{number} {'x' * 100}" for number in range(500))))

    assert problems(rendered) == []
    assert message_text(rendered).splitlines()[-1] == "… 415 more"


LONG = Alert(
    title="Scan failed",
    state="retrying",
    text="word " * 1_000,
    fields=tuple(Field(name=f"n{number}", value="v") for number in range(12)),
    links=tuple(Link(label=f"l{number}", url="https://example.com/") for number in range(7)),
    notice="Details pending",
    footer="Probe · scan.failed",
    occurred_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
)


def test_compact_is_one_line() -> None:
    """What happened, its state, and where it comes from; nothing to scroll."""
    shown = message_text(dict(render(notification(LONG, size=Size.COMPACT))))

    assert "Scan failed · retrying · Probe · scan.failed" == shown


def test_compact_says_something_without_a_title() -> None:
    """A reply that has only a text shows the beginning of it."""
    reply = Alert(title="", text="The first line\nand the second. " * 30)
    shown = message_text(dict(render(notification(reply, size=Size.COMPACT))))

    assert shown.startswith("The first line and the second.")
    assert "\n" not in shown
    assert len(shown) <= 250


def test_standard_shows_what_matters_and_counts_the_rest() -> None:
    """Eight facts, five links and the beginning of the text; the rest is a number."""
    shown = message_text(dict(render(notification(LONG, size=Size.STANDARD))))

    assert "n7: v" in shown
    assert "n8: v" not in shown
    assert "… 4 more" in shown
    assert "… 2 more" in shown
    assert len(shown) < 2_000


def test_full_shows_everything_that_fits() -> None:
    """All facts and links and a long text, as far as Slack takes it."""
    shown = message_text(dict(render(notification(LONG, size=Size.FULL))))

    assert "n11: v" in shown
    assert "l6" in shown
    assert "more" not in shown
    assert len(shown) > 4_000
