"""The methods that write: chat.*."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.playground.slack.arguments import Arguments, flag
from bot.playground.slack.message import Channel, Json, Message
from bot.playground.slack.refusal import MethodError, refuse_beyond_limits
from bot.playground.slack.shapes import message_shape
from bot.playground.slack.world import World


def post_message(world: World, args: Arguments) -> Json:
    """Post to a channel or thread we may write in; `client_msg_id` changes nothing."""
    world.require("chat:write")
    channel = world.destination(args.get("channel"))
    content = _content(args)
    thread_ts = _parent_ts(world, channel, args.get("thread_ts"))
    _keep_pace(world, channel)
    broadcast = bool(thread_ts) and flag(args, "reply_broadcast")
    message = world.say(channel, thread_ts=thread_ts, broadcast=broadcast, **content)
    shape = message_shape(world, message)
    return {"channel": channel.id, "ts": message.ts, "message": shape}


def update(world: World, args: Arguments) -> Json:
    """Replace our own message; text without blocks takes the blocks away."""
    world.require("chat:write")
    channel, message = _own(world, args, "cant_update_message")
    content = _content(args)
    _keep_family(message.blocks, content["blocks"])
    metadata = args.get("metadata")
    content["metadata"] = message.metadata if metadata is None else (metadata or None)
    message.edit(**content)
    world.changes.notify()
    shape = message_shape(world, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shape}


def delete(world: World, args: Arguments) -> Json:
    """Delete our own message."""
    world.require("chat:write")
    channel, message = _own(world, args, "cant_delete_message")
    world.erase(message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(world: World, args: Arguments) -> Json:
    """Show a message to one person of a channel."""
    world.require("chat:write")
    channel = world.destination(args.get("channel"))
    user_id = str(args.get("user"))
    if user_id not in world.users:
        raise MethodError("user_not_in_channel")
    content = _content(args)
    message = world.whisper(channel, user_id, thread_ts=args.get("thread_ts"), **content)
    return {"message_ts": message.ts}


def get_permalink(world: World, args: Arguments) -> Json:
    """Return the address of a message."""
    channel = world.visible(args.get("channel"))
    message = channel.find(args.get("message_ts"))
    if message is None:
        raise MethodError("message_not_found")
    path = f"{channel.id}/p{message.ts.replace('.', '')}"
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else ""
    permalink = f"https://{world.team.domain}.slack.com/archives/{path}{thread}"
    return {"channel": channel.id, "permalink": permalink}


def _content(args: Arguments) -> dict[str, Any]:
    content = {name: args.get(name) for name in ("text", "blocks", "metadata")}
    refuse_beyond_limits(content)
    return {
        "text": content["text"] or "",
        "blocks": list(content["blocks"] or ()),
        "metadata": content["metadata"] or None,
    }


def _own(world: World, args: Arguments, not_ours: str) -> tuple[Channel, Message]:
    channel = world.visible(args.get("channel"))
    if channel.is_archived:
        raise MethodError("is_inactive")
    message = channel.find(args.get("ts"))
    if message is None or message.deleted:
        raise MethodError("message_not_found")
    if message.user != world.team.bot_user_id:
        raise MethodError(not_ours)
    return channel, message


def _parent_ts(world: World, channel: Channel, thread_ts: str | None) -> str | None:
    if not thread_ts:
        return None
    parent = channel.find(thread_ts)
    is_parent = parent is not None and not parent.is_reply and not parent.deleted
    if not is_parent and world.unknown_parent:
        raise MethodError(world.unknown_parent)
    return thread_ts


def _keep_pace(world: World, channel: Channel) -> None:
    wait_s = world.pace.wait_s(channel.id, world.clock()) if world.pace else 0
    if wait_s:
        raise MethodError("ratelimited", retry_after_s=wait_s)


def _keep_family(former: Sequence[Json], blocks: Sequence[Json]) -> None:
    """Refuse to replace rich text by other blocks, and the reverse; no blocks, no family."""
    if former and blocks and _is_rich(former) != _is_rich(blocks):
        raise MethodError("block_mismatch")


def _is_rich(blocks: Sequence[Json]) -> bool:
    return any(block.get("type") == "rich_text" for block in blocks)
