"""What people fill in, and pages that they read, without Slack in them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from bot.core.answers import Answer, Button, Line
from bot.core.events import Record


class Kind(StrEnum):
    """How an input is filled in."""

    LINE = "line"
    TEXT = "text"  # several lines
    ONE = "one"  # one of the choices, in a list
    RADIO = "radio"  # one of the choices, all in sight
    SOME = "some"  # any of the choices
    CHANNEL = "channel"
    MOMENT = "moment"  # a day and a time, as seconds since 1970


class Choice(Record):
    """One thing to choose: `value` comes back, `label` is read."""

    value: str
    label: str
    about: str = ""


class Input(Record):
    """One question of a form. Its answer comes back under `name`.

    `tells` asks to hear of each change while the form is open, as a press named after the
    form and the input. `wrong` is what was not good about the answer given before.
    """

    name: str
    label: str
    kind: Kind = Kind.LINE
    choices: tuple[Choice, ...] = ()
    value: str | tuple[str, ...] = ""
    hint: str = ""
    placeholder: str = ""
    needed: bool = True
    most: int = 2_000
    tells: bool = False
    wrong: str = ""


class Form(Record):
    """Questions, or with neither inputs nor `submit` a page to read.

    `name` says which form it is; `context` comes back with the answers as it is. `lines`
    stand above the inputs, `after` below them, `buttons` at the end.
    """

    type: Literal["form"] = "form"
    name: str
    title: str
    lines: tuple[Line, ...] = ()
    inputs: tuple[Input, ...] = ()
    after: tuple[Line, ...] = ()
    buttons: tuple[Button, ...] = ()
    submit: str = ""
    context: str = ""

    def at_fault(self, name: str, words: str) -> Form:
        """Return the form with what is wrong about one of its answers."""
        inputs = (
            one.model_copy(update={"wrong": words}) if one.name == name else one
            for one in self.inputs
        )
        return self.model_copy(update={"inputs": tuple(inputs)})


class Part(Record):
    """One paragraph of a home, under a heading or without; `divided` from what is above."""

    heading: str = ""
    divided: bool = False
    lines: tuple[Line, ...] = ()
    buttons: tuple[Button, ...] = ()


class Home(Record):
    """The page that a person sees of us alone."""

    type: Literal["home"] = "home"
    parts: tuple[Part, ...] = ()


Reply = Annotated[Answer | Form | Home, Field(discriminator="type")]
"""What is told to who asked."""


def page(title: str, told: Answer) -> Form:
    """Return an answer as a page to read."""
    return Form(name="page", title=title, lines=told.lines, buttons=told.buttons)
