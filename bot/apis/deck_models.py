"""The parts of Deck's answers that we read; whatever is missing or odd is empty.

Source: https://docs.deck.co/guides/interactions
"""

from __future__ import annotations

from typing import Any

from pydantic import AliasChoices, Field

from bot.core.events import Objects, Payload
from bot.core.prompts import Blank, Prompt

_MOST_CHOICES = 100


class BlankRow(Payload):
    """A field of a question. Choices are in no page of Deck's; if they come, they are read."""

    name: str = ""
    type: str = ""
    label: str = ""
    options: list[Any] = Field([], validation_alias=AliasChoices("options", "choices", "enum"))

    def blank(self) -> Blank:
        """Return it in our names."""
        found = filter(None, map(_choice, self.options[:_MOST_CHOICES]))
        return Blank(name=self.name, kind=self.type, label=self.label, choices=tuple(found))


class InteractionRow(Payload):
    """A question."""

    type: str = ""
    message: str = ""
    fields: Objects[BlankRow] = ()


class ErrorRow(Payload):
    """Why a run failed."""

    code: str = ""


class RunRow(Payload):
    """A run of a task; input and output may be personal and are not read."""

    id: str = ""
    status: str = ""
    agent_id: str = ""
    updated_at: str = ""
    interaction: InteractionRow = InteractionRow()
    errors: Objects[ErrorRow] = ()

    def prompt(self) -> Prompt:
        """Return it in our names."""
        asked = self.interaction
        return Prompt(
            run_id=self.id,
            status=self.status,
            agent_id=self.agent_id,
            kind=asked.type,
            message=asked.message,
            blanks=tuple(row.blank() for row in asked.fields if row.name),
            changed_at=self.updated_at,
            failure=self.errors[0].code if self.errors else "",
        )


def _choice(row: object) -> tuple[str, str] | None:
    """Return the value and the label of a choice: a text, or an object that has both."""
    if isinstance(row, str) and row:
        return row, row
    if not isinstance(row, dict):
        return None
    value = next((row[name] for name in ("value", "id") if row.get(name)), None)
    label = next((row[name] for name in ("label", "name") if row.get(name)), value)
    return (str(value), str(label)) if isinstance(value, str | int) else None
