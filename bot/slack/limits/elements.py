"""What Slack refuses in the elements of blocks: buttons, menus and pictures."""

from __future__ import annotations

from collections.abc import Mapping

from bot.slack.limits.check import Check, Item, kind

MAX_TEXT_OBJECT = 3_000
MAX_BUTTON_TEXT, MAX_BUTTON_VALUE = 75, 2_000
MAX_ALT_TEXT = MAX_IMAGE_TITLE = 2_000
MAX_CONFIRM_TITLE, MAX_CONFIRM_TEXT, MAX_CONFIRM_BUTTON = 100, 300, 30
MAX_OPTION_TEXT, MAX_OPTION_VALUE, MAX_OPTION_DESCRIPTION = 75, 150, 75
MAX_OVERFLOW = 5


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
    confirm(check, button, where)


def confirm(check: Check, element: Item, where: str) -> None:
    """Check the question that an element asks first, if it asks one."""
    if "confirm" not in element:
        return
    question, where = element["confirm"], f"{where}.confirm"
    if not isinstance(question, Mapping):
        check.refuse(where, "must be an object")
        return
    check.text(f"{where}.title", question.get("title"), MAX_CONFIRM_TITLE, plain=True)
    check.text(f"{where}.text", question.get("text"), MAX_CONFIRM_TEXT)
    check.text(f"{where}.confirm", question.get("confirm"), MAX_CONFIRM_BUTTON, plain=True)
    check.text(f"{where}.deny", question.get("deny"), MAX_CONFIRM_BUTTON, plain=True)
    if "style" in question:
        check.choice(f"{where}.style", question["style"], "primary", "danger")


def image(check: Check, picture: Item, where: str) -> None:
    """Check a picture, be it a block or an element."""
    check.url(f"{where}.image_url", picture.get("image_url"))
    check.words(f"{where}.alt_text", picture.get("alt_text"), MAX_ALT_TEXT)
    if "title" in picture:
        check.text(f"{where}.title", picture["title"], MAX_IMAGE_TITLE, plain=True)


def options(check: Check, element: Item, where: str, most: int, *, plain: bool = True) -> None:
    """Check options whose values differ, each within its limits."""
    values: set[str] = set()
    for path, option in check.items(f"{where}.options", element.get("options"), most):
        check.known(path, option, "text value description url")
        check.text(f"{path}.text", option.get("text"), MAX_OPTION_TEXT, plain=plain)
        check.words(f"{path}.value", option.get("value"), MAX_OPTION_VALUE)
        if "description" in option:
            about = option["description"]
            check.text(f"{path}.description", about, MAX_OPTION_DESCRIPTION, plain=plain)
        if "url" in option:
            check.url(f"{path}.url", option["url"])
        value = option.get("value")
        if isinstance(value, str):
            if value in values:
                check.refuse(f"{path}.value", f"{value!r} is used twice")
            values.add(value)


def _overflow(check: Check, element: Item, where: str) -> None:
    options(check, element, where, MAX_OVERFLOW)
    confirm(check, element, where)


BUTTON = kind(_button, "text action_id value url style accessibility_label confirm")
IMAGE = kind(image, "image_url alt_text")
OVERFLOW = kind(_overflow, "action_id options confirm")
