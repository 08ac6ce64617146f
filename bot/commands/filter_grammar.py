"""Reads filters: `type:scan.* severity>=warning (delta<-5 OR "text")`, and options beside them.

Side by side means AND, which binds more tightly than OR. The options `size:` and
`thread:` are no conditions: they stand anywhere outside of parentheses.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from bot.commands.filter_mistakes import FilterError, check_tokens, mistake
from bot.commands.filter_terms import Terms, wrong
from bot.commands.parse import Typed, Word
from bot.core.alerts import Size, Thread
from bot.core.errors import CommandError
from bot.core.filters import (
    NO_FILTER,
    QUOTES,
    TYPE,
    Expression,
    Operator,
    Term,
    all_of,
    any_of,
    is_whole,
    negated,
)

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

    Node = Token | Tree[Token]

MOST_CHARACTERS = 1_000
MOST_NESTED = 10

_GRAMMAR = rf"""
    start: either?
    either: both (_OR both)*
    both: _one (_AND? _one)*
    _one: negation | group | term | text
    negation: NOT _one
    group: OPEN either _CLOSE
    term: NAME OPERATOR (VALUE | QUOTED)
    text: QUOTED

    _OR: /OR(?![\w.-])/
    _AND: /AND(?![\w.-])/
    NOT: /NOT(?![\w.-])/
    OPEN: "("
    _CLOSE: ")"
    NAME.2: /[A-Za-z_][\w.-]*(?=\s*([:=<>≥≤]|!=))/
    OPERATOR: /:(?=\S)|!=|<=|>=|≤|≥|=|<|>/
    VALUE: /[^\s(){QUOTES}<>=!:≥≤][^\s(){QUOTES}]*(?=[\s()]|$)/
    QUOTED: /[{QUOTES}][^{QUOTES}]*[{QUOTES}]/
    %ignore /\s+/
"""


class Chosen(NamedTuple):
    """What the words of a filter ask for; an option that is not there is None."""

    filter: Expression = NO_FILTER
    size: Size | None = None
    thread: Thread | None = None


def read_filter(typed: Typed, start: int = 0, sources: Collection[str] = ()) -> Chosen:
    """Return what a command asks for from a character of its text on.

    `sources` are the names that `source:` may have; without them, any.

    Raises:
        CommandError: it is no filter; the error points at what is wrong.
    """
    written = typed.text[start:]
    if len(written) > MOST_CHARACTERS:
        raise CommandError(f"The filter is too long; {MOST_CHARACTERS:,} characters are the most.")
    try:
        check_tokens(written)
        terms = Terms(sources)
        parts = [_either(child, terms, 0) for child in _parse(written).children]
    except FilterError as error:
        begin, end = start + error.begin, start + error.end
        place = Word(text=typed.text[begin:end], start=begin, end=end)
        raise typed.wrong(place, error.why) from None
    found = parts[0] if parts else None
    return Chosen(found or NO_FILTER, terms.size, terms.thread)


@cache
def _parser() -> Lark:
    # Not at the top: what is asked without a filter need not wait for it.
    from lark import Lark

    return Lark(_GRAMMAR, parser="lalr")


def _parse(written: str) -> Tree[Token]:
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    try:
        return _parser().parse(written)
    except UnexpectedCharacters as error:
        at, wanted = error.pos_in_stream, error.allowed
    except UnexpectedToken as error:
        ended = error.token.type == "$END"
        at, wanted = None if ended else error.token.start_pos, error.expected
    end = len(written) if at is None else at
    raise mistake(written, end, value_wanted="VALUE" in (wanted or ()))


def _either(node: Node, terms: Terms, depth: int) -> Expression | None:
    """Return a choice; None where there are options alone."""
    children = _children(node)
    parts = [_both(child, terms, depth) for child in children]
    found = [part for part in parts if part is not None]
    if len(found) < len(children) > 1:
        option = next(child for child, part in zip(children, parts, strict=True) if part is None)
        raise wrong(*_ends(option), "is no condition, so OR has nothing to choose.")
    return any_of(found) if found else None


def _both(node: Node, terms: Terms, depth: int) -> Expression | None:
    """Return what stands side by side; None where there are options alone."""
    parts: list[Expression] = []
    for child in _children(node):
        part = _one(child, terms, depth)
        if any(_exclude(part, other) for other in parts):
            raise wrong(*_ends(child), "is a second type; no event has two, so put OR between.")
        if part is not None:
            parts.append(part)
    return all_of(parts) if parts else None


def _one(node: Node, terms: Terms, depth: int) -> Expression | None:
    """Return a term, a text, or what is in parentheses or after a NOT; None for an option."""
    kind, children = _kind(node), _children(node)
    if kind == "text":
        return terms.text(_token(children[0]))
    if kind == "term":
        name, operator, value = map(_token, children)
        term = terms.term(name, operator, value)
        if term is None and depth:
            raise wrong(name, value, "is no condition; put it outside of parentheses and NOT.")
        return term
    if depth == MOST_NESTED:
        mark = _token(children[0])
        raise wrong(mark, mark, f"is nested too deep; {MOST_NESTED} levels are the most.")
    if kind == "group":
        return _either(children[1], terms, depth + 1)
    part = _one(children[1], terms, depth + 1)
    return None if part is None else negated(part)


def _exclude(one: Expression | None, other: Expression) -> bool:
    """Return whether two terms ask for different types, each by its whole name."""
    whole = (part for part in (one, other) if isinstance(part, Term) and part.field == TYPE)
    names = {part.value for part in whole if part.operator is Operator.HAS and is_whole(part.value)}
    return len(names) > 1


def _kind(node: Node) -> str:
    return str(getattr(node, "data", ""))


def _children(node: Node) -> list[Node]:
    found: list[Node] = getattr(node, "children", [])
    return found


def _token(node: Node) -> Token:
    """Return a node that the grammar says is a token."""
    return _ends(node)[0]


def _ends(node: Node) -> tuple[Token, Token]:
    """Return the first and the last token of a node."""
    from lark import Token

    if isinstance(node, Token):
        return node, node
    children = _children(node)
    return _ends(children[0])[0], _ends(children[-1])[1]
