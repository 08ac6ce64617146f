"""The methods of modals and the Home tab: views.*."""

from __future__ import annotations

from datetime import timedelta

from bot.playground.slack import modals
from bot.playground.slack.arguments import Arguments
from bot.playground.slack.filling import next_state
from bot.playground.slack.message import Json
from bot.playground.slack.refusal import MethodError
from bot.playground.slack.world import Trigger, World


def open_modal(world: World, args: Arguments) -> Json:
    """Open a modal; a trigger serves once and not for long."""
    trigger = _trigger(world, args)
    shown = modals.show(world, _view(args), trigger)
    trigger.used = True
    return {"view": shown}


def push(world: World, args: Arguments) -> Json:
    """Open a modal on top of the one from which the trigger comes."""
    trigger = _trigger(world, args)
    if trigger.view_id not in world.views:
        raise MethodError("invalid_trigger_id")
    shown = modals.show(world, _view(args), trigger, on=trigger.view_id)
    trigger.used = True
    return {"view": shown}


def update(world: World, args: Arguments) -> Json:
    """Replace an open modal, unless its hash says that it changed meanwhile."""
    view_id = str(args.get("view_id") or _by_external_id(world, args.get("external_id")))
    former = world.views.get(view_id)
    if former is None:
        raise MethodError("not_found")
    _unchanged(args, former)
    return {"view": modals.replace(world, former, _view(args))}


def publish(world: World, args: Arguments) -> Json:
    """Show a Home tab to one person."""
    user_id = str(args.get("user_id"))
    if user_id not in world.users:
        raise MethodError("user_not_found")
    former = world.homes.get(user_id, {})
    if former:
        _unchanged(args, former)
    view_id = f"V{user_id[1:]}HOME"
    ids = {"id": view_id, "root_view_id": view_id, "previous_view_id": None}
    home = modals.complete(world, _view(args), "home", ids)
    world.states[view_id] = next_state(world.states.get(view_id, {}), home, "")
    world.homes[user_id] = home
    world.changes.notify()
    return {"view": home}


def _trigger(world: World, args: Arguments) -> Trigger:
    trigger = world.triggers.get(str(args.get("trigger_id")))
    if trigger is None:
        raise MethodError("invalid_trigger_id")
    if trigger.used:
        raise MethodError("exchanged_trigger_id")
    if world.clock() - trigger.at > timedelta(seconds=world.trigger_lifetime_s):
        raise MethodError("expired_trigger_id")
    return trigger


def _unchanged(args: Arguments, former: Json) -> None:
    if args.get("hash") not in (None, "", former["hash"]):
        raise MethodError("hash_conflict")


def _by_external_id(world: World, external_id: object) -> str | None:
    found = (v["id"] for v in world.views.values() if v.get("external_id") == external_id)
    return next(found, None) if external_id else None


def _view(args: Arguments) -> Json:
    view = args.get("view")
    if not isinstance(view, dict):
        raise MethodError("invalid_arguments")
    return view
