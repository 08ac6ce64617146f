"""A Slack workspace on loopback, for the demo and for tests."""

from bot.playground.slack.door import Answer
from bot.playground.slack.message import Channel, Message, Team, User, Version
from bot.playground.slack.socket_mode import SOCKET
from bot.playground.slack.stand_in import SlackStandIn
from bot.playground.slack.web_api import Call

__all__ = [
    "SOCKET",
    "Answer",
    "Call",
    "Channel",
    "Message",
    "SlackStandIn",
    "Team",
    "User",
    "Version",
]
