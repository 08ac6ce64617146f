"""The parts of a rich_text block. What stands in them is shown, never read as mark-up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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


def dotted(parts: Iterable[list[Block]]) -> Iterator[Block]:
    """Yield the elements of all parts, a dot between one part and the next."""
    for index, part in enumerate(parts):
        if index:
            yield words(" · ")
        yield from part
