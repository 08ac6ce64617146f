"""What Slack refuses in a message: one check for rendering, preview and playground.

It knows the kinds this product sends and reports every other kind. Where Slack's limit is
unwritten, or differs between posting and editing, the stricter figure holds for both.
Source: https://docs.slack.dev/reference/block-kit
"""

from bot.slack.limits.check import Problem
from bot.slack.limits.message import find, problems, slack_error

__all__ = ["Problem", "find", "problems", "slack_error"]
