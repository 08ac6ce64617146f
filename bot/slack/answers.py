"""A private answer as Slack wants it. Names and queries in it are data, like an alert's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from bot.core.answers import Answer, Line, Span, line
from bot.slack.buttons import buttons
from bot.slack.card import MAX_BLOCKS_TEXT
from bot.slack.plain import EMPTY, MAX_TEXT, more
from bot.slack.rich_text import Block, bullets, link, moment, rich_text, section, words
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
        "blocks": [*paragraphs(answer.lines or (line(EMPTY),)), *buttons(answer.buttons)],
        "parse": "none",
    }


def paragraphs(lines: Sequence[Line]) -> list[Block]:
    """Return the block of some lines; none for nothing."""
    elements = [*_paragraphs(lines)]
    return [rich_text(elements)] if elements else []


def _paragraphs(lines: Sequence[Line]) -> Iterator[Block]:
    for bullet, group in groupby(_fitting(lines), key=lambda shown: shown[0]):
        rows = [row for _, row in group]
        yield bullets([section(row) for row in rows]) if bullet else section([*_rows(rows)])


def _fitting(lines: Sequence[Line]) -> Iterator[tuple[bool, list[Block]]]:
    """Yield lines, and whether each is a bullet, until Slack would refuse the whole."""
    length = 0
    for count, one in enumerate(lines):
        elements = [_span(span) for span in one.spans if span.text or span.target]
        length += sum(len(one.get("text", "")) + len(one.get("url", "")) + 1 for one in elements)
        if length > _MOST_TEXT or count == _MAX_LINES:
            yield False, [words(more(len(lines) - count))]
            return
        yield one.bullet, elements or [words(" ")]


def _rows(rows: Iterable[list[Block]]) -> Iterator[Block]:
    for number, row in enumerate(rows):
        if number:
            yield words("\n")
        yield from row


def _span(span: Span) -> Block:
    label = fit(span.text, _MAX_SPAN) or " "
    if span.style == "link" and (url := safe_url(span.target)):
        return link(f"{label} ({host(url)})", url)
    if span.style == "channel" and _CHANNEL_ID.fullmatch(span.target):
        return {"type": "channel", "channel_id": span.target}
    if span.style == "user" and _USER_ID.fullmatch(span.target):
        return {"type": "user", "user_id": span.target}
    if span.style == "time" and span.target.isdecimal():
        return moment(int(span.target), span.text)
    return words(label, span.style if span.style in {"bold", "code"} else "")
