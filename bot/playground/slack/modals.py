"""The modals that are open, each on a stack of at most three."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from bot.playground.slack.filling import first_state, next_state
from bot.playground.slack.message import Json
from bot.playground.slack.refusal import MethodError, refuse_view
from bot.playground.slack.world import Trigger, World

MOST_VIEWS = 3


def show(world: World, view: Json, trigger: Trigger, *, on: str | None = None) -> Json:
    """Show a modal, on top of another if `on` names one. Raises: MethodError."""
    view_id = f"V{secrets.token_hex(5).upper()}"
    root = world.views[on]["root_view_id"] if on else view_id
    if on and len(stack_of(world, on)) >= MOST_VIEWS:
        raise MethodError("push_limit_reached")
    ids = {"id": view_id, "root_view_id": root, "previous_view_id": on}
    shown = complete(world, view, "modal", ids)
    _take_name(world, shown)
    world.triggers_of[view_id] = trigger
    world.states[view_id] = first_state(shown, trigger.channel_id)
    world.views[view_id] = shown
    world.changes.notify()
    return shown


def replace(world: World, former: Json, view: Json) -> Json:
    """Put a view in the place of an open one. Raises: MethodError."""
    view_id = former["id"]
    ids = {key: former.get(key) for key in ("id", "root_view_id", "previous_view_id")}
    shown = complete(world, view, "modal", ids)
    _take_name(world, shown)
    place = world.triggers_of.get(view_id)
    stood = world.states.get(view_id, {})
    world.states[view_id] = next_state(stood, shown, place.channel_id if place else "")
    world.views[view_id] = shown
    world.changes.notify()
    return shown


def close(world: World, view_id: str) -> None:
    """Take a modal away, and all if it says so; what it lay on shows again."""
    view = world.views.get(view_id)
    if view is not None and view.get("clear_on_close"):
        clear(world, view_id)
        return
    _forget(world, view_id)


def clear(world: World, view_id: str) -> None:
    """Take away every modal of a stack."""
    for view in stack_of(world, view_id):
        _forget(world, view["id"])


def stack_of(world: World, view_id: str) -> list[Json]:
    """Return the modals that lie on one another with this one, the lowest first."""
    root = world.views[view_id].get("root_view_id", view_id)
    return [view for view in world.views.values() if root in (view["id"], view.get("root_view_id"))]


def complete(world: World, view: Json, kind: str, ids: Mapping[str, Any]) -> Json:
    """Return a view as Slack keeps it, with ids for all blocks. Raises: MethodError."""
    if view.get("type") != kind:
        raise MethodError("invalid_arguments")
    refuse_view(view)
    words = {name: view.get(name, "") for name in ("callback_id", "external_id")}
    return {
        **view,
        **words,
        **ids,
        "private_metadata": view.get("private_metadata", ""),
        "blocks": [_with_ids(block) for block in view["blocks"]],
        "state": {"values": {}},
        "hash": f"{int(world.clock().timestamp())}.{secrets.token_hex(4)}",
        "team_id": world.team.id,
        "app_id": world.team.app_id,
        "app_installed_team_id": world.team.id,
        "bot_id": world.team.bot_id,
    }


def _with_ids(block: Json) -> Json:
    made = {"block_id": secrets.token_urlsafe(4), **block}
    if block["type"] == "input":
        made["element"] = {"action_id": secrets.token_urlsafe(4), **block["element"]}
    return made


def _take_name(world: World, view: Json) -> None:
    """Refuse an external_id that another view has or had."""
    name = view["external_id"]
    if name and world.external_ids.setdefault(name, view["id"]) != view["id"]:
        raise MethodError("duplicate_external_id")


def _forget(world: World, view_id: str) -> None:
    for known in (world.views, world.states, world.triggers_of):
        known.pop(view_id, None)
    world.changes.notify()
