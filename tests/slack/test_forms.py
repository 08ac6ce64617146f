"""Forms, the Home tab and buttons as views that Slack takes, and what comes back."""

from __future__ import annotations

import string
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.answers import Button, line
from bot.core.forms import Choice, Form, Home, Input, Kind, Part
from bot.core.requests import HOME
from bot.slack.buttons import CHANGE, MENU
from bot.slack.forms import home_view, remembered, view
from bot.slack.interactions import form_request, press_request, shortcut_request
from bot.slack.limits.views import view_problems as problems

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CHOICES = (Choice(value="a", label="A", about="The first"), Choice(value="b", label="B"))
EVERY_KIND = Form(
    name="every",
    title="Every kind",
    lines=(line("Fill in."),),
    inputs=tuple(
        Input(name=kind, label=kind, kind=kind, choices=CHOICES, hint="So.", needed=False)
        for kind in Kind
    ),
    after=(line("It costs nothing."),),
    buttons=(Button(label="Try", act="try"),),
    submit="Save",
    context="12",
)  # fmt: skip
USER = {"id": "U1"}
TEAM = {"id": "T1"}

texts = st.text(max_size=400)
names = st.text(alphabet=string.ascii_lowercase, min_size=1, max_size=10)
inputs = st.builds(
    Input,
    label=texts,
    name=names,
    kind=st.sampled_from(Kind),
    choices=st.just(CHOICES),
    value=st.just("") | st.just("a"),
    hint=texts,
    placeholder=texts,
    wrong=texts,
).filter(lambda one: one.kind is not Kind.MOMENT or not one.value)
forms = st.builds(
    Form,
    name=names,
    title=texts,
    lines=st.lists(st.builds(line, texts), max_size=3).map(tuple),
    inputs=st.lists(inputs, max_size=4, unique_by=lambda one: one.name).map(tuple),
    after=st.lists(st.builds(line, texts), max_size=3).map(tuple),
    submit=st.just("Save"),
    context=st.text(max_size=200),
)


def test_a_form_of_every_kind_is_one_that_slack_takes() -> None:
    """Every kind of input has an element of its own, with what it is allowed."""
    shown = view(EVERY_KIND, channel_id="C1", external_id="tocsin-1")

    assert problems(shown) == []
    assert {block["element"]["type"] for block in shown["blocks"] if block["type"] == "input"} == {
        "plain_text_input", "static_select", "radio_buttons", "checkboxes",
        "conversations_select", "datetimepicker",
    }  # fmt: skip


@given(forms)
def test_any_form_is_one_that_slack_takes(form: Form) -> None:
    """Whatever the words in it are, and however long."""
    assert problems(view(form, channel_id="C1")) == []


@given(st.lists(st.builds(Part, heading=texts, lines=st.just((line("x"),))), max_size=80))
def test_any_home_is_one_that_slack_takes(parts: list[Part]) -> None:
    """However much there is to show."""
    assert problems(home_view(Home(parts=tuple(parts)))) == []


@given(st.text(max_size=200))
def test_what_a_form_was_given_comes_back(context: str) -> None:
    """The channel and the context, whatever is in them."""
    form = EVERY_KIND.model_copy(update={"context": context})

    assert remembered(view(form, channel_id="C1")["private_metadata"]) == ("C1", context)


@pytest.mark.parametrize("kept", ["", "{", "[]", "null", '"x"', '{"channel": "C1"}'])
def test_what_is_not_ours_is_nothing(kept: str) -> None:
    """A view of another release has no channel, and breaks nothing."""
    assert remembered(kept) == ("", "")


def test_the_answers_of_a_form() -> None:
    """Each comes under the name of its input; what is empty is an empty text."""
    values: dict[str, Any] = {
        "line": {CHANGE: {"type": "plain_text_input", "value": "words"}},
        "text": {CHANGE: {"type": "plain_text_input", "value": None}},
        "one": {CHANGE: {"type": "static_select", "selected_option": {"value": "a"}}},
        "radio": {CHANGE: {"type": "radio_buttons", "selected_option": None}},
        "some": {CHANGE: {"type": "checkboxes", "selected_options": [{"value": "a"}]}},
        "channel": {CHANGE: {"type": "conversations_select", "selected_conversation": "C2"}},
        "moment": {CHANGE: {"type": "datetimepicker", "selected_date_time": 1795322898}},
        "odd": {CHANGE: None},
    }
    shown = {
        **view(EVERY_KIND, channel_id="C1"),
        "id": "V1",
        "hash": "h",
        "state": {"values": values},
    }
    request = form_request({"team": TEAM, "user": USER, "view": shown}, received_at=NOW)

    assert (request.kind, request.name, request.context, request.channel_id) == (
        "form", "every", "12", "C1",
    )  # fmt: skip
    assert request.values == {
        "line": "words", "text": "", "one": "a", "radio": "", "some": ("a",), "channel": "C2",
        "moment": "1795322898",
    }  # fmt: skip
    assert request.view == "V1"


