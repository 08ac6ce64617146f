"""Slack's limits: what stands on the limit passes, one more is named with its place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.limits import problems, slack_error, view_error, view_problems

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


def _plain(length: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": "x" * length}


def _mrkdwn(length: int) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": "x" * length}


def _section(length: int = 1, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": _mrkdwn(length), **more}


def _fields(count: int, length: int = 1) -> dict[str, Any]:
    return {"type": "section", "fields": [_mrkdwn(length)] * count}


def _header(text: dict[str, Any]) -> dict[str, Any]:
    return {"type": "header", "text": text}


def _context(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "context", "elements": list(elements)}


def _button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "text": _plain(5), **more}


def _actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def _confirm(title: int = 1, text: int = 1, ok: int = 1, deny: int = 1) -> dict[str, Any]:
    return {
        "title": _plain(title),
        "text": _mrkdwn(text),
        "confirm": _plain(ok),
        "deny": _plain(deny),
    }


def _image(**more: Any) -> dict[str, Any]:
    return {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A", **more}


def _inline(*elements: dict[str, Any], kind: str = "rich_text_section") -> dict[str, Any]:
    return {"type": kind, "elements": list(elements)}


def _rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(elements)}


def _bullets(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "rich_text_list", "style": "bullet", "elements": list(items), **more}


def _words(text: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": text, **more}


def _link(url: str, **more: Any) -> dict[str, Any]:
    return {"type": "link", "url": url, **more}


def _options(count: int, length: int = 1, **more: Any) -> list[dict[str, Any]]:
    return [{"text": _plain(length), "value": str(n), **more} for n in range(count)]


def _overflow(options: Any) -> dict[str, Any]:
    return {"type": "overflow", "action_id": "menu", "options": options}


def _input(kind: str, **more: Any) -> dict[str, Any]:
    """Return an input block; `block` has keys of its own."""
    block = more.pop("block", {})
    element = {"type": kind, "action_id": "a", **more}
    return {"type": "input", "label": _plain(1), "element": element, **block}


def _modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    shown = [*blocks] or [_section()]
    return {"type": "modal", "title": _plain(1), "submit": _plain(1), "blocks": shown, **more}


def _home(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "home", "blocks": [*blocks] or [_section()], **more}


EVERY_ELEMENT = _inline(
    _words(style={"bold": True, "code": False}),
    _link("https://example.com", text="label"),
    _link("mailto:ada@example.com"),
    {"type": "emoji", "name": "bell"},
    {"type": "user", "user_id": "U1"},
    {"type": "channel", "channel_id": "C1"},
    {"type": "usergroup", "usergroup_id": "S1"},
    {"type": "broadcast", "range": "here"},
    {"type": "date", "timestamp": 1_700_000_000, "format": "{time}", "fallback": "noon UTC"},
)

ON_THE_LIMIT = {
    "50 blocks": [_section()] * 50,
    "10,000 characters": [*([_section(3_000)] * 3), _section(1_000)],
    "section text": [_section(3_000)],
    "fields": [_fields(10)],
    "field": [_fields(1, 2_000)],
    "header": [_header(_plain(150))],
    "context": [_context(*[_plain(1)] * 9, _image())],
    "actions": [_actions(*[_button(action_id=str(n)) for n in range(25)])],
    "button": [_actions(_button(text=_plain(75), value="x" * 2_000, style="danger"))],
    "button url": [_actions(_button(url="http://" + "x" * 2_993))],
    "confirm": [_actions(_button(confirm=_confirm(100, 300, 30, 30)))],
    "overflow": [
        _actions(_overflow(_options(5, 75, description=_plain(75), url="https://a.b"))),
        _section(accessory=_overflow(_options(1))),
    ],
    "same action_id in two blocks": [_actions(_button(action_id="a"))] * 2,
    "image": [_image(alt_text="x" * 2_000, title=_plain(2_000))],
    "divider": [{"type": "divider", "block_id": "x" * 255}],
    "rich text": [_rich(EVERY_ELEMENT, _bullets(_inline(_words()), indent=8))],
    "code and quote": [
        _rich(
            _inline(_words(), kind="rich_text_preformatted"),
            _inline(_words(), kind="rich_text_quote"),
        )
    ],
}

BEYOND = {
    "51 blocks": ([_section()] * 51, "blocks: 51 items, at most 50"),
    "section text": ([_section(3_412)], "blocks[0].text: 3,412 characters, at most 3,000"),
    "second block": ([_section(), _section(3_001)], "blocks[1].text: 3,001 characters"),
    "empty text": ([_section(0)], "blocks[0].text: empty"),
    "no text": ([{"type": "section"}], "blocks[0]: needs text or fields"),
    "text no object": ([{"type": "section", "text": "x"}], "blocks[0].text: must be a text obj"),
    "11 fields": ([_fields(11)], "blocks[0].fields: 11 items, at most 10"),
    "no fields": ([_fields(0)], "blocks[0].fields: must be a list of at least 1"),
    "field": ([_fields(2, 2_001)], "blocks[0].fields[0]: 2,001 characters, at most 2,000"),
    "header": ([_header(_plain(151))], "blocks[0].text: 151 characters, at most 150"),
    "header mrkdwn": ([_header(_mrkdwn(1))], "blocks[0].text: must be plain_text"),
    "context": ([_context(*[_plain(1)] * 11)], "blocks[0].elements: 11 items, at most 10"),
    "empty context": ([_context()], "blocks[0].elements: must be a list of at least 1"),
    "context button": (
        [_context(_button())],
        "blocks[0].elements[0]: must be plain_text or mrkdwn",
    ),
    "26 actions": ([_actions(*[_button()] * 26)], "blocks[0].elements: 26 items, at most 25"),
    "label": ([_actions(_button(text=_plain(76)))], "blocks[0].elements[0].text: 76 characters"),
    "label mrkdwn": ([_actions(_button(text=_mrkdwn(1)))], "elements[0].text: must be plain_text"),
    "value": ([_actions(_button(value="x" * 2_001))], "elements[0].value: 2,001 characters"),
    "long url": ([_actions(_button(url="https://" + "x" * 2_993))], "url: 3,001 characters"),
    "script url": (
        [_actions(_button(url="javascript:x"))],
        "url: must be an address of http, https",
    ),
    "mail button": ([_actions(_button(url="mailto:a@b.c"))], "url: must be an address of http"),
    "style": ([_actions(_button(style="loud"))], "style: must be one of primary, danger"),
    "confirm title": ([_actions(_button(confirm=_confirm(title=101)))], "confirm.title: 101 char"),
    "confirm text": ([_actions(_button(confirm=_confirm(text=301)))], "confirm.text: 301 char"),
    "confirm ok": ([_actions(_button(confirm=_confirm(ok=31)))], "confirm.confirm: 31 char"),
    "confirm deny": ([_actions(_button(confirm=_confirm(deny=31)))], "confirm.deny: 31 char"),
    "confirm half": ([_actions(_button(confirm={}))], "confirm.title: must be a text object"),
    "same action_id": (
        [_actions(_button(action_id="a"), _button(action_id="a"))],
        "elements[1].action_id: 'a' is used twice",
    ),
    "same block_id": ([_section(block_id="b")] * 2, "blocks[1].block_id: 'b' is used twice"),
    "long block_id": ([_section(block_id="b" * 256)], "block_id: must be a string of 1 to 255"),
    "image without words": (
        [{"type": "image", "image_url": "https://example.com"}],
        "blocks[0].alt_text: missing",
    ),
    "accessory": ([_section(accessory=_context())], "accessory: unknown type 'context' here"),
    "6 in a menu": ([_actions(_overflow(_options(6)))], "options: 6 items, at most 5"),
    "0 in a menu": ([_actions(_overflow([]))], "options: must be a list of at least 1"),
    "menu words": ([_actions(_overflow(_options(1, 76)))], "options[0].text: 76 characters"),
    "menu mrkdwn": (
        [_actions(_overflow([{"text": _mrkdwn(1), "value": "1"}]))],
        "options[0].text: must be plain_text",
    ),
    "menu value": (
        [_actions(_overflow([{"text": _plain(1), "value": "x" * 151}]))],
        "options[0].value: 151 characters, at most 150",
    ),
    "menu twins": ([_actions(_overflow(_options(1) * 2))], "options[1].value: '0' is used twice"),
    "input in a message": ([_input("plain_text_input")], "blocks[0]: unknown type 'input' here"),
    "select": ([_actions({"type": "static_select"})], "unknown type 'static_select' here"),
    "alert block": ([{"type": "alert"}], "blocks[0]: unknown type 'alert' here"),
    "misspelt key": ([_section(acessory=_button())], "blocks[0]: unknown: acessory"),
    "empty rich text": ([_rich()], "blocks[0].elements: must be a list of at least 1"),
    "empty section": ([_rich(_inline())], "elements[0].elements: must be a list of at least 1"),
    "empty words": ([_rich(_inline(_words("")))], "elements[0].elements[0].text: empty"),
    "empty label": ([_rich(_inline(_link("https://a.b", text="")))], "[0].text: empty"),
    "script link": ([_rich(_inline(_link("javascript:x")))], "must be an address of http, https"),
    "indent": (
        [_rich(_bullets(_inline(_words()), indent=9))],
        "elements[0].indent: must be 0 to 8",
    ),
    "item": ([_rich(_bullets(_words()))], "elements[0].elements[0]: unknown type 'text' here"),
    "text style": ([_rich(_inline(_words(style={"loud": True})))], "style: must be booleans of"),
    "rich unknown": ([_rich(_inline({"type": "color"}))], "unknown type 'color' here"),
    "range": (
        [_rich(_inline({"type": "broadcast", "range": "all"}))],
        "range: must be one of here",
    ),
    "date": (
        [_rich(_inline({"type": "date", "format": "{time}"}))],
        "timestamp: must be whole sec",
    ),
}


@pytest.mark.parametrize("blocks", ON_THE_LIMIT.values(), ids=ON_THE_LIMIT)
def test_what_stands_on_the_limit_passes(blocks: list[dict[str, Any]]) -> None:
    """Nothing is refused that Slack takes."""
    assert problems({"text": "words", "blocks": blocks}) == []
    assert slack_error({"text": "words", "blocks": blocks}) is None


@pytest.mark.parametrize(("blocks", "sentence"), BEYOND.values(), ids=BEYOND)
def test_what_is_beyond_is_named(blocks: list[dict[str, Any]], sentence: str) -> None:
    """The first problem found is the one there is, with its place."""
    assert sentence in problems({"text": "words", "blocks": blocks})[0]
    assert slack_error({"text": "words", "blocks": blocks}) == "invalid_blocks"


MESSAGES = {
    "nothing": ({}, "no_text"),
    "blank": ({"text": " \n"}, "no_text"),
    "no blocks": ({"text": "", "blocks": []}, "no_text"),
    "blocks alone": ({"blocks": [_section()]}, None),
    "4,000 characters": ({"text": "x" * 4_000}, None),
    "4,001 characters": ({"text": "x" * 4_001}, "msg_too_long"),
    "10,001 characters": (
        {"text": "x", "blocks": [*([_section(3_000)] * 3), _section(1_001)]},
        "msg_blocks_too_long",
    ),
    "blocks no list": ({"text": "x", "blocks": {"type": "divider"}}, "invalid_blocks_format"),
    "no metadata": ({"text": "x", "metadata": {}}, None),
    "metadata": ({"text": "x", "metadata": {"event_type": "a", "event_payload": {"n": 1}}}, None),
    "metadata alone": ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
    "no event_type": ({"text": "x", "metadata": {"event_payload": {}}}, "invalid_metadata_format"),
    "deep metadata": (
        {"text": "x", "metadata": {"event_type": "a", "event_payload": {"n": {}}}},
        "invalid_metadata_schema",
    ),
    "long metadata": (
        {"text": "x", "metadata": {"event_type": "a", "event_payload": {"n": "x" * 1_000}}},
        "metadata_too_large",
    ),
}


@pytest.mark.parametrize(("message", "error"), MESSAGES.values(), ids=MESSAGES)
def test_a_message_gets_the_error_slack_would_answer(
    message: dict[str, Any], error: str | None
) -> None:
    """Text, blocks and metadata each have error names of their own."""
    assert slack_error(message) == error
    assert bool(problems(message)) == (error is not None)


@settings(max_examples=150)
@given(blocks=json_values, metadata=json_values, kind=st.sampled_from(["section", "rich_text"]))
def test_no_garbage_escapes_as_an_exception(blocks: Any, metadata: Any, kind: str) -> None:
    """Any JSON is answered with problems, never with a traceback."""
    item = {"type": kind, "text": blocks, "elements": [blocks], "fields": blocks}

    problems({"text": blocks, "blocks": blocks, "metadata": metadata})
    problems({"text": "x", "blocks": [item, blocks], "metadata": {"event_payload": metadata}})


OPTIONS = _options(10)
VIEWS_ON_THE_LIMIT = {
    "title": _modal(title=_plain(24), submit=_plain(24), close=_plain(24)),
    "ids": _modal(callback_id="x" * 255, external_id="x" * 255, private_metadata="x" * 3_000),
    "flags": _modal(clear_on_close=True, notify_on_close=False, submit_disabled=True),
    "no submit without inputs": {**_modal(), "submit": None},
    "100 blocks": _modal(*[_section()] * 100),
    "more text than a message": _modal(*[_section(3_000)] * 50),
    "home": _home(_actions(_button()), _input("plain_text_input"), callback_id="c"),
    "label and hint": _modal(
        _input(
            "plain_text_input",
            block={
                "label": _plain(2_000), "hint": _plain(2_000), "optional": True,
                "dispatch_action": True,
            },
        )
    ),
    "text": _modal(
        _input(
            "plain_text_input", multiline=True, min_length=0, max_length=3_000,
            initial_value="x" * 3_000, placeholder=_plain(150), focus_on_load=True,
            dispatch_action_config={"trigger_actions_on": ["on_character_entered"]},
        )
    ),
    "select": _modal(
        _input(
            "static_select", options=_options(100, 75, description=_plain(75)),
            placeholder=_plain(150),
        )
    ),
    "chosen": _modal(
        _input("static_select", options=OPTIONS, initial_option=OPTIONS[9]),
        _input("radio_buttons", options=OPTIONS, initial_option=OPTIONS[0]),
        _input("checkboxes", options=OPTIONS, initial_options=OPTIONS),
    ),
    "mrkdwn in choices": _modal(
        _input("checkboxes", options=[{"text": _mrkdwn(75), "value": "x" * 150}])
    ),
    "conversations": _modal(
        _input(
            "conversations_select", default_to_current_conversation=True,
            filter={"include": ["public", "private"], "exclude_bot_users": True},
        )
    ),
    "moment": _modal(_input("datetimepicker", initial_date_time=1_800_000_000)),
    "number": _modal(_input("number_input", is_decimal_allowed=False, initial_value="7")),
    "error": _modal(_input("plain_text_input"), _context(_plain(1))),
}  # fmt: skip
VIEWS_BEYOND = {
    "kind": ({"type": "workflow_step"}, "type: must be modal or home"),
    "no title": ({**_modal(), "title": None}, "title: must be a text object"),
    "title": (_modal(title=_plain(25)), "title: 25 characters, at most 24"),
    "title mrkdwn": (_modal(title=_mrkdwn(1)), "title: must be plain_text"),
    "submit": (_modal(submit=_plain(25)), "submit: 25 characters, at most 24"),
    "close": (_modal(close=_plain(25)), "close: 25 characters, at most 24"),
    "callback_id": (_modal(callback_id="x" * 256), "callback_id: 256 characters"),
    "external_id": (_modal(external_id="x" * 256), "external_id: 256 characters"),
    "metadata": (_modal(private_metadata="x" * 3_001), "private_metadata: 3,001 characters"),
    "flag": (_modal(clear_on_close="yes"), "clear_on_close: must be one of True, False"),
    "101 blocks": (_modal(*[_section()] * 101), "blocks: 101 items, at most 100"),
    "no blocks": ({**_modal(), "blocks": []}, "blocks: must be a list of at least 1"),
    "same block_id": (_modal(_section(block_id="b"), _section(block_id="b")), "is used twice"),
    "input without submit": (
        {**_modal(_input("plain_text_input")), "submit": None},
        "submit: required with an input block",
    ),
    "home title": (_home(title=_plain(1)), "view: unknown: title"),
    "own fields": (_modal(id="V1", hash="1"), "view: unknown: hash, id"),
    "other block": (_modal({"type": "table"}), "unknown type 'table' here"),
    "button input": (_modal(_input("button")), "element: unknown type 'button' here"),
    "select in actions": (_modal(_actions(_input("static_select")["element"])), "unknown type"),
    "label": (_modal(_input("plain_text_input", block={"label": _plain(2_001)})), "label: 2,001"),
    "label mrkdwn": (
        _modal(_input("plain_text_input", block={"label": _mrkdwn(1)})),
        "label: must be plain_text",
    ),
    "hint": (_modal(_input("plain_text_input", block={"hint": _plain(2_001)})), "hint: 2,001"),
    "optional": (_modal(_input("plain_text_input", block={"optional": 2})), "optional: must be"),
    "long action_id": (_modal(_input("plain_text_input", action_id="x" * 256)), "action_id: must"),
    "max_length": (_modal(_input("plain_text_input", max_length=3_001)), "must be 1 to 3,000"),
    "no length": (_modal(_input("plain_text_input", max_length=0)), "must be 1 to 3,000"),
    "lengths": (
        _modal(_input("plain_text_input", min_length=5, max_length=4)),
        "min_length: more than max_length",
    ),
    "initial": (
        _modal(_input("plain_text_input", max_length=2, initial_value="xxx")),
        "initial_value: 3 characters, at most 2",
    ),
    "trigger": (
        _modal(_input("plain_text_input", dispatch_action_config={"trigger_actions_on": ["x"]})),
        "trigger_actions_on: must be one of on_enter_pressed",
    ),
    "two focused": (
        _modal(*[_input("plain_text_input", focus_on_load=True)] * 2),
        "blocks[1].element.focus_on_load: only one element",
    ),
    "placeholder": (
        _modal(_input("static_select", options=OPTIONS, placeholder=_plain(151))),
        "placeholder: 151 characters, at most 150",
    ),
    "101 options": (_modal(_input("static_select", options=_options(101))), "101 items"),
    "option text": (_modal(_input("static_select", options=_options(1, 76))), "text: 76 char"),
    "description": (
        _modal(_input("radio_buttons", options=_options(1, description=_plain(76)))),
        "description: 76 characters, at most 75",
    ),
    "twins": (_modal(_input("checkboxes", options=_options(1) * 2)), "'0' is used twice"),
    "11 boxes": (_modal(_input("checkboxes", options=_options(11))), "11 items, at most 10"),
    "11 radios": (_modal(_input("radio_buttons", options=_options(11))), "11 items, at most 10"),
    "not offered": (
        _modal(_input("static_select", options=OPTIONS, initial_option=_options(1, 2)[0])),
        "initial_option: must be one of the options",
    ),
    "none chosen": (
        _modal(_input("checkboxes", options=OPTIONS, initial_options=[])),
        "initial_options: must be a list of at least 1",
    ),
    "empty filter": (_modal(_input("conversations_select", filter={})), "filter: must be an obj"),
    "filter": (
        _modal(_input("conversations_select", filter={"include": ["dm"]})),
        "filter.include: must be of im",
    ),
    "milliseconds": (
        _modal(_input("datetimepicker", initial_date_time=1_800_000_000_000)),
        "initial_date_time: must be whole seconds",
    ),
    "number": (_modal(_input("number_input", is_decimal_allowed=1.5)), "must be one of True"),
    "number value": (
        _modal(_input("number_input", is_decimal_allowed=True, initial_value=7)),
        "initial_value: must be a number in a string",
    ),
    "number kind": (_modal(_input("number_input")), "is_decimal_allowed: missing"),
}


@pytest.mark.parametrize("view", VIEWS_ON_THE_LIMIT.values(), ids=VIEWS_ON_THE_LIMIT)
def test_a_view_on_the_limit_passes(view: dict[str, Any]) -> None:
    """Nothing is refused that Slack takes."""
    assert view_problems(view) == []
    assert view_error(view) is None


@pytest.mark.parametrize(("view", "sentence"), VIEWS_BEYOND.values(), ids=VIEWS_BEYOND)
def test_a_view_beyond_is_named(view: dict[str, Any], sentence: str) -> None:
    """The one problem is named with its place, under the one error name of views methods."""
    (problem,) = view_problems(view)
    assert sentence in problem
    assert view_error(view) == "invalid_arguments"


def test_a_view_has_a_size() -> None:
    """250 KB as JSON is too much, whatever else holds."""
    large = _modal(*[_section(3_000)] * 84)

    assert view_error(large) == "view_too_large"
    assert view_error(_modal(*[_section(3_000)] * 80)) is None


KINDS = [
    "plain_text_input", "number_input", "static_select", "checkboxes", "radio_buttons",
    "datetimepicker", "conversations_select",
]  # fmt: skip
KEYS = [
    "options", "initial_option", "initial_options", "filter", "max_length", "placeholder",
    "dispatch_action_config", "initial_date_time", "confirm", "initial_value",
]  # fmt: skip


@settings(max_examples=150)
@given(garbage=json_values, kind=st.sampled_from(KINDS), key=st.sampled_from(KEYS))
def test_no_garbage_in_a_view_escapes(garbage: Any, kind: str, key: str) -> None:
    """Any JSON is answered with problems, never with a traceback."""
    view_problems(_modal(_input(kind, **{key: garbage}), title=garbage, external_id=garbage))
    view_problems({"type": garbage, "blocks": garbage})
    view_problems(_modal(garbage, _input(kind, options=[garbage], block={"element": garbage})))
