"""The real program, which waits two seconds for Slack instead of fifteen."""

from __future__ import annotations

import sys
from functools import partial

from aiohttp import ClientTimeout

from bot import cli, engine
from bot.slack.client import open_client

if __name__ == "__main__":
    impatient = partial(open_client, timeout=ClientTimeout(total=2))
    setattr(engine, "open_client", impatient)  # noqa: B010 - an assignment is what mypy refuses
    cli.main(sys.argv[1:])
