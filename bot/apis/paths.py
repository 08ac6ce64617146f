"""Ids of vendors in the paths of their addresses."""

from __future__ import annotations

import re

from bot.core.errors import ApiError
from bot.core.reasons import Reason
from bot.core.wording import clip

_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")


def checked(kind: str, thing_id: str) -> str:
    """Return an id that is safe in a path.

    Raises:
        ApiError: it could lead elsewhere.
    """
    if not _ID.fullmatch(thing_id):
        shown = clip(thing_id, 80)
        raise ApiError(f"“{shown}” is not the id of {kind}.", reason=Reason.INVALID)
    return thing_id
