"""The methods that read: conversations.* and users.*."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from bot.playground.slack.arguments import Arguments, flag, whole
from bot.playground.slack.message import Channel, Json, Message
from bot.playground.slack.refusal import MethodError
from bot.playground.slack.shapes import channel_shape, message_shape, user_shape
from bot.playground.slack.world import World

T = TypeVar("T")

_PAGE, _LONGEST_PAGE = 100, 999


def info(world: World, args: Arguments) -> Json:
    """Return one conversation."""
    channel = world.visible(args.get("channel"))
    world.require("groups:read" if channel.is_private else "channels:read")
    return {"channel": channel_shape(world, channel)}


def history(world: World, args: Arguments) -> Json:
    """Return messages of a channel, newest first, replies only where they were broadcast."""
    channel = _readable(world, args)
    shown = [m for m in _read(channel) if not m.is_reply or m.broadcast]
    return _messages(world, args, list(reversed(_within(args, shown))))


def replies(world: World, args: Arguments) -> Json:
    """Return a parent and its replies, oldest first; `ts` may be that of any of them."""
    channel = _readable(world, args)
    message = channel.find(args.get("ts"))
    if message is None:
        raise MethodError("thread_not_found")
    parent_ts = message.thread_ts or message.ts
    thread = [m for m in _read(channel) if parent_ts in (m.ts, m.thread_ts)]
    return _messages(world, args, _within(args, thread))


def of_user(world: World, args: Arguments) -> Json:
    """Return the channels that we are in, or a person is; of private ones those we share."""
    world.require("channels:read")
    user_id = str(args.get("user") or world.team.bot_user_id)
    if user_id not in world.users:
        raise MethodError("user_not_found")
    types = str(args.get("types") or "public_channel").split(",")
    wanted = {"public_channel": False, "private_channel": True}
    private = {wanted[kind] for kind in types if kind in wanted}
    found = [c for c in world.channels.values() if not c.is_direct and c.is_private in private]
    if user_id == world.team.bot_user_id:
        found = [c for c in found if c.is_member]
    else:
        found = [c for c in found if c.has(user_id) and (c.is_member or not c.is_private)]
    if flag(args, "exclude_archived"):
        found = [c for c in found if not c.is_archived]
    page, cursor = _page(args, found, lambda channel: channel.id)
    shapes = [channel_shape(world, channel) for channel in page]
    return {"channels": shapes, "response_metadata": {"next_cursor": cursor}}


def user_info(world: World, args: Arguments) -> Json:
    """Return one person."""
    world.require("users:read")
    user = world.users.get(str(args.get("user")))
    if user is None:
        raise MethodError("user_not_found")
    return {"user": user_shape(user)}


def _readable(world: World, args: Arguments) -> Channel:
    channel = world.visible(args.get("channel"))
    kind = "im" if channel.is_direct else "groups" if channel.is_private else "channels"
    world.require(f"{kind}:history")
    return world.joined(channel.id)


def _read(channel: Channel) -> list[Message]:
    """Return the messages that show by now; the others show one read sooner next time."""
    shown = [message for message in channel.messages if not message.reads_to_hide]
    for message in channel.messages:
        message.reads_to_hide = max(0, message.reads_to_hide - 1)
    return shown


def _within(args: Arguments, messages: Sequence[Message]) -> list[Message]:
    oldest, latest = _bound(args, "oldest", "-Infinity"), _bound(args, "latest", "Infinity")
    ends = {oldest, latest} if flag(args, "inclusive") else set()
    return [m for m in messages if oldest < Decimal(m.ts) < latest or Decimal(m.ts) in ends]


def _bound(args: Arguments, name: str, default: str) -> Decimal:
    try:
        return Decimal(str(args.get(name) or default))
    except InvalidOperation:
        raise MethodError(f"invalid_ts_{name}") from None


def _messages(world: World, args: Arguments, found: Sequence[Message]) -> Json:
    page, cursor = _page(args, found, lambda message: message.ts)
    everything = flag(args, "include_all_metadata")
    shapes = [message_shape(world, message, all_metadata=everything) for message in page]
    more = {"response_metadata": {"next_cursor": cursor}} if cursor else {}
    return {"messages": shapes, "has_more": bool(cursor), **more}


def _page(args: Arguments, found: Sequence[T], key: Callable[[T], str]) -> tuple[Sequence[T], str]:
    """Return one page and the cursor of the next, which names the last item of this one."""
    limit = whole(args, "limit", _PAGE)
    if not 1 <= limit <= _LONGEST_PAGE:
        raise MethodError("invalid_limit")
    keys = [key(item) for item in found]
    start = _after(args["cursor"], keys) if args.get("cursor") else 0
    page = found[start : start + limit]
    more = start + limit < len(found)
    return page, base64.b64encode(key(page[-1]).encode()).decode() if more else ""


def _after(cursor: str, keys: Sequence[str]) -> int:
    try:
        return keys.index(base64.b64decode(cursor).decode()) + 1
    except (binascii.Error, ValueError):
        raise MethodError("invalid_cursor") from None
