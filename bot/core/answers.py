"""What we tell the person who asked: lines of text, with data kept apart from words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from bot.core.events import Record


class Span(Record):
    """A run of text. `text` is shown as it is, whatever it contains."""

    text: str
    style: str = ""  # "", "bold", "code", or "link" | "channel" | "user" | "time" with `target`
    target: str = ""


class Line(Record):
    """One line, or one bullet of a list."""

    spans: tuple[Span, ...]
    bullet: bool = False


class Button(Record):
    """Something to press. `act` names what it does, `value` to what; or it opens `url`.

    `confirm` is a question that is asked first.
    """

    label: str
    act: str
    value: str = ""
    url: str = ""
    style: Literal["", "primary", "danger"] = ""
    confirm: str = ""


class Answer(Record):
    """A private answer to what somebody asked."""

    type: Literal["answer"] = "answer"
    lines: tuple[Line, ...] = ()
    buttons: tuple[Button, ...] = ()

    @property
    def text(self) -> str:
        """Return the words alone, as a screen reader or a log would have them."""
        return "\n".join("".join(span.text for span in line.spans) for line in self.lines)


def bold(text: str) -> Span:
    """Return `text` in bold."""
    return Span(text=text, style="bold")


def code(text: str) -> Span:
    """Return `text` as something to type."""
    return Span(text=text, style="code")


def link(text: str, url: str) -> Span:
    """Return `text` leading to `url`."""
    return Span(text=text, style="link", target=url)


def channel(channel_id: str) -> Span:
    """Return the name of a channel, which Slack fills in for those who may see it."""
    return Span(text=f"#{channel_id}", style="channel", target=channel_id)


def when(at: datetime) -> Span:
    """Return a moment, which Slack shows in the reader's own zone."""
    utc = at.astimezone(UTC)
    return Span(text=f"{utc:%Y-%m-%d %H:%M} UTC", style="time", target=str(int(utc.timestamp())))


def user(user_id: str) -> Span:
    """Return a person's name without mentioning them to anybody else."""
    return Span(text=f"@{user_id}", style="user", target=user_id)


def line(*parts: str | Span, bullet: bool = False) -> Line:
    """Return one line made of plain strings and spans."""
    spans = tuple(Span(text=part) if isinstance(part, str) else part for part in parts)
    return Line(spans=spans, bullet=bullet)


def answer(*lines: Line | str, buttons: tuple[Button, ...] = ()) -> Answer:
    """Return an answer of lines; a string is a line of plain words."""
    shown = tuple(line(part) if isinstance(part, str) else part for part in lines)
    return Answer(lines=shown, buttons=buttons)
