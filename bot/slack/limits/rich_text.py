"""What Slack refuses in a rich_text block."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.slack.limits.check import Check, Item, kind

MAX_INDENT = 8
MAX_WORDS = 10_000
_STYLES = frozenset({"bold", "italic", "strike", "code"})


def rich_text(check: Check, block: Item, where: str) -> None:
    """Check the sections, lists, code and quotes of `block`."""
    for path, element in check.items(f"{where}.elements", block.get("elements")):
        check.kind(path, element, _RICH_TEXT)


def _rich_text_list(check: Check, block: Item, where: str) -> None:
    check.choice(f"{where}.style", block.get("style"), "bullet", "ordered")
    indent = block.get("indent", 0)
    if not isinstance(indent, int) or not 0 <= indent <= MAX_INDENT:
        check.refuse(f"{where}.indent", f"must be 0 to {MAX_INDENT}")
    for path, element in check.items(f"{where}.elements", block.get("elements")):
        check.kind(path, element, _RICH_TEXT_ITEMS)


def _rich_text_section(check: Check, block: Item, where: str) -> None:
    for path, element in check.items(f"{where}.elements", block.get("elements")):
        check.kind(path, element, _RICH_TEXT_ELEMENTS)
        if "style" in element and not _is_style(element["style"]):
            check.refuse(f"{path}.style", f"must be booleans of {', '.join(sorted(_STYLES))}")


def _is_style(style: object) -> bool:
    return isinstance(style, Mapping) and all(
        name in _STYLES and isinstance(value, bool) for name, value in style.items()
    )


def _words(key: str) -> Callable[[Check, Item, str], None]:
    """Return the rule of an element that is one string."""

    def rule(check: Check, element: Item, where: str) -> None:
        check.words(f"{where}.{key}", element.get(key), MAX_WORDS)

    return rule


def _link(check: Check, element: Item, where: str) -> None:
    check.url(f"{where}.url", element.get("url"), schemes=("http", "https", "mailto"))
    if "text" in element:
        check.words(f"{where}.text", element["text"], MAX_WORDS)


def _broadcast(check: Check, element: Item, where: str) -> None:
    check.choice(f"{where}.range", element.get("range"), "here", "channel", "everyone")


def _date(check: Check, element: Item, where: str) -> None:
    if not isinstance(element.get("timestamp"), int):
        check.refuse(f"{where}.timestamp", "must be whole seconds")
    check.words(f"{where}.format", element.get("format"), MAX_WORDS)
    if "fallback" in element:
        check.words(f"{where}.fallback", element["fallback"], MAX_WORDS)
    if "url" in element:
        check.url(f"{where}.url", element["url"])


_RICH_TEXT_ITEMS = {"rich_text_section": kind(_rich_text_section, "elements")}
_RICH_TEXT = {
    **_RICH_TEXT_ITEMS,
    "rich_text_list": kind(_rich_text_list, "elements style indent offset border"),
    "rich_text_preformatted": kind(_rich_text_section, "elements border language"),
    "rich_text_quote": kind(_rich_text_section, "elements border"),
}
_RICH_TEXT_ELEMENTS = {
    "text": kind(_words("text"), "text style"),
    "link": kind(_link, "url text style unsafe"),
    "emoji": kind(_words("name"), "name unicode skin_tone style"),
    "user": kind(_words("user_id"), "user_id style"),
    "channel": kind(_words("channel_id"), "channel_id style"),
    "usergroup": kind(_words("usergroup_id"), "usergroup_id style"),
    "broadcast": kind(_broadcast, "range style"),
    "date": kind(_date, "timestamp format fallback url style"),
}