def press(action: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return what Slack sends for a press on a message."""
    return {
        "team": TEAM, "user": USER, "channel": {"id": "C1"},
        "container": {"message_ts": "1.0", "thread_ts": "0.5", "channel_id": "C1"},
        "actions": [{"action_ts": "9.0", **action}], **more,
    }  # fmt: skip


def test_a_button_of_a_message() -> None:
    """What it does, to what, where and by whom."""
    request = press_request(press({"action_id": "ack", "value": "7"}), received_at=NOW)

    assert (request.kind, request.name, request.text) == ("press", "ack", "7")
    assert (request.channel_id, request.message_ts, request.thread_ts) == ("C1", "1.0", "0.5")
    assert request.view == ""


def test_a_choice_of_a_menu_is_a_press() -> None:
    """Its value says what it does, and to what."""
    action = {"action_id": MENU, "selected_option": {"value": "mute 1h"}}
    request = press_request(press(action), received_at=NOW)

    assert (request.name, request.text) == ("mute", "1h")


def test_a_change_of_an_input_is_named_after_form_and_input() -> None:
    """So that the form can be drawn again for what was chosen."""
    shown = {**view(EVERY_KIND, channel_id="C1"), "id": "V1"}
    body = press({"action_id": CHANGE, "block_id": "one"}, view=shown, channel=None, container={})
    request = press_request(body, received_at=NOW)

    assert (request.name, request.view, request.channel_id) == ("every:one", "V1", "C1")


def test_a_button_of_the_home_tab() -> None:
    """It is answered there."""
    body = press({"action_id": "x"}, view={"type": "home", "id": "V9"}, channel=None, container={})

    assert press_request(body, received_at=NOW).view == HOME


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"trigger_id": "another"}, True),
        ({"user": {"id": "U2"}}, False),
        ({"team": {"id": "T2"}}, False),
        ({"actions": [{"action_id": "ack", "action_ts": "9.1"}]}, False),
        ({"container": {"message_ts": "2.0"}}, False),
    ],
)
def test_an_exact_repeat_has_the_same_id(change: dict[str, Any], same: bool) -> None:
    """Slack repeats a press with its stamp; another press has another."""
    first = press({"action_id": "ack"}, trigger_id="t")
    ids = [press_request(one, received_at=NOW).id for one in (first, {**first, **change})]

    assert (ids[0] == ids[1]) is same


def test_a_form_submitted_twice_is_one_request() -> None:
    """A double click sends the same view; a corrected form has another hash."""
    shown = {**view(EVERY_KIND), "id": "V1", "hash": "h1"}
    first = {"team": TEAM, "user": USER, "view": shown, "trigger_id": "1"}
    again = {**first, "trigger_id": "2"}
    corrected = {**first, "view": {**shown, "hash": "h2"}}
    ids = [form_request(one, received_at=NOW).id for one in (first, again, corrected)]

    assert ids[0] == ids[1] != ids[2]


def test_a_shortcut_on_a_message() -> None:
    """It tells which message, also in a thread."""
    body = {
        "type": "message_action", "callback_id": "alert_why", "team": TEAM, "user": USER,
        "channel": {"id": "C1"}, "message_ts": "2.0", "trigger_id": "t",
        "message": {"ts": "2.0", "thread_ts": "1.0"},
    }  # fmt: skip
    request = shortcut_request(body, received_at=NOW)

    assert (request.kind, request.name) == ("shortcut", "alert_why")
    assert (request.message_ts, request.thread_ts) == ("2.0", "1.0")


@pytest.mark.parametrize("body", [{}, {"actions": [{}], "view": [], "team": "T1", "user": None}])
def test_an_odd_shape_is_read_as_far_as_it_goes(body: dict[str, Any]) -> None:
    """What is missing is empty; only a press without an action is no press."""
    assert shortcut_request(body, received_at=NOW).name == ""
    assert form_request(body, received_at=NOW).name == ""
