"""The Web API by name."""

from collections.abc import Callable, Mapping

from bot.playground.slack import chat, conversations, views
from bot.playground.slack.arguments import Arguments
from bot.playground.slack.message import Json
from bot.playground.slack.refusal import MethodError
from bot.playground.slack.world import World

Method = Callable[[World, Arguments], Json]


def _auth_test(world: World, args: Arguments) -> Json:
    team = world.team
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "team_id": team.id,
        "user": team.bot_name,
        "user_id": team.bot_user_id,
        "bot_id": team.bot_id,
        "is_enterprise_install": False,
    }


def _api_test(world: World, args: Arguments) -> Json:
    if "error" in args:
        raise MethodError(str(args["error"]), args=dict(args))
    return {"args": dict(args)}


METHODS: Mapping[str, Method] = {
    "api.test": _api_test,
    "auth.test": _auth_test,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.get_permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "conversations.history": conversations.history,
    "conversations.info": conversations.info,
    "conversations.replies": conversations.replies,
    "users.conversations": conversations.of_user,
    "users.info": conversations.user_info,
    "views.open": views.open_modal,
    "views.publish": views.publish,
    "views.push": views.push,
    "views.update": views.update,
}
WITHOUT_TOKEN = frozenset({"api.test"})
