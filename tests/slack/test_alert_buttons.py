"""What can be done under an alert: only what is possible here, and what is still to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.alerts import Action, Alert, Severity, Size
from bot.core.marks import ACKNOWLEDGED, MUTED, Mark
from bot.core.notifications import Form
from bot.slack.blocks import render
from bot.slack.buttons import act_of
from bot.slack.limits import problems
from tests.slack.making import ALERT, MOMENT, notification

OFFERED = ("ack", "mute", "why", "parallel.run", "parallel.pause")
RUN = Action(name="parallel.run", label="Run now", value="monitor_1")
RESUME = Action(name="lytics.resume", label="Resume", value="job_1", style="primary")


def mark(kind: str) -> Mark:
    """Return what ada did."""
    return Mark(kind=kind, by="U1", words="did it", at=MOMENT)


def actions(alert: Alert = ALERT, offered: tuple[str, ...] = OFFERED, **more: Any) -> list[Any]:
    """Return the elements under an alert of an event, whose message Slack takes."""
    message = render(notification(alert, **{"of_event": True, **more}), offered=offered)
    assert problems(message) == []
    return [one for block in message["blocks"] if block["type"] == "actions"
            for one in block["elements"]]  # fmt: skip


def names(elements: list[Any]) -> list[str]:
    """Return what the elements do."""
    return [one["action_id"] for one in elements]


def test_the_buttons_of_a_warning() -> None:
    """Its own actions first, then who looks after it, the way to its page, and the menu."""
    assert names(actions(ALERT.model_copy(update={"actions": (RUN,)}))) == [
        "parallel.run", "ack", "open", "menu",
    ]  # fmt: skip


def test_an_action_says_what_it_is_about() -> None:
    """Its value comes back when it is pressed."""
    (first, *_) = actions(ALERT.model_copy(update={"actions": (RUN,)}))

    assert (first["text"]["text"], first["value"]) == ("Run now", "monitor_1")


def test_what_is_not_possible_here_is_not_offered() -> None:
    """Without a source's API key its actions are missing, and nothing else is."""
    both = ALERT.model_copy(update={"actions": (RESUME, RUN)})

    assert names(actions(both))[0] == "parallel.run"
    assert names(actions(both, (*OFFERED, "lytics.resume")))[:2] == [
        "lytics.resume", "parallel.run",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("severity", "action", "asked"),
    [
        (Severity.INFO, False, False), (Severity.INFO, True, True),
        (Severity.WARNING, False, True), (Severity.CRITICAL, False, True),
    ],
)  # fmt: skip
def test_only_what_is_serious_is_acknowledged(
    severity: Severity, *, action: bool, asked: bool
) -> None:
    """What is merely told needs nobody; what needs a person does, however mild."""
    alert = ALERT.model_copy(update={"severity": severity, "action": action})

    assert ("ack" in names(actions(alert))) is asked


def test_acknowledged_once_is_enough() -> None:
    """The button goes; a mute does not take it away."""
    assert "ack" not in names(actions(marks=(mark(ACKNOWLEDGED),)))
    assert "ack" in names(actions(marks=(mark(MUTED),)))


def test_the_menu_mutes_and_tells_why() -> None:
    """Each option says what it does, as the press says it again."""
    menu = actions()[-1]
    acts = [act_of(one["value"]) for one in menu["options"]]

    assert acts == [("mute", "1h"), ("mute", "1d"), ("mute.until", ""), ("why", "")]


def test_the_link_opens_and_asks_nothing_of_us() -> None:
    """Its host is read on the button; an address that is none of the web's makes no button."""
    (button,) = [one for one in actions() if one["action_id"] == "open"]
    hostile = ALERT.links[0].model_copy(update={"url": "javascript:alert(1)"})
    bad = actions(ALERT.model_copy(update={"links": (hostile,)}))

    assert button["text"]["text"] == "Open app.example.com"
    assert button["url"] == ALERT.links[0].url
    assert "open" not in names(bad)


@pytest.mark.parametrize(
    "more",
    [{"of_event": False}, {"size": Size.COMPACT}, {"offered": ()}, {"form": Form.PLAIN}],
)
def test_where_there_are_none(more: dict[str, Any]) -> None:
    """On replies and notices, in one line, where nothing is offered, in plain text."""
    offered = more.pop("offered", OFFERED)
    message = render(notification(ALERT, **{"of_event": True, **more}), offered=offered)

    assert not any(block["type"] == "actions" for block in message.get("blocks", []))


def test_hostile_words_stay_words() -> None:
    """Labels and values of an action are data: cut to what Slack takes, without mark-up."""
    odd = Action(name="parallel.run", label="<!channel> *" + "x" * 200, value="m1")
    (first, *_) = actions(ALERT.model_copy(update={"actions": (odd,)}))

    assert first["text"]["type"] == "plain_text"
    assert len(first["text"]["text"]) <= 75


def test_what_was_done_is_read_aloud() -> None:
    """The text for screen readers has the words as they are, and the moment that they mean."""
    words = "muted SurfacedBy · domain Acme until"
    muted = Mark(kind=MUTED, by="U1", words=words, at=MOMENT, until=MOMENT + timedelta(hours=1))
    text = render(notification(marks=(mark(ACKNOWLEDGED), muted)))["text"]

    assert "Did it · 2026-03-04 05:06 UTC\n" in text
    assert "Muted SurfacedBy · domain Acme until 2026-03-04 06:06 UTC\n" in text
