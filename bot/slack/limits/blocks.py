"""What Slack refuses in a block and its elements, rich text aside."""

from __future__ import annotations

from collections.abc import Mapping

from bot.slack.limits.check import Check, Item, kind
from bot.slack.limits.rich_text import rich_text

MAX_TEXT_OBJECT = 3_000
MAX_FIELDS, MAX_FIELD = 10, 2_000
MAX_HEADER = 150
MAX_CONTEXT = 10
MAX_ACTIONS = 25
MAX_BUTTON_TEXT, MAX_BUTTON_VALUE = 75, 2_000
MAX_ALT_TEXT = MAX_IMAGE_TITLE = 2_000
MAX_CONFIRM_TITLE, MAX_CONFIRM_TEXT, MAX_CONFIRM_BUTTON = 100, 300, 30


def _section(check: Check, block: Item, where: str) -> None:
    if "text" not in block and "fields" not in block:
        check.refuse(where, "needs text or fields")
    if "text" in block:
        check.text(f"{where}.text", block["text"], MAX_TEXT_OBJECT)
    if "fields" in block:
        for path, field in check.items(f"{where}.fields", block["fields"], MAX_FIELDS):
            check.text(path, field, MAX_FIELD)
    if "accessory" in block:
        check.kind(f"{where}.accessory", block["accessory"], _ACCESSORIES)


def _header(check: Check, block: Item, where: str) -> None:
    check.text(f"{where}.text", block.get("text"), MAX_HEADER, plain=True)


def _divider(check: Check, block: Item, where: str) -> None:
    """Accept it: it has nothing but its type and id."""


def _context(check: Check, block: Item, where: str) -> None:
    for path, element in check.items(f"{where}.elements", block.get("elements"), MAX_CONTEXT):
        if element.get("type") == "image":
            check.kind(path, element, _ACCESSORIES)
        else:
            check.text(path, element, MAX_TEXT_OBJECT)


def _actions(check: Check, block: Item, where: str) -> None:
    action_ids: set[str] = set()
    for path, element in check.items(f"{where}.elements", block.get("elements"), MAX_ACTIONS):
        check.unique(path, element, "action_id", action_ids)
        check.kind(path, element, _ACTIONS)


def _button(check: Check, button: Item, where: str) -> None:
    check.text(f"{where}.text", button.get("text"), MAX_BUTTON_TEXT, plain=True)
    if "value" in button:
        check.words(f"{where}.value", button["value"], MAX_BUTTON_VALUE)
    if "url" in button:
        check.url(f"{where}.url", button["url"])
    if "style" in button:
        check.choice(f"{where}.style", button["style"], "primary", "danger")
    if "accessibility_label" in button:
        check.words(f"{where}.accessibility_label", button["accessibility_label"], MAX_BUTTON_TEXT)
    if "confirm" in button:
        _confirm(check, button["confirm"], f"{where}.confirm")


def _confirm(check: Check, confirm: object, where: str) -> None:
    if not isinstance(confirm, Mapping):
        check.refuse(where, "must be an object")
        return
    check.text(f"{where}.title", confirm.get("title"), MAX_CONFIRM_TITLE, plain=True)
    check.text(f"{where}.text", confirm.get("text"), MAX_CONFIRM_TEXT)
    check.text(f"{where}.confirm", confirm.get("confirm"), MAX_CONFIRM_BUTTON, plain=True)
    check.text(f"{where}.deny", confirm.get("deny"), MAX_CONFIRM_BUTTON, plain=True)
    if "style" in confirm:
        check.choice(f"{where}.style", confirm["style"], "primary", "danger")


def _image(check: Check, image: Item, where: str) -> None:
    check.url(f"{where}.image_url", image.get("image_url"))
    check.words(f"{where}.alt_text", image.get("alt_text"), MAX_ALT_TEXT)
    if "title" in image:
        check.text(f"{where}.title", image["title"], MAX_IMAGE_TITLE, plain=True)


_BUTTON = kind(_button, "text action_id value url style accessibility_label confirm")
_ACTIONS = {"button": _BUTTON}
_ACCESSORIES = {"button": _BUTTON, "image": kind(_image, "image_url alt_text")}
BLOCKS = {
    "section": kind(_section, "block_id text fields accessory expand"),
    "header": kind(_header, "block_id text"),
    "context": kind(_context, "block_id elements"),
    "actions": kind(_actions, "block_id elements"),
    "divider": kind(_divider, "block_id"),
    "image": kind(_image, "block_id image_url alt_text title"),
    "rich_text": kind(rich_text, "block_id elements"),
}
