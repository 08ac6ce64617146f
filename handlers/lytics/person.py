"""What may name a person: the ids of profiles, and addresses in free text."""

from __future__ import annotations

import re

# Bounded, so that a long text without an address is not searched again from every letter.
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']{1,128}@[^\s<>()\[\],;:\"']{1,255}")
_TABLE_AND_FIELD = re.compile(r"[a-z_]{1,40}/[a-z_]{1,40}/")
HIDDEN = "…"


def hidden_id(kind: str, subject_id: str) -> str | None:
    """Return what to show in the place of an id that may name a person, else None.

    Of ids such as `user/email/…` table and field stay; of all others that may name
    somebody, and of those of profiles in any form, nothing does.
    """
    if kind != "entity" and not {"/", "@"} & set(subject_id):
        return None
    path = _TABLE_AND_FIELD.match(subject_id)
    return f"{path[0]}{HIDDEN}" if path else HIDDEN


def without_addresses(text: str) -> str:
    """Return a text in which an ellipsis stands for every e-mail address."""
    return _ADDRESS.sub(HIDDEN, text)
