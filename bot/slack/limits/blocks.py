"""What Slack refuses in a block, rich text and the elements aside."""

from __future__ import annotations

from bot.slack.limits.check import Check, Item, kind
from bot.slack.limits.elements import BUTTON, IMAGE, MAX_TEXT_OBJECT, OVERFLOW, image
from bot.slack.limits.inputs import INPUTS
from bot.slack.limits.rich_text import rich_text

MAX_FIELDS, MAX_FIELD = 10, 2_000
MAX_HEADER = 150
MAX_CONTEXT = 10
MAX_ACTIONS = 25
MAX_LABEL = MAX_HINT = 2_000


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


def _input(check: Check, block: Item, where: str) -> None:
    check.text(f"{where}.label", block.get("label"), MAX_LABEL, plain=True)
    if "hint" in block:
        check.text(f"{where}.hint", block["hint"], MAX_HINT, plain=True)
    for name in ("optional", "dispatch_action"):
        if name in block:
            check.choice(f"{where}.{name}", block[name], True, False)
    element = block.get("element")
    if isinstance(element, dict):
        check.unique(f"{where}.element", element, "action_id", set())
    check.kind(f"{where}.element", element, INPUTS)


_ACTIONS = {"button": BUTTON, "overflow": OVERFLOW}
_ACCESSORIES = {**_ACTIONS, "image": IMAGE}
BLOCKS = {
    "section": kind(_section, "block_id text fields accessory expand"),
    "header": kind(_header, "block_id text"),
    "context": kind(_context, "block_id elements"),
    "actions": kind(_actions, "block_id elements"),
    "divider": kind(_divider, "block_id"),
    "image": kind(image, "block_id image_url alt_text title"),
    "rich_text": kind(rich_text, "block_id elements"),
}
"""What a message may hold."""

VIEW_BLOCKS = {
    **BLOCKS,
    "input": kind(_input, "block_id label element hint optional dispatch_action"),
}
"""What a modal and the Home tab may hold."""
