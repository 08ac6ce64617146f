"""What a run of Deck asks of a person."""

from __future__ import annotations

import hashlib

from pydantic_core import to_json

from bot.core.events import Record


class Blank(Record):
    """Something to fill in. `kind` is the vendor's word, and may be one nobody knows."""

    name: str
    kind: str = ""
    label: str = ""
    choices: tuple[tuple[str, str], ...] = ()


class Prompt(Record):
    """A run of Deck, and what it asks if it waits for an answer.

    `kind` is what is asked for, such as `mfa`; `message` may name a person and is for who
    answers alone. `changed_at` is the vendor's text, `failure` the code of the first error.
    """

    run_id: str
    status: str
    agent_id: str = ""
    kind: str = ""
    message: str = ""
    blanks: tuple[Blank, ...] = ()
    changed_at: str = ""
    failure: str = ""

    @property
    def waits(self) -> bool:
        """Return whether it waits for an answer now."""
        return self.status == "interaction_required"

    @property
    def mark(self) -> str:
        """Return a short text that is the same for this question and no later one.

        Deck gives its questions no id; when it asks again, the run has changed meanwhile.
        """
        parts = [self.run_id, self.kind, self.message, self.changed_at]
        asked = to_json([*parts, *(blank.model_dump() for blank in self.blanks)])
        return hashlib.sha256(asked).hexdigest()[:32]
