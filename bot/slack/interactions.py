"""Buttons, forms and shortcuts, from Slack's fields to ours."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.core.requests import HOME, Request
from bot.slack.buttons import CHANGE, MENU, act_of
from bot.slack.fields import object_of, text_of
from bot.slack.forms import remembered

Body = Mapping[str, Any]


def press_request(body: Body, *, received_at: datetime) -> Request:
    """Return the request of a pressed button, or of a changed input that tells.

    Slack stamps each press, so a repeated one has the same id and a second press has not.
    """
    action = body["actions"][0]
    view = object_of(body, "view")
    container = object_of(body, "container")
    name, value = _act(action, view)
    channel_id, context = remembered(text_of(view, "private_metadata"))
    return Request(
        id=_digest(body, container, action.get("action_id"), value, action.get("action_ts")),
        kind="press",
        name=name,
        team_id=text_of(object_of(body, "team"), "id"),
        channel_id=text_of(object_of(body, "channel"), "id") or channel_id,
        user_id=text_of(object_of(body, "user"), "id"),
        text=value,
        values=answers(object_of(view or body, "state")),
        context=context,
        message_ts=text_of(container, "message_ts"),
        thread_ts=text_of(container, "thread_ts"),
        view=_view(view),
        response_url=text_of(body, "response_url") or None,
        received_at=received_at,
    )


def form_request(body: Body, *, received_at: datetime) -> Request:
    """Return the request of a submitted form; what was submitted twice is one request."""
    view = object_of(body, "view")
    channel_id, context = remembered(text_of(view, "private_metadata"))
    return Request(
        id=_digest(body, view.get("id"), view.get("hash"), view.get("callback_id")),
        kind="form",
        name=text_of(view, "callback_id"),
        team_id=text_of(object_of(body, "team"), "id"),
        channel_id=channel_id,
        user_id=text_of(object_of(body, "user"), "id"),
        values=answers(object_of(view, "state")),
        context=context,
        view=_view(view),
        received_at=received_at,
    )


def shortcut_request(body: Body, *, received_at: datetime) -> Request:
    """Return the request of a shortcut: on a message, or from anywhere."""
    message = object_of(body, "message")
    message_ts = text_of(body, "message_ts") or text_of(message, "ts")
    return Request(
        id=_digest(body, body.get("callback_id"), message_ts, body.get("trigger_id")),
        kind="shortcut",
        name=text_of(body, "callback_id"),
        team_id=text_of(object_of(body, "team"), "id"),
        channel_id=text_of(object_of(body, "channel"), "id"),
        user_id=text_of(object_of(body, "user"), "id"),
        message_ts=message_ts,
        thread_ts=text_of(message, "thread_ts"),
        response_url=text_of(body, "response_url") or None,
        received_at=received_at,
    )


def answers(state: Body) -> dict[str, str | tuple[str, ...]]:
    """Return what was filled in, by the name of the input; nothing is an empty string."""
    found: dict[str, str | tuple[str, ...]] = {}
    for name, elements in object_of(state, "values").items():
        for element in elements.values() if isinstance(elements, Mapping) else ():
            if isinstance(element, Mapping):
                found[name] = _answer(element)
    return found


def _answer(element: Body) -> str | tuple[str, ...]:
    match element.get("type"):
        case "checkboxes":
            chosen = element.get("selected_options")
            return tuple(text_of(one, "value") for one in chosen or () if isinstance(one, Mapping))
        case "static_select" | "radio_buttons":
            return text_of(object_of(element, "selected_option"), "value")
        case "conversations_select":
            return text_of(element, "selected_conversation")
        case "datetimepicker":
            at = element.get("selected_date_time")
            return str(at) if isinstance(at, int) else ""
        case _:
            return text_of(element, "value")


def _act(action: Body, view: Body) -> tuple[str, str]:
    """Return what a button does, and to what."""
    name = text_of(action, "action_id")
    if name == CHANGE:
        return f"{text_of(view, 'callback_id')}:{text_of(action, 'block_id')}", ""
    if name == MENU:
        return act_of(text_of(object_of(action, "selected_option"), "value"))
    return name, text_of(action, "value")


def _view(view: Body) -> str:
    return HOME if view.get("type") == "home" else text_of(view, "id")


def _digest(body: Body, *parts: object) -> str:
    """Return an id that an exact repeat shares."""
    who = [text_of(object_of(body, "team"), "id"), text_of(object_of(body, "user"), "id")]
    return hashlib.sha256(json.dumps([*who, *parts], default=str).encode()).hexdigest()
