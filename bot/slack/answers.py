"""A private answer as Slack wants it. Names and queries in it are data, like an alert's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from bot.core.answers import Answer, Span
from bot.slack.card import MAX_BLOCKS_TEXT
from bot.slack.plain import EMPTY, MAX_TEXT, more
from bot.slack.rich_text import Block, bullets, link, rich_text, section, words
from bot.slack.text import clip_escaped, fit, host, safe_url

_MAX_SPAN = 2_000
_MAX_LINES = 200
_MOST_TEXT = MAX_BLOCKS_TEXT - 100
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{2,30}")
_USER_ID = re.compile(r"[UW][A-Z0-9]{2,30}")


def render_answer(answer: Answer) -> dict[str, Any]:
    """Return an ephemeral message that neither mentions nor unfurls anything."""
    return {
        "response_type": "ephemeral",
        "text": clip_escaped(fit(answer.text, MAX_TEXT).strip(), MAX_TEXT) or EMPTY,
        "blocks": [rich_text([*_paragraphs(answer)] or [section([words(EMPTY)])])],
        "parse": "none",
    }


def _paragraphs(answer: Answer) -> Iterator[Block]:
    for bullet, group in groupby(_fitting(answer), key=lambda shown: shown[0]):
        lines = [line for _, line in group]
        yield bullets([section(line) for line in lines]) if bullet else section([*_rows(lines)])


def _fitting(answer: Answer) -> Iterator[tuple[bool, list[Block]]]:
    """Yield lines, and whether each is a bullet, until Slack would refuse the whole."""
    length = 0
    for count, line in enumerate(answer.lines):
        elements = [_span(span) for span in line.spans if span.text or span.target]
        length += sum(len(one.get("text", "")) + len(one.get("url", "")) + 1 for one in elements)
        if length > _MOST_TEXT or count == _MAX_LINES:
            yield False, [words(more(len(answer.lines) - count))]
            return
        yield line.bullet, elements or [words(" ")]


def _rows(lines: Iterable[list[Block]]) -> Iterator[Block]:
    for number, line in enumerate(lines):
        if number:
            yield words("\n")
        yield from line


def _span(span: Span) -> Block:
    label = fit(span.text, _MAX_SPAN) or " "
    if span.style == "link" and (url := safe_url(span.target)):
        return link(f"{label} ({host(url)})", url)
    if span.style == "channel" and _CHANNEL_ID.fullmatch(span.target):
        return {"type": "channel", "channel_id": span.target}
    if span.style == "user" and _USER_ID.fullmatch(span.target):
        return {"type": "user", "user_id": span.target}
    return words(label, span.style if span.style in {"bold", "code"} else "")
