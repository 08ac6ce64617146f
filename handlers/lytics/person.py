"""What may name a person: the ids of profiles, and addresses in free text."""

from __future__ import annotations

import re

# Bounded, so that a long text without an address is not searched again from every letter.
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']{1,128}@[^\s<>()\[\],;:\"']{1,255}")
HIDDEN = "…"


def hidden_id(kind: str, subject_id: str) -> str | None:
    """Return what to show in the place of an id that may name a person, else None.

    Ids such as `user/email/…` lose their end; those of profiles do in any form.
    """
    path, slash, _ = subject_id.rpartition("/")
    personal = bool(slash) or "@" in subject_id or kind == "entity"
    return (
        f"{path}{slash}{HIDDEN}" if personal and "@" not in path else HIDDEN if personal else None
    )


def without_addresses(text: str) -> str:
    """Return a text in which an ellipsis stands for every e-mail address."""
    return _ADDRESS.sub(HIDDEN, text)
