"""The real program at twenty messages a second, since here nobody reads them."""

from __future__ import annotations

import sys

from bot import cli
from bot.worker import pace

if __name__ == "__main__":
    for rate in ("CHANNEL_RATE_PER_S", "WORKSPACE_RATE_PER_S", "EDIT_RATE_PER_S"):
        setattr(pace, rate, 20.0)
    cli.main(sys.argv[1:])
