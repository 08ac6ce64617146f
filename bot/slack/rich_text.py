"""The parts of a rich_text block. What stands in them is shown, never read as mark-up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Block = dict[str, Any]


def rich_text(elements: list[Block]) -> Block:
    """Return a block of sections and lists."""
    return {"type": "rich_text", "elements": elements}


def section(elements: list[Block]) -> Block:
    """Return a paragraph."""
    return {"type": "rich_text_section", "elements": elements}


def bullets(items: list[Block]) -> Block:
    """Return a list; the items are sections."""
    return {"type": "rich_text_list", "style": "bullet", "elements": items}


def words(text: str, style: str = "") -> Block:
    """Return text (not empty); `style` is bold, italic, code or none."""
    if style:
        return {"type": "text", "text": text, "style": {style: True}}
    return {"type": "text", "text": text}


def link(label: str, url: str) -> Block:
    """Return a link; `url` has to be safe."""
    return {"type": "link", "url": url, "text": label}


def moment(seconds: int, fallback: str) -> Block:
    """Return a time in the reader's zone; `fallback` carries its own."""
    return {
        "type": "date",
        "timestamp": seconds,
        "format": "{date_short_pretty} at {time}",
        "fallback": fallback,
    }


def person(user_id: str) -> Block:
    """Return a person's name."""
    return {"type": "user", "user_id": user_id}


def dotted(parts: Iterable[list[Block]]) -> list[Block]:
    """Return the elements of all parts, a dot between one part and the next."""
    line: list[Block] = []
    for part in parts:
        if line:
            line.append(words(" · "))
        line += part
    return line
