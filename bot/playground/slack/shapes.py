"""Objects as the Web API shows them."""

from bot.playground.slack.message import Channel, Json, Message, User
from bot.playground.slack.world import World


def message_shape(world: World, message: Message, *, all_metadata: bool = True) -> Json:
    """Return a message; without `all_metadata` only the type of its metadata."""
    shape: Json = {
        "type": "message",
        "ts": message.ts,
        "user": message.user,
        "team": world.team.id,
        "text": message.text,
        "blocks": message.blocks,
    }
    if message.user == world.team.bot_user_id:
        shape |= {"bot_id": world.team.bot_id, "app_id": world.team.app_id}
    if message.metadata:
        event_type = {"event_type": message.metadata["event_type"]}
        shape["metadata"] = message.metadata if all_metadata else event_type
    if message.edits:
        shape["edited"] = {"user": message.user, "ts": message.ts}
    if message.deleted:
        shape |= {"subtype": "tombstone", "hidden": True}
    return shape | _thread(world.channels[message.channel_id], message)


def _thread(channel: Channel, message: Message) -> Json:
    if message.is_reply:
        broadcast = {"subtype": "thread_broadcast"} if message.broadcast else {}
        return {"thread_ts": message.thread_ts, **broadcast}
    if replies := channel.replies(message.ts):
        count, latest = len(replies), replies[-1].ts
        return {"thread_ts": message.ts, "reply_count": count, "latest_reply": latest}
    return {}


def channel_shape(world: World, channel: Channel) -> Json:
    """Return a conversation."""
    if channel.is_direct:
        return {"id": channel.id, "is_im": True, "user": channel.with_user, "is_archived": False}
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_private": channel.is_private,
        "is_member": channel.is_member,
        "is_archived": channel.is_archived,
        "context_team_id": world.team.id,
    }


def user_shape(user: User) -> Json:
    """Return a person."""
    return {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "real_name": user.name.title(),
        "tz": "Etc/UTC",
        "profile": {"display_name": user.name, "real_name": user.name.title()},
        "is_admin": user.is_admin,
        "is_owner": user.is_owner,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "deleted": False,
    }
