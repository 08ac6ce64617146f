"""Our program without Slack's speed limits, so that its own speed can be seen."""

from __future__ import annotations

from bot import cli
from bot.worker import pace

WITHOUT_LIMIT = 1_000_000

pace.CHANNEL_RATE_PER_S = pace.WORKSPACE_RATE_PER_S = pace.EDIT_RATE_PER_S = WITHOUT_LIMIT
pace.CHANNEL_BURST = pace.WORKSPACE_BURST = pace.EDIT_BURST = WITHOUT_LIMIT

if __name__ == "__main__":
    cli.main()
