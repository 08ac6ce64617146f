"""The real program, with every log that it lets through at its most talkative."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

from bot import cli, log


def talk(configure: Callable[..., None]) -> Callable[..., None]:
    """Return what configures the log and then turns the root up."""

    def configured(*args: Any) -> None:
        configure(*args)
        logging.getLogger().setLevel(logging.DEBUG)

    return configured


if __name__ == "__main__":
    setattr(log, "configure", talk(log.configure))  # noqa: B010 - an assignment is what mypy refuses
    cli.main(sys.argv[1:])
