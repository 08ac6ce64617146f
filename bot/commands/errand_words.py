"""Telling who was first."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.answers import line, user, when
from bot.core.errands import Errand
from bot.core.errors import CommandError


def stands_in_the_way(last: Errand, did: str, pause: timedelta, now: datetime) -> CommandError:
    """Return the refusal that names who was faster; `did` goes on after the name."""
    who = (user(last.user_id), f" {did} ", when(last.at))
    if last.sure:
        return CommandError(f"Somebody {did} already.", lines=(line(*who, "."),))
    left = max(1, round((pause - abs(now - last.at)).total_seconds()))
    return CommandError(
        f"Somebody {did} a moment ago.",
        lines=(
            line(*who, ", and it is not known yet whether it arrived. ",
                 f"If need be, try again in {left} seconds."),
        ),
    )  # fmt: skip
