"""What becomes of a modal after its submission, as the app's answer says."""

from __future__ import annotations

from dataclasses import replace

from bot.playground.slack import modals
from bot.playground.slack.door import Answer
from bot.playground.slack.filling import inputs_of
from bot.playground.slack.message import Json
from bot.playground.slack.refusal import MethodError
from bot.playground.slack.world import World

TROUBLE = "We had some trouble connecting. Try again?"
"""What Slack shows when it cannot follow an answer; the modal stays as it is."""


def settle(world: World, view: Json, answer: Answer) -> Answer:
    """Do with a modal what the answer says, and return it with the trouble it made."""
    try:
        understood = answer.taken and _follow(world, view, answer)
    except MethodError as error:
        return replace(answer, trouble=f"{TROUBLE} ({error.name})")
    return answer if understood else replace(answer, trouble=TROUBLE)


def _follow(world: World, view: Json, answer: Answer) -> bool:
    """Return whether the answer is one that Slack understands. Raises: MethodError."""
    said = answer.body if isinstance(answer.body, dict) else {}
    if answer.text and not isinstance(answer.body, dict):
        return False
    match said.get("response_action"):
        case None:
            modals.close(world, view["id"])
        case "clear":
            modals.clear(world, view["id"])
        case "errors":
            return _are_errors(view, said.get("errors"))
        case "update" | "push" as action if isinstance(said.get("view"), dict):
            _change(world, view, action, said["view"])
        case _:
            return False
    return True


def _change(world: World, view: Json, action: str, shown: Json) -> None:
    if action == "update":
        modals.replace(world, view, shown)
    else:
        modals.show(world, shown, world.triggers_of[view["id"]], on=view["id"])


def _are_errors(view: Json, errors: object) -> bool:
    """Return whether each error has words and belongs to an input of the view."""
    if not isinstance(errors, dict) or not errors:
        return False
    inputs = {block["block_id"] for block in inputs_of(view)}
    return errors.keys() <= inputs and all(isinstance(w, str) and w for w in errors.values())
