"""The form in which a question of Deck's is answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.commands.deeds import Values
from bot.core.answers import Line, bold, line
from bot.core.events import Record
from bot.core.forms import Choice, Form, Input, Kind
from bot.core.prompts import Blank, Prompt
from bot.core.wording import clip, humanised

NAME = "deck.answer"
MOST_BLANKS = 20

_BLANK = "blank-"
_YES, _NO = "yes", "no"
_MOST_MESSAGE, _MOST_LABEL, _MOST_NAME = 1_000, 150, 60
_ASKED = {
    "mfa": "a one-time code",
    "security_question": "the answer to a security question",
    "account_selection": "which account to use",
}
_TEXTS = {"", "string", "text"}
_SECRETS = {"password", "secret", "code", "otp", "pin"}
_SEEN = "Slack shows it to you alone while you type it."
_KEPT = line("It goes to Deck and nowhere else; nothing of it is kept here.")
_EMPTY = "Please fill this in."


class Answered(Record):
    """What a form remembers: which question it asks, and of which message."""

    run_id: str
    mark: str
    message_ts: str = ""


def form(prompt: Prompt, agent: str, *, message_ts: str, first: tuple[Line, ...] = ()) -> Form:
    """Return the form of a question; `agent` is the name of who asks, `first` stands above."""
    kept = Answered(run_id=prompt.run_id, mark=prompt.mark, message_ts=message_ts)
    return Form(
        name=NAME,
        title=f"Answer {agent}" if agent else "Answer Deck",
        lines=(*first, *_asked(prompt, agent)),
        inputs=tuple(_input(number, one, prompt) for number, one in enumerate(prompt.blanks)),
        after=(_KEPT,),
        submit="Send",
        context=kept.model_dump_json(),
    )


def at_fault(filled: Form, prompt: Prompt, name: str, wrong: str) -> Form:
    """Return a form that says of one of its inputs what is wrong; it is empty again."""
    names = [one.name for one in prompt.blanks]
    return filled.at_fault(f"{_BLANK}{names.index(name)}", wrong)


def filled_in(prompt: Prompt, values: Values) -> dict[str, str | bool]:
    """Return what was filled in under Deck's names, as they are; a code may begin with 0."""
    given: dict[str, str | bool] = {}
    for number, one in enumerate(prompt.blanks):
        typed = str(values.get(f"{_BLANK}{number}", ""))
        if one.choices:
            given[one.name] = one.choices[int(typed)][0]
        elif one.kind == "boolean":
            given[one.name] = typed == _YES
        else:
            given[one.name] = typed
    return given


def mistakes(values: Values) -> Mapping[str, str]:
    """Return what can be seen to be wrong: a blank that is left blank."""
    return {name: _EMPTY for name, value in values.items() if not str(value).strip()}


def _asked(prompt: Prompt, agent: str) -> Iterator[Line]:
    wanted = _ASKED.get(prompt.kind, humanised(prompt.kind) or "an answer")
    who = ("The agent ", bold(clip(agent, _MOST_NAME))) if agent else ("A run",)
    yield line(*who, f" needs {wanted}.")
    if message := clip(prompt.message, _MOST_MESSAGE):
        yield line(message)


def _input(number: int, blank: Blank, prompt: Prompt) -> Input:
    """Return one input. Its name is ours: Deck's may be of any length, or there twice."""
    label = clip(blank.label or blank.name, _MOST_LABEL)
    kind = Kind.LINE
    choices: tuple[Choice, ...] = ()
    if blank.choices:
        kind, choices = Kind.ONE, tuple(_choices(blank))
    elif blank.kind == "boolean":
        kind = Kind.RADIO
        choices = (Choice(value=_YES, label="Yes"), Choice(value=_NO, label="No"))
    return Input(
        name=f"{_BLANK}{number}", label=label, kind=kind, choices=choices, hint=_hint(blank, prompt)
    )


def _choices(blank: Blank) -> Iterator[Choice]:
    for number, (_, label) in enumerate(blank.choices):
        yield Choice(value=str(number), label=label or str(number + 1))


def _hint(blank: Blank, prompt: Prompt) -> str:
    if blank.kind in _SECRETS or (prompt.kind == "mfa" and blank.kind in _TEXTS):
        return _SEEN
    if blank.kind in _TEXTS or blank.kind == "boolean" or blank.choices:
        return ""
    return f"Deck calls it {clip(blank.name, _MOST_NAME)}, of type {clip(blank.kind, _MOST_NAME)}."
