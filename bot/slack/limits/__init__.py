"""What Slack refuses in messages and views: one check for rendering, preview and playground.

It knows the kinds this product sends and reports every other kind. Where Slack's limit is
unwritten, or differs between posting and editing, the stricter figure holds for both.
Source: https://docs.slack.dev/reference/block-kit
"""

from bot.slack.limits.check import Problem
from bot.slack.limits.message import find, problems, slack_error
from bot.slack.limits.views import find_in_view, view_error, view_problems

__all__ = [
    "Problem",
    "find",
    "find_in_view",
    "problems",
    "slack_error",
    "view_error",
    "view_problems",
]
