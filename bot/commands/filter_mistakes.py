"""What people mean who type a filter that is none, and where they went wrong."""

from __future__ import annotations

import re

from bot.core.alerts import Severity
from bot.core.filters import QUOTES

EXAMPLES = "try type:scan.*, severity>=warning or verb:failed"

_WORD = re.compile(rf"[^\s(){QUOTES}]+|.", re.DOTALL)
_LAST_WORD = re.compile(r"[^\s()]+$")
_LINKING = ("AND", "OR", "NOT")
_LINKING_LAST = re.compile(r"(?<![^\s(])(AND|OR|NOT)$")
_OPERATOR_LAST = re.compile(r"(!=|<=|>=|[=<>≤≥:])$")
_OPERATORS = re.compile(r"[!=<>≤≥:]+")
_MEANT = {"=>": ">=", "=<": "<=", "==": "=", "<>": "!="}
_QUOTED = re.compile(rf"[{QUOTES}][^{QUOTES}]*[{QUOTES}]")
_SLACK = re.compile(r"<[#@!][^<>]*>")


class FilterError(Exception):
    """Something in a filter's text is wrong, from its character `begin` to before `end`."""

    def __init__(self, begin: int, end: int, why: str) -> None:
        super().__init__(why)
        self.begin = begin
        self.end = end
        self.why = why


def check_tokens(text: str) -> None:
    """Refuse channels and people, which Slack gives as ids that no event has.

    Raises:
        FilterError: there is one.
    """
    if found := _SLACK.search(text):
        why = "is a channel or a person; type the words that the event has, without # or @."
        raise FilterError(*found.span(), why)


def mistake(text: str, at: int, *, value_wanted: bool) -> FilterError:
    """Return what is wrong with a text that no filter goes on with from a character on.

    `value_wanted` says that a comparison stands before it, without its value.
    """
    before = text[:at].rstrip()
    if value_wanted:
        return _no_value(text, at, before)
    if linking := _LINKING_LAST.search(before):
        return FilterError(*linking.span(), "needs a condition after it.")
    return _unclosed(text) if at >= len(text) else _unexpected(text, at, before)


def _no_value(text: str, at: int, before: str) -> FilterError:
    operator = _OPERATOR_LAST.search(before)
    begin, end = operator.span() if operator else (at - 1, at)
    rest = text[at:]
    if not rest:
        return FilterError(_name_before(text, begin), end, "needs a value after it.")
    if rest[0] == "(":
        why = "is no value; for one of several write (type:scan.* OR type:task.*)."
        return FilterError(at, at + 1, why)
    if rest[0] in QUOTES:
        return FilterError(at, at + 1, "opens a quote that is not closed.")
    if more := _OPERATORS.match(rest):
        meant = _MEANT.get(text[begin:end] + more[0])
        choice = f"type {meant} instead" if meant else "there are : = != < <= > >="
        return FilterError(begin, at + more.end(), f"is no comparison; {choice}.")
    return FilterError(*_word(text, at), "ends in the middle; put quotes around the whole value.")


def _unclosed(text: str) -> FilterError:
    """Return the error about the last parenthesis that is open at the end."""
    opened: list[int] = []
    hidden = _QUOTED.sub(lambda found: " " * len(found[0]), text)
    for place, letter in enumerate(hidden):
        if letter == "(":
            opened.append(place)
        elif letter == ")" and opened:
            opened.pop()
    place = opened[-1] if opened else len(text) - 1
    return FilterError(place, place + 1, "opens a parenthesis that is not closed.")


def _unexpected(text: str, at: int, before: str) -> FilterError:
    begin, end = _word(text, at)
    word = text[begin:end]
    if word == ")" and before.endswith("("):
        return FilterError(len(before) - 1, end, "has nothing inside.")
    if word.startswith(":"):
        return FilterError(_name_before(text, at), at + 1, "needs a value right after it.")
    return FilterError(begin, end, _why_not(word))


def _why_not(word: str) -> str:
    """Return why a word does not stand where a condition could."""
    if word == ")":
        return "closes a parenthesis that is not open."
    if word in QUOTES:
        return "opens a quote that is not closed."
    if word in _LINKING:
        return "stands between two conditions; there is none before it."
    if word.upper() in _LINKING:
        return f"has to be in capitals: {word.upper()}."
    if word.lower() in {one.word for one in Severity}:
        return f"is not a filter; try severity>={word.lower()}."
    return f"is not a filter; put quotes around text to look for, or {EXAMPLES}."


def _name_before(text: str, at: int) -> int:
    """Return where the name before a comparison begins."""
    before = text[:at].rstrip()
    found = _LAST_WORD.search(before)
    return found.start() if found else at


def _word(text: str, at: int) -> tuple[int, int]:
    found = _WORD.match(text, at)
    return found.span() if found else (at, at + 1)
