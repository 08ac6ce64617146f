"""What the page may ask for, by name, each with the shape of its question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from bot.playground.page.firing import MOST_TIMES
from bot.playground.page.person import DeedError, find
from bot.playground.page.playground import Playground

Said = Mapping[str, Any]
Deed = Callable[[Playground, bytes], Awaitable[Said]]

_MOST_TEXT = 4_000


class Refused(Exception):  # noqa: N818 - it is the answer, not a failure
    """What was asked cannot be done; the text is for the person."""


class Nothing(BaseModel):
    """A question without particulars."""


class Line(BaseModel):
    """A line typed in a channel."""

    channel: str
    text: str = Field(min_length=1, max_length=_MOST_TEXT)


class View(BaseModel):
    """A modal or the Home tab, and what was entered in it, by block."""

    view: str
    values: dict[str, str | int | list[str]] = {}


class Press(BaseModel):
    """A button or an option of a message, or of a view when `view` is given."""

    action_id: str
    value: str | None = None
    block_id: str | None = None
    channel: str = ""
    ts: str = ""
    view: str = ""
    values: dict[str, str | int | list[str]] = {}


class Change(View):
    """An input of a view that tells the bot."""

    block_id: str


class Choice(BaseModel):
    """A shortcut: of a message, or of the composer of a channel when there is no `ts`."""

    callback_id: str
    channel: str
    ts: str = ""


class Shot(BaseModel):
    """A sample to fire."""

    source: str
    type: str
    times: int = Field(default=1, ge=1, le=MOST_TIMES)
    tampered: bool = False


class Mode(BaseModel):
    """A way in which Slack is to fail."""

    mode: str


M = TypeVar("M", bound=BaseModel)
DEEDS: dict[str, Deed] = {}


def deed(
    model: type[M],
) -> Callable[[Callable[[Playground, M], Awaitable[Said | None]]], Deed]:
    """Register a function under its name; its question is checked before it is called."""

    def register(function: Callable[[Playground, M], Awaitable[Said | None]]) -> Deed:
        async def checked(playground: Playground, body: bytes) -> Said:
            try:
                said = await function(playground, model.model_validate_json(body))
            except ValidationError:
                raise Refused("That is not a question this page asks.") from None
            except LookupError:
                raise Refused("That is not there any more.") from None
            except DeedError as error:
                raise Refused(str(error)) from None
            return said or {}

        DEEDS[function.__name__] = checked
        return checked

    return register


@deed(Line)
async def write(playground: Playground, line: Line) -> None:
    """Type a line into a channel."""
    await playground.person.type(line.channel, line.text)


@deed(Press)
async def press(playground: Playground, button: Press) -> None:
    """Press a button, or choose from a menu."""
    pressed = button.action_id, button.value, button.block_id
    if button.view:
        await playground.person.press_in_view(button.view, button.values, *pressed)
    else:
        message = find(playground.stage, button.channel, button.ts)
        await playground.person.press(message, *pressed)


@deed(Change)
async def change(playground: Playground, one: Change) -> None:
    """Change an input."""
    await playground.person.change(one.view, one.values, one.block_id)


@deed(View)
async def submit(playground: Playground, modal: View) -> Said:
    """Submit a modal; the answer names what is wrong with it, by block."""
    return {"errors": await playground.person.submit(modal.view, modal.values)}


@deed(View)
async def close(playground: Playground, modal: View) -> None:
    """Put a modal away."""
    await playground.person.close(modal.view)


@deed(Choice)
async def shortcut(playground: Playground, choice: Choice) -> None:
    """Choose a shortcut."""
    if choice.ts:
        message = find(playground.stage, choice.channel, choice.ts)
        await playground.person.shortcut(choice.callback_id, message)
    else:
        await playground.person.global_shortcut(choice.callback_id, choice.channel)


@deed(Nothing)
async def home(playground: Playground, _: Nothing) -> None:
    """Look at the Home tab."""
    await playground.person.open_home()


@deed(Shot)
async def fire(playground: Playground, shot: Shot) -> None:
    """Fire a sample: once, in many copies, or tampered with."""
    if shot.tampered:
        await playground.firing.tamper(shot.source, shot.type)
    else:
        await playground.firing.fire(shot.source, shot.type, times=shot.times)


@deed(Mode)
async def sabotage(playground: Playground, mode: Mode) -> None:
    """Break Slack."""
    _between_tours(playground)
    playground.breaker.break_(mode.mode)


@deed(Nothing)
async def heal(playground: Playground, _: Nothing) -> None:
    """Let Slack work again."""
    _between_tours(playground)
    playground.breaker.heal()


@deed(Nothing)
async def kill(playground: Playground, _: Nothing) -> None:
    """Kill the bot."""
    _between_tours(playground)
    await playground.switch.kill()


@deed(Nothing)
async def start(playground: Playground, _: Nothing) -> None:
    """Start the bot."""
    _between_tours(playground)
    await playground.switch.start()


@deed(Nothing)
async def tour(playground: Playground, _: Nothing) -> None:
    """Play the tour to its end."""
    _between_tours(playground)
    if playground.switch.state != "up":
        raise Refused("The tour needs the bot: start it first.")
    playground.breaker.heal()
    await playground.programme.play()


def _between_tours(playground: Playground) -> None:
    if playground.programme.playing:
        raise Refused("The tour is playing: it breaks things itself.")
