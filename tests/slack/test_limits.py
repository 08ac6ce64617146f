"""Slack's limits: what stands on the limit passes, one more is named with its place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.limits import problems, slack_error

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
