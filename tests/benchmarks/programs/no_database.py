"""Our program without the commit before the answer: what durability is measured against."""

from __future__ import annotations

from typing import Any

from bot import cli
from bot.core.ports import Accepted
from bot.store.inbox import Inbox


async def _forget(*_: Any, **__: Any) -> Accepted:
    return Accepted(new=1)


setattr(Inbox, "accept", _forget)  # noqa: B010 - an assignment is what mypy refuses

if __name__ == "__main__":
    cli.main()
