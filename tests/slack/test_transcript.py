"""A message reads in plain text as it reads in Slack."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.transcript import message_text


def _words(text: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def _inline(*elements: dict[str, Any], kind: str = "rich_text_section") -> dict[str, Any]:
    return {"type": kind, "elements": list(elements)}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


LINK = {"type": "link", "url": "https://example.com/1", "text": "Run 1"}
ITEM = _inline(_words("item"))

BLOCKS: dict[str, tuple[dict[str, Any], str]] = {
    "header": ({"type": "header", "text": _plain("*Scan* failed")}, "*Scan* failed"),
    "section": ({"type": "section", "text": _mrkdwn("*Scan* failed")}, "Scan failed"),
    "fields": (
        {"type": "section", "fields": [_mrkdwn("*Project*\nacme"), _mrkdwn("*Step:*\n2")]},
        "Project: acme\nStep: 2",
    ),
    "accessory": (
        {
            "type": "section",
            "text": _plain("Paused"),
            "accessory": {"type": "button", "text": _plain("Resume")},
        },
        "Paused\n[Resume]",
    ),
    "context": ({"type": "context", "elements": [_plain("Deck"), _mrkdwn("_x_")]}, "Deck x"),
    "actions": (
        {
            "type": "actions",
            "elements": [
                {"type": "button", "text": _plain("Mute")},
                {"type": "button", "text": _plain("Open"), "url": "https://example.com"},
            ],
        },
        "[Mute] [Open] <https://example.com>",
    ),
    "divider": ({"type": "divider"}, "---"),
    "image": ({"type": "image", "image_url": "https://a.b", "alt_text": "Map"}, "[image: Map]"),
    "unknown": ({"type": "video"}, "[video]"),
    "rich text": (
        {
            "type": "rich_text",
            "elements": [_inline(_words("Failed", bold=True), _words(": "), LINK)],
        },
        "Failed: Run 1 <https://example.com/1>",
    ),
    "bullets": (
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_list", "style": "bullet", "elements": [ITEM]},
                {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [ITEM]},
                {"type": "rich_text_list", "style": "ordered", "elements": [ITEM, ITEM]},
            ],
        },
        "• item\n  • item\n1. item\n2. item",
    ),
    "quote and code": (
        {
            "type": "rich_text",
            "elements": [
                _inline(_words("a\nb"), kind="rich_text_quote"),
                _inline(_words("x = 1\n"), kind="rich_text_preformatted"),
            ],
        },
        "> a\n> b\nx = 1",
    ),
    "elements": (
        {
            "type": "rich_text",
            "elements": [
                _inline(
                    {"type": "user", "user_id": "U1"},
                    {"type": "channel", "channel_id": "C1"},
                    {"type": "usergroup", "usergroup_id": "S1"},
                    {"type": "broadcast", "range": "here"},
                    {"type": "emoji", "name": "bell"},
                    {"type": "date", "timestamp": 0, "format": "{time}"},
                    {"type": "link", "url": "https://a.b"},
                )
            ],
        },
        "@U1#C1@S1@here:bell:1970-01-01 00:00 UTC<https://a.b>",
    ),
}

TEXTS = {
    "escapes are undone once": ("&amp;lt; &amp;gt; &lt;c&gt;", "&lt; &gt; <c>"),
    "styles leave no trace": ("*bold _and_* ~gone~", "bold and gone"),
    "an identifier is no style": ("task_run_ _run 2*3* 4", "task_run_ _run 2*3* 4"),
    "code is left alone": ("`*a*` ```_b_```", "*a* _b_"),
    "link": ("<https://a.b/?x=1&amp;y=2|Open it>", "Open it <https://a.b/?x=1&y=2>"),
    "underscores of a link": ("_see_ <https://a.b/_x_>", "see <https://a.b/_x_>"),
    "mentions": ("<@U1|ada> <#C1> <!here>", "@ada #C1 @here"),
    "date": ("<!date^0^{time}|noon UTC>", "noon UTC"),
    "date with link": ("<!date^0^{time}^https://a.b|noon UTC>", "noon UTC <https://a.b>"),
}


@pytest.mark.parametrize(("block", "text"), BLOCKS.values(), ids=BLOCKS)
def test_a_block_reads_as_it_is_shown(block: dict[str, Any], text: str) -> None:
    """Each kind of block and element has its words, without its styles."""
    assert message_text({"text": "never shown", "blocks": [block]}) == text


@pytest.mark.parametrize(("source", "text"), TEXTS.values(), ids=TEXTS)
def test_mrkdwn_reads_as_it_is_shown(source: str, text: str) -> None:
    """Without blocks the text is read as Slack reads mrkdwn."""
    assert message_text({"text": source, "blocks": []}) == text


def test_blocks_stand_under_each_other() -> None:
    """Blocks keep their order, one to a line."""
    blocks = [{"type": "header", "text": _plain("First")}, {"type": "divider"}]

    assert message_text({"blocks": blocks}) == "First\n---"


def test_plain_text_is_what_it_is() -> None:
    """In plain_text neither entities nor marks mean anything."""
    block = {"type": "header", "text": _plain("a &amp; *b* <!channel>")}

    assert message_text({"blocks": [block]}) == "a &amp; *b* <!channel>"
