"""Forms and the Home tab as Slack wants them: views, and what comes back with them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from bot.core.answers import Line, line
from bot.core.forms import Choice, Form, Home, Input, Kind, Part
from bot.slack.answers import paragraphs
from bot.slack.buttons import CHANGE, buttons, plain
from bot.slack.rich_text import Block

MAX_TITLE = 24
MAX_BLOCKS = 100
_MAX_LABEL, _MAX_HINT, _MAX_PLACEHOLDER = 150, 300, 150
_MAX_OPTION, _MAX_ABOUT, _MOST_OPTIONS, _MOST_BOXES = 75, 75, 100, 10
_MOST_LETTERS = 3_000


def view(form: Form, *, channel_id: str = "", external_id: str = "") -> Block:
    """Return the modal of a form; `channel_id` comes back with what is filled in."""
    shown: Block = {
        "type": "modal",
        "callback_id": form.name,
        "title": plain(form.title, MAX_TITLE),
        "close": plain("Cancel" if form.submit else "Close", MAX_TITLE),
        "private_metadata": json.dumps({"channel": channel_id, "context": form.context}),
        "blocks": [*_blocks(form)][:MAX_BLOCKS] or paragraphs([line("Done.")]),
    }
    if form.submit:
        shown["submit"] = plain(form.submit, MAX_TITLE)
    if external_id:
        shown["external_id"] = external_id
    return shown


def home_view(home: Home) -> Block:
    """Return the Home tab."""
    blocks = [block for part in home.parts for block in _part(part)]
    return {"type": "home", "blocks": blocks[:MAX_BLOCKS] or paragraphs([line("Nothing yet.")])}


def working(title: str) -> Form:
    """Return what is shown until there is an answer."""
    return Form(name="page", title=title, lines=(line("One moment …"),))


def remembered(private_metadata: str) -> tuple[str, str]:
    """Return the channel and the context that a view was given."""
    try:
        kept = json.loads(private_metadata)
        return str(kept["channel"]), str(kept["context"])
    except (ValueError, KeyError, TypeError):
        return "", ""


def _blocks(form: Form) -> Iterator[Block]:
    yield from paragraphs(form.lines)
    for one in form.inputs:
        yield from _input(one)
    yield from paragraphs(form.after)
    yield from buttons(form.buttons)


def _part(part: Part) -> Iterator[Block]:
    if part.divided:
        yield {"type": "divider"}
    if part.heading:
        yield {"type": "header", "text": plain(part.heading, _MAX_LABEL)}
    yield from paragraphs(part.lines)
    yield from buttons(part.buttons)


def _input(one: Input) -> Iterator[Block]:
    block: Block = {
        "type": "input",
        "block_id": one.name,
        "label": plain(one.label, _MAX_LABEL),
        "element": {"action_id": CHANGE, **_ELEMENTS[one.kind](one)},
        "optional": not one.needed,
    }
    if one.hint:
        block["hint"] = plain(one.hint, _MAX_HINT)
    if one.tells:
        block["dispatch_action"] = True
    yield block
    if one.wrong:
        yield {"type": "context", "elements": [plain(f"⚠ {one.wrong}", _MOST_LETTERS)]}


def _text(one: Input) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "multiline": one.kind is Kind.TEXT,
        "max_length": min(one.most, _MOST_LETTERS),
    }
    if one.value:
        element["initial_value"] = str(one.value)[: element["max_length"]]
    if one.placeholder:
        element["placeholder"] = plain(one.placeholder, _MAX_PLACEHOLDER)
    return element


def _one(one: Input) -> Block:
    options = _options(one.choices, _MOST_OPTIONS)
    element: Block = {"type": "static_select", "options": options}
    if one.placeholder:
        element["placeholder"] = plain(one.placeholder, _MAX_PLACEHOLDER)
    return _chosen(element, one)


def _radio(one: Input) -> Block:
    options = _options(one.choices, _MOST_BOXES)
    return _chosen({"type": "radio_buttons", "options": options}, one)


def _some(one: Input) -> Block:
    element: Block = {"type": "checkboxes", "options": _options(one.choices, _MOST_BOXES)}
    chosen = [option for option in element["options"] if option["value"] in one.value]
    return {**element, "initial_options": chosen} if chosen else element


def _channel(one: Input) -> Block:
    element: Block = {
        "type": "conversations_select",
        "default_to_current_conversation": not one.value,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return {**element, "initial_conversation": one.value} if one.value else element


def _moment(one: Input) -> Block:
    element: Block = {"type": "datetimepicker"}
    return {**element, "initial_date_time": int(str(one.value))} if one.value else element


_ELEMENTS = {
    Kind.LINE: _text,
    Kind.TEXT: _text,
    Kind.ONE: _one,
    Kind.RADIO: _radio,
    Kind.SOME: _some,
    Kind.CHANNEL: _channel,
    Kind.MOMENT: _moment,
}


def _options(choices: Sequence[Choice], most: int) -> list[Block]:
    return [_option(one) for one in choices[:most]]


def _option(one: Choice) -> Block:
    option: Block = {"text": plain(one.label, _MAX_OPTION), "value": one.value}
    if one.about:
        option["description"] = plain(one.about, _MAX_ABOUT)
    return option


def _chosen(element: Block, one: Input) -> Block:
    initial: dict[str, Any] | None = next(
        (option for option in element["options"] if option["value"] == one.value), None
    )
    return {**element, "initial_option": initial} if initial else element


def lines_of(form: Form) -> tuple[Line, ...]:
    """Return the words of a form, for where no modal can be shown."""
    return (*form.lines, *form.after)


def faults_of(form: Form) -> tuple[Line, ...]:
    """Return what is wrong with a filled-in form, for when it was closed meanwhile."""
    return (*form.lines, *(line(one.wrong) for one in form.inputs if one.wrong))
