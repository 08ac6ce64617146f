"""What stands in the inputs of a view: Slack's `state.values`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.playground.slack.message import Json

Entered = str | Sequence[str] | int | None
"""What a person enters: words, the value of an option or several, a channel, seconds."""

_HOLDS = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "datepicker": ("selected_date", "initial_date"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}


def inputs_of(view: Mapping[str, Any]) -> Iterator[Json]:
    """Yield the input blocks of a view."""
    yield from (block for block in view.get("blocks", ()) if block.get("type") == "input")


def first_state(view: Mapping[str, Any], channel_id: str) -> Json:
    """Return what stands in a new view; `channel_id` is where the person is."""
    return next_state({}, view, channel_id)


def next_state(former: Json, view: Mapping[str, Any], channel_id: str) -> Json:
    """Return what stands in a view that took another's place.

    Slack keeps what stood in an input with the same ids, whatever the new one would begin
    with. A choice that is not offered any more is gone.
    """
    return {
        block["block_id"]: {
            block["element"]["action_id"]: _kept(former, block) or _initial(block, channel_id)
        }
        for block in inputs_of(view)
    }


def entered(block: Json, value: Entered) -> Json:
    """Return what stands in an input after somebody entered something.

    Raises: LookupError when no such option is offered.
    """
    element = block["element"]
    kind = element["type"]
    match kind:
        case "static_select" | "radio_buttons":
            chosen_one = option_of(element, str(value)) if value else None
            return {"type": kind, "selected_option": chosen_one}
        case "checkboxes":
            values = [value] if isinstance(value, str) else value
            chosen = [option_of(element, one) for one in values or ()]  # type: ignore[union-attr]
            return {"type": kind, "selected_options": chosen}
        case _:
            return {"type": kind, _HOLDS[kind][0]: None if value == "" else value}


def missing(view: Mapping[str, Any], state: Json) -> list[str]:
    """Return the block_ids of the inputs that must be filled in and are not."""
    return [
        block["block_id"]
        for block in inputs_of(view)
        if not block.get("optional") and _is_empty(block["element"], state[block["block_id"]])
    ]


def option_of(element: Mapping[str, Any], value: str | None) -> Json:
    """Return an option. Raises: LookupError when there is none with this value."""
    for option in element["options"]:
        if option["value"] == value:
            found: Json = option
            return found
    raise LookupError(f"there is no option {value!r}")


def _is_empty(element: Json, stands: Json) -> bool:
    return stands[element["action_id"]][_HOLDS[element["type"]][0]] in (None, "", [])


def _kept(former: Json, block: Json) -> Json | None:
    element = block["element"]
    stood: Json = former.get(block["block_id"], {}).get(element["action_id"], {})
    if stood.get("type") != element["type"]:
        return None
    chosen = [stood.get("selected_option"), *stood.get("selected_options", ())]
    if any(one is not None and one not in element["options"] for one in chosen):
        return entered(block, None)
    return stood


def _initial(block: Json, channel_id: str) -> Json:
    element = block["element"]
    kind = element["type"]
    key, initial = _HOLDS[kind]
    value = element.get(initial, [] if kind == "checkboxes" else None)
    if value is None and element.get("default_to_current_conversation"):
        value = channel_id or None
    return {"type": kind, key: value}
