"""What Slack refuses in the inputs of modals and of the Home tab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.slack.limits.check import Check, Item, kind, too_long
from bot.slack.limits.elements import confirm, options

MAX_SELECT_OPTIONS, MAX_CHOICES = 100, 10
MAX_PLACEHOLDER = 150
MAX_INPUT = 3_000
EARLIEST, LATEST = 10**9, 10**10 - 1
"""Moments have ten digits, in seconds since 1970."""

_CONVERSATIONS = ("im", "mpim", "private", "public")
_SELECT_KEYS = "action_id placeholder focus_on_load confirm"


def _static_select(check: Check, element: Item, where: str) -> None:
    options(check, element, where, MAX_SELECT_OPTIONS)
    _chosen(check, element, where, "initial_option")
    _placeholder(check, element, where)
    confirm(check, element, where)


def _radio_buttons(check: Check, element: Item, where: str) -> None:
    options(check, element, where, MAX_CHOICES, plain=False)
    _chosen(check, element, where, "initial_option")
    _placeholder(check, element, where)
    confirm(check, element, where)


def _checkboxes(check: Check, element: Item, where: str) -> None:
    options(check, element, where, MAX_CHOICES, plain=False)
    _chosen(check, element, where, "initial_options")
    _placeholder(check, element, where)
    confirm(check, element, where)


def _conversations_select(check: Check, element: Item, where: str) -> None:
    if "initial_conversation" in element:
        check.words(f"{where}.initial_conversation", element["initial_conversation"], 255)
    _placeholder(check, element, where)
    confirm(check, element, where)
    if "filter" not in element:
        return
    wanted, where = element["filter"], f"{where}.filter"
    if not isinstance(wanted, Mapping) or not wanted:
        check.refuse(where, "must be an object that is not empty")
        return
    check.known(where, wanted, "include exclude_external_shared_channels exclude_bot_users")
    include = wanted.get("include", _CONVERSATIONS)
    if not isinstance(include, list | tuple) or not include:
        check.refuse(f"{where}.include", "must be a list of at least 1")
    elif any(one not in _CONVERSATIONS for one in include):
        check.refuse(f"{where}.include", f"must be of {', '.join(_CONVERSATIONS)}")


def _datetimepicker(check: Check, element: Item, where: str) -> None:
    at = element.get("initial_date_time", EARLIEST)
    if not _is_whole(at) or not EARLIEST <= at <= LATEST:
        check.refuse(f"{where}.initial_date_time", "must be whole seconds of 10 digits")
    _placeholder(check, element, where)
    confirm(check, element, where)


def _plain_text_input(check: Check, element: Item, where: str) -> None:
    least, most = element.get("min_length", 0), element.get("max_length", MAX_INPUT)
    for name, value, floor in (("min_length", least, 0), ("max_length", most, 1)):
        if not _is_whole(value) or not floor <= value <= MAX_INPUT:
            check.refuse(f"{where}.{name}", f"must be {floor} to {MAX_INPUT:,}")
            return
    if least > most:
        check.refuse(f"{where}.min_length", "more than max_length")
    value = element.get("initial_value", "")
    if not isinstance(value, str):
        check.refuse(f"{where}.initial_value", "must be a string")
    elif len(value) > most:
        check.refuse(f"{where}.initial_value", too_long(len(value), most))
    _placeholder(check, element, where)
    _dispatch(check, element, where)


def _number_input(check: Check, element: Item, where: str) -> None:
    if "is_decimal_allowed" not in element:
        check.refuse(f"{where}.is_decimal_allowed", "missing")
    for name in ("initial_value", "min_value", "max_value"):
        if name in element and not _is_number(element[name]):
            check.refuse(f"{where}.{name}", "must be a number in a string")
    _placeholder(check, element, where)
    _dispatch(check, element, where)


def _chosen(check: Check, element: Item, where: str, key: str) -> None:
    """Refuse a choice made beforehand that is not one of the options, to the letter."""
    if key not in element:
        return
    chosen = element[key]
    several = chosen if key == "initial_options" else [chosen]
    offered = element.get("options")
    if not isinstance(several, Sequence) or not several:
        check.refuse(f"{where}.{key}", "must be a list of at least 1")
    elif not isinstance(offered, list) or any(one not in offered for one in several):
        check.refuse(f"{where}.{key}", "must be one of the options")


def _placeholder(check: Check, element: Item, where: str) -> None:
    if "placeholder" in element:
        about = element["placeholder"]
        check.text(f"{where}.placeholder", about, MAX_PLACEHOLDER, plain=True)
    for name in ("focus_on_load", "multiline", "is_decimal_allowed"):
        if name in element:
            check.choice(f"{where}.{name}", element[name], True, False)
    if element.get("focus_on_load") is True:
        check.focus(f"{where}.focus_on_load")


def _dispatch(check: Check, element: Item, where: str) -> None:
    if "dispatch_action_config" not in element:
        return
    config, where = element["dispatch_action_config"], f"{where}.dispatch_action_config"
    triggers = config.get("trigger_actions_on") if isinstance(config, Mapping) else None
    if not isinstance(triggers, list) or not triggers:
        check.refuse(f"{where}.trigger_actions_on", "must be a list of at least 1")
        return
    for trigger in triggers:
        check.choice(
            f"{where}.trigger_actions_on", trigger, "on_enter_pressed", "on_character_entered"
        )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        float(value)
    except ValueError:
        return False
    return True


INPUTS = {
    "plain_text_input": kind(
        _plain_text_input,
        "action_id initial_value multiline min_length max_length placeholder focus_on_load "
        "dispatch_action_config",
    ),
    "number_input": kind(
        _number_input,
        "action_id is_decimal_allowed initial_value min_value max_value placeholder "
        "focus_on_load dispatch_action_config",
    ),
    "static_select": kind(_static_select, f"options initial_option {_SELECT_KEYS}"),
    "radio_buttons": kind(_radio_buttons, "action_id options initial_option focus_on_load confirm"),
    "checkboxes": kind(_checkboxes, "action_id options initial_options focus_on_load confirm"),
    "conversations_select": kind(
        _conversations_select,
        f"initial_conversation default_to_current_conversation filter response_url_enabled "
        f"{_SELECT_KEYS}",
    ),
    "datetimepicker": kind(_datetimepicker, "action_id initial_date_time focus_on_load confirm"),
}
"""What an input block may hold, of what this product sends."""
