"""The words of a command, as phones and desktops really send them."""

from __future__ import annotations

import re
import unicodedata

from bot.core.errors import CommandError
from bot.core.events import Record

_QUOTES = '“”„"'
_QUOTED = re.compile(f"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]")
_WORD = re.compile(rf"(?:[{_QUOTES}][^{_QUOTES}]*[{_QUOTES}]|\S)+")
_TOKEN = re.compile(r"<([#@]?)([^<>|\s]*)(?:\|([^<>]*))?>")
_ZERO_WIDTH_JOINER = "\u200d"  # part of emoji; its like are only good for disguise
_TYPOGRAPHY = str.maketrans(
    {
        "\N{EM DASH}": "--",
        "\N{EN DASH}": "-",
        "\N{MINUS SIGN}": "-",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{GREATER-THAN OR EQUAL TO}": ">=",
    }
)
_MOST_SHOWN = 60
_BEFORE_CARET = 30
_NUMBER = re.compile("[0-9]{1,18}")


class Word(Record):
    """One word, or several in double quotes, and where it stands in the command."""

    text: str
    start: int
    end: int
    quoted: bool = False

    @property
    def plain(self) -> str:
        """Return the word with what keyboards embellish put back; for all but queries."""
        return self.text.translate(_TYPOGRAPHY)


class Typed(Record):
    """A command as it was typed."""

    name: str
    text: str
    words: tuple[Word, ...]

    @property
    def verb(self) -> str:
        """Return the sub-command in lower case, or nothing."""
        return self.words[0].plain.lstrip("-").lower() if self.words else ""

    def word(self, position: int) -> Word | None:
        """Return a word after the sub-command, counted from 1."""
        return self.words[position] if position < len(self.words) else None

    def between(self, first: Word, last: Word) -> str:
        """Return the text of some words without their quotes, spaces made single."""
        stretch = self.text[first.start : last.end]
        return " ".join(_QUOTED.sub(r"\1", stretch).split())

    def wrong(self, word: Word, why: str) -> CommandError:
        """Return an error that quotes a word and points at it."""
        start = max(0, word.start - _BEFORE_CARET)
        before = ("…" if start else f"{self.name} ") + self.text[start : word.start]
        shown = clip(self.text[word.start : word.end])
        carets = " " * len(before) + "^" * len(shown)
        return CommandError(f"“{clip(word.text)}” {why}", shown=(before + shown, carets))


def read(name: str, text: str) -> Typed:
    """Return the words of a command.

    Only double quotes hold words together, because apostrophes belong to names; a
    quote without a partner is an ordinary character.
    """
    clean = _clean(text)
    words = tuple(
        Word(
            text=_QUOTED.sub(r"\1", match[0]),
            start=match.start(),
            end=match.end(),
            quoted=_QUOTED.fullmatch(match[0]) is not None,
        )
        for match in _WORD.finditer(clean)
    )
    return Typed(name=name, text=clean, words=words)


def without_tokens(text: str) -> str:
    """Return text with Slack's tokens for channels, people and links as plain words."""
    return _TOKEN.sub(lambda match: match[1] + (match[3] or match[2]), text)


def number_of(text: str) -> int:
    """Return the number of something stored; 0, which nothing has, for what is no such number."""
    return int(text) if _NUMBER.fullmatch(text) else 0


def clip(text: str) -> str:
    """Return text short enough to be quoted in a sentence."""
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"


def _clean(text: str) -> str:
    """Make control characters spaces, and drop invisible ones, such as text direction."""
    kept = (
        " " if unicodedata.category(letter) == "Cc" else letter
        for letter in text
        if letter == _ZERO_WIDTH_JOINER or unicodedata.category(letter) != "Cf"
    )
    return "".join(kept).strip()
