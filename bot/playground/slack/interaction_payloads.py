"""What Slack sends to an app when people press, submit and choose shortcuts, unsigned."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from bot.playground.slack.filling import first_state
from bot.playground.slack.message import Json, Message, User
from bot.playground.slack.payloads import VERIFICATION_TOKEN
from bot.playground.slack.shapes import message_shape
from bot.playground.slack.world import World


def block_actions(world: World, message: Message, action: Json, user: User, url: str) -> Json:
    """Return the interaction of a person pressing a button; `url` is the response_url."""
    channel = world.channels[message.channel_id]
    shape = message_shape(world, message)
    is_ephemeral = message.visible_to is not None
    thread_ts = shape.get("thread_ts") or message.thread_ts
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": is_ephemeral,
        **({"thread_ts": thread_ts} if thread_ts else {}),
    }
    return {
        **_interaction(world, "block_actions", user, channel_id=channel.id),
        "container": container,
        "channel": {"id": channel.id, "name": channel.name},
        # Slack keeps no ephemeral message that it could send along.
        **({} if is_ephemeral else {"message": shape}),
        "state": {"values": {}},
        "response_url": url,
        "actions": [{**action, "action_ts": world.stamp()}],
    }


def view_actions(world: World, view: Mapping[str, Any], action: Json, user: User) -> Json:
    """Return the interaction of a person pressing something in a modal or on the Home tab."""
    return {
        **_interaction(world, "block_actions", user, view_id=view["id"]),
        "container": {"type": "view", "view_id": view["id"]},
        "view": filled_in(world, view),
        "actions": [{**action, "action_ts": world.stamp()}],
    }


def view_submission(world: World, view: Mapping[str, Any], user: User) -> Json:
    """Return the interaction of a person submitting a modal."""
    return {
        **_interaction(world, "view_submission", user, view_id=view["id"]),
        "view": filled_in(world, view),
        "response_urls": [],
    }


def view_closed(world: World, view: Mapping[str, Any], user: User) -> Json:
    """Return the interaction of a person closing a modal; it opens nothing."""
    payload = _interaction(world, "view_closed", user)
    del payload["trigger_id"]
    return {**payload, "view": filled_in(world, view), "is_cleared": False}


def message_action(world: World, message: Message, callback_id: str, user: User, url: str) -> Json:
    """Return the interaction of a person choosing a shortcut of a message."""
    channel = world.channels[message.channel_id]
    return {
        **_interaction(world, "message_action", user, channel_id=channel.id),
        "callback_id": callback_id,
        "action_ts": world.stamp(),
        "message_ts": message.ts,
        "message": message_shape(world, message),
        "channel": {"id": channel.id, "name": channel.name},
        "response_url": url,
    }


def shortcut(world: World, callback_id: str, user: User, *, channel_id: str) -> Json:
    """Return the interaction of a global shortcut; it does not say where the person is."""
    return {
        **_interaction(world, "shortcut", user, channel_id=channel_id),
        "callback_id": callback_id,
        "action_ts": world.stamp(),
    }


def app_home_opened(world: World, user: User) -> Json:
    """Return the event of a person looking at the Home tab."""
    home = world.homes.get(user.id)
    return {
        "type": "app_home_opened",
        "user": user.id,
        "channel": world.direct(user).id,
        "tab": "home",
        **({"view": filled_in(world, home)} if home else {}),
    }


def filled_in(world: World, view: Mapping[str, Any]) -> Json:
    """Return a view with what stands in it."""
    values = world.states.get(view["id"])
    stands = first_state(view, "") if values is None else deepcopy(values)
    return {**view, "state": {"values": stands}}


def _interaction(
    world: World, kind: str, user: User, *, channel_id: str = "", view_id: str = ""
) -> Json:
    return {
        "type": kind,
        "token": VERIFICATION_TOKEN,
        "team": {"id": world.team.id, "domain": world.team.domain},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
        "api_app_id": world.team.app_id,
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": world.new_trigger(channel_id=channel_id, view_id=view_id),
    }
