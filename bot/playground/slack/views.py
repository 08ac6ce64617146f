"""The methods of modals and the Home tab: views.*."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta

from bot.playground.slack.arguments import Arguments
from bot.playground.slack.message import Json
from bot.playground.slack.refusal import MethodError
from bot.playground.slack.world import World

_MAX_BLOCKS = 100
_MAX_TITLE = 24


def open_modal(world: World, args: Arguments) -> Json:
    """Open a modal; a trigger serves once and not for long."""
    trigger = world.triggers.get(str(args.get("trigger_id")))
    if trigger is None:
        raise MethodError("invalid_trigger_id")
    if trigger.used:
        raise MethodError("exchanged_trigger_id")
    if world.clock() - trigger.at > timedelta(seconds=world.trigger_lifetime_s):
        raise MethodError("expired_trigger_id")
    view = _view(args, "modal")
    trigger.used = True
    return _keep(world, view, f"V{secrets.token_hex(5).upper()}")


def update(world: World, args: Arguments) -> Json:
    """Replace an open modal, unless its hash says that it changed meanwhile."""
    view_id = str(args.get("view_id") or _by_external_id(world, args.get("external_id")))
    former = world.views.get(view_id)
    if former is None:
        raise MethodError("not_found")
    if args.get("hash") not in (None, former["hash"]):
        raise MethodError("hash_conflict")
    return _keep(world, _view(args, "modal"), view_id)


def publish(world: World, args: Arguments) -> Json:
    """Show a Home tab to one person."""
    user_id = str(args.get("user_id"))
    if user_id not in world.users:
        raise MethodError("user_not_found")
    home = _complete(world, _view(args, "home"), f"V{user_id[1:]}HOME")
    world.homes[user_id] = home
    world.changes.notify()
    return {"view": home}


def _keep(world: World, view: Json, view_id: str) -> Json:
    world.views[view_id] = _complete(world, view, view_id)
    world.changes.notify()
    return {"view": world.views[view_id]}


def _complete(world: World, view: Json, view_id: str) -> Json:
    ids = {"id": view_id, "team_id": world.team.id, "app_id": world.team.app_id}
    return {**view, **ids, "bot_id": world.team.bot_id, "hash": secrets.token_hex(8)}


def _by_external_id(world: World, external_id: object) -> str | None:
    found = (v["id"] for v in world.views.values() if v.get("external_id") == external_id)
    return next(found, None) if external_id else None


def _view(args: Arguments, kind: str) -> Json:
    view = args.get("view")
    if not isinstance(view, Mapping) or view.get("type") != kind:
        raise MethodError("invalid_arguments", response_metadata=_messages("type", kind))
    blocks = view.get("blocks")
    if not isinstance(blocks, list) or not 1 <= len(blocks) <= _MAX_BLOCKS:
        raise MethodError("invalid_arguments", response_metadata=_messages("blocks", "1 to 100"))
    if kind == "modal":
        _check_modal(view, blocks)
    return dict(view)


def _check_modal(view: Mapping[str, object], blocks: list[Json]) -> None:
    for part in ("title", "submit", "close"):
        text = view.get(part)
        words = text.get("text") if isinstance(text, Mapping) else text
        if (words is None and part == "title") or len(str(words or "")) > _MAX_TITLE:
            about = _messages(part, "at most 24 characters")
            raise MethodError("invalid_arguments", response_metadata=about)
    if "submit" not in view and any(block.get("type") == "input" for block in blocks):
        about = _messages("submit", "required with an input block")
        raise MethodError("invalid_arguments", response_metadata=about)


def _messages(part: str, expected: str) -> Json:
    return {"messages": [f"[ERROR] {expected} [json-pointer:/view/{part}]"]}
