"""A message as a person reads it, in plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

Item = Mapping[str, Any]

_MRKDWN = re.compile(
    r"```\n?(?P<fence>.+?)\n?```"
    r"|`(?P<code>[^`\n]+)`"
    r"|<(?P<token>[^<>\n]+)>"
    r"|(?<!\w)(?P<mark>[*_~])(?=\S)(?P<styled>[^\n]*?\S)(?P=mark)(?!\w)",
    re.DOTALL,
)


def message_text(message: Mapping[str, Any]) -> str:
    """Return what a person reads: the blocks if there are any, else the text.

    Links read `label <url>`, buttons `[Label]`, menus `[⋯]`; styles leave no trace.
    """
    blocks = message.get("blocks")
    if blocks:
        return "\n".join(line for block in blocks for line in _block(block))
    return _mrkdwn(message.get("text") or "")


def _block(block: Item) -> Iterator[str]:
    match block.get("type"):
        case "section":
            yield from _section(block)
        case "header":
            yield _text(block["text"])
        case "context":
            yield " ".join(_element(element) for element in block["elements"])
        case "actions":
            yield " ".join(_element(element) for element in block["elements"])
        case "divider":
            yield "---"
        case "image":
            yield _element(block)
        case "rich_text":
            yield from _rich_text(block["elements"])
        case kind:
            yield f"[{kind}]"


def _section(block: Item) -> Iterator[str]:
    if "text" in block:
        yield _text(block["text"])
    for field in block.get("fields", ()):
        yield _field(_text(field))
    if "accessory" in block:
        yield _element(block["accessory"])


def _field(text: str) -> str:
    """Put the two lines of a field, name over value, on one."""
    name, newline, value = text.partition("\n")
    return f"{name.removesuffix(':')}: {value}" if newline else name


def _element(element: Item) -> str:
    """Return an element of a context or actions block, or an accessory."""
    match element.get("type"):
        case "image":
            return f"[image: {element['alt_text']}]"
        case "button":
            return _link(f"[{_text(element['text'])}]", element.get("url"))
        case "overflow":
            return "[⋯]"
        case _:
            return _text(element)


def _text(text: Item) -> str:
    """Return a text object; plain_text is what it is, mrkdwn is read."""
    words: str = text["text"]
    return _mrkdwn(words) if text.get("type") == "mrkdwn" else words


def _link(label: str | None, url: str | None) -> str:
    if not url:
        return label or ""
    return f"{label} <{url}>" if label else f"<{url}>"


def _mrkdwn(text: str) -> str:
    return _unescape(_without_marks(text))


def _without_marks(text: str) -> str:
    return _MRKDWN.sub(_read_mark, text)


def _read_mark(match: re.Match[str]) -> str:
    if token := match["token"]:
        return _token(token)
    if styled := match["styled"]:
        return _without_marks(styled)
    return match["fence"] or match["code"]


def _token(token: str) -> str:
    """Return what `<token>` shows: a link, a mention or a date."""
    target, _, label = token.partition("|")
    match target[:1]:
        case "@":
            return f"@{label or target[1:]}"
        case "#":
            return f"#{label or target[1:]}"
        case "!":
            return _special(target, label)
        case _:
            return _link(label, target)


def _special(target: str, label: str) -> str:
    kind, *arguments = target[1:].split("^")
    match kind:
        case "date":
            _, _, *url = arguments
            return _link(label, url[0] if url else None)
        case "subteam":
            return label or f"@{arguments[0]}"
        case _:
            return f"@{kind}"


def _unescape(text: str) -> str:
    """Undo Slack's three escapes, the ampersand last so that nothing is undone twice."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _rich_text(elements: Iterable[Item]) -> Iterator[str]:
    for element in elements:
        match element.get("type"):
            case "rich_text_list":
                yield from _list(element)
            case "rich_text_quote":
                yield from (f"> {line}" for line in _inline(element["elements"]).splitlines())
            case _:
                yield _inline(element["elements"]).removesuffix("\n")


def _list(block: Item) -> Iterator[str]:
    margin = "  " * block.get("indent", 0)
    first = block.get("offset", 0) + 1
    for number, item in enumerate(block["elements"], first):
        bullet = f"{number}." if block.get("style") == "ordered" else "•"
        yield f"{margin}{bullet} {_inline(item['elements'])}"


def _inline(elements: Iterable[Item]) -> str:
    return "".join(_inline_element(element) for element in elements)


def _inline_element(element: Item) -> str:
    kind = element.get("type", "")
    read = _INLINE.get(kind)
    return read(element) if read else f"[{kind}]"


def _time(timestamp: int) -> str:
    return f"{datetime.fromtimestamp(timestamp, UTC):%Y-%m-%d %H:%M} UTC"


_INLINE: dict[str, Callable[[Item], str]] = {
    "text": lambda element: str(element["text"]),
    "link": lambda element: _link(element.get("text"), element["url"]),
    "emoji": lambda element: f":{element['name']}:",
    "user": lambda element: f"@{element['user_id']}",
    "channel": lambda element: f"#{element['channel_id']}",
    "usergroup": lambda element: f"@{element['usergroup_id']}",
    "broadcast": lambda element: f"@{element['range']}",
    "date": lambda element: element.get("fallback") or _time(element["timestamp"]),
}
