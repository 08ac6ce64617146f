"""A card in words alone: for screen readers, notifications, and where blocks are refused."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.answers import when
from bot.slack.card import Card
from bot.slack.text import clip_escaped, escape

MAX_TEXT = 3_900  # of Slack's 4,000, escapes counted
EMPTY = "(no text)"

_MAX_LINKS_TEXT = 2_000


def lines(card: Card) -> list[str]:
    """Return every word of a card, links included, not escaped."""
    links = [f"{label}: {url}" for label, url in card.links]
    return [*_body(card), *links, *_footer(card)] or [EMPTY]


def escaped(card: Card, *, links: bool) -> str:
    """Return the card as Slack's `text`; what is too long is cut before the footer."""
    ending = [*_links(card)] if links else []
    ending += map(escape, _footer(card))
    tail = "\n".join(ending)
    body = clip_escaped("\n".join(_body(card)), MAX_TEXT - len(tail) - 1)
    return "\n".join(filter(None, (body, tail))) or EMPTY


def more(count: int) -> str:
    """Return how much is not shown."""
    return f"… {count} more"


def _body(card: Card) -> Iterator[str]:
    test = "TEST" if card.test else ""
    headline = (test, card.severity, card.action, card.title, card.state)
    if any(headline):
        yield " · ".join(filter(None, headline))
    if card.body:
        yield card.body
    yield from card.facts
    if card.more_facts:
        yield more(card.more_facts)
    yield from card.notices
    for mark in card.marks:
        words = mark.words[:1].upper() + mark.words[1:]
        yield (
            f"{words} {when(mark.until).text}" if mark.until else f"{words} · {when(mark.at).text}"
        )


def _links(card: Card) -> Iterator[str]:
    """Yield links as tokens of ours: the address was made safe, the label is escaped."""
    room, missing = _MAX_LINKS_TEXT, card.more_links
    for label, url in card.links:
        token = f"<{escape(url)}|{escape(label.replace('|', '/'))}>"
        room -= len(token)
        if room >= 0:
            yield token
        else:
            missing += 1
    if missing:
        yield more(missing)


def _footer(card: Card) -> list[str]:
    line = " · ".join(filter(None, (card.footer, card.utc)))
    return [line] if line else []
