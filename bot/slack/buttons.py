"""Buttons and menus as Slack wants them, and what they mean when they are pressed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.answers import Button
from bot.slack.rich_text import Block
from bot.slack.text import fit_line, safe_url

CHANGE = "change"
"""The action of every input: what it means depends on the form and the input."""

MENU = "menu"
"""The action of a menu; each of its options says what it does."""

MOST_BUTTONS = 25
_MAX_LABEL = 75
_MAX_CONFIRM = 300


def buttons(shown: Sequence[Button], menu: Block | None = None) -> list[Block]:
    """Return the block of some buttons and of a menu after them; none for nothing."""
    elements = [button(one) for one in shown[: MOST_BUTTONS - 1]]
    if menu is not None:
        elements.append(menu)
    return [{"type": "actions", "elements": elements}] if elements else []


def menu_of(*options: Button) -> Block:
    """Return the menu of one to five things to do."""
    return {"type": "overflow", "action_id": MENU, "options": [*map(_option, options)]}


def button(one: Button) -> Block:
    """Return one button."""
    element: Block = {"type": "button", "action_id": one.act, "text": plain(one.label, _MAX_LABEL)}
    if one.value:
        element["value"] = one.value
    if one.url and (url := safe_url(one.url)):
        element["url"] = url
    if one.style:
        element["style"] = one.style
    if one.confirm:
        element["confirm"] = {
            "title": plain(one.label, 100),
            "text": plain(one.confirm, _MAX_CONFIRM),
            "confirm": plain("Yes", 30),
            "deny": plain("No", 30),
        }
    return element


def act_of(option: str) -> tuple[str, str]:
    """Return what the option of a menu does, and to what."""
    act, _, value = option.partition(" ")
    return act, value


def plain(text: str, most: int) -> Block:
    """Return text of one line in which nothing is mark-up."""
    return {"type": "plain_text", "text": fit_line(text, most) or "-", "emoji": False}


def _option(one: Button) -> Block:
    value = f"{one.act} {one.value}".rstrip()
    return {"text": plain(one.label, _MAX_LABEL), "value": value}
