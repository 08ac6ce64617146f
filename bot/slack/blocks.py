"""A notification as Slack wants it: one rich_text block, in which nothing is mark-up."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypedDict

from bot.core.answers import when
from bot.core.marks import Mark
from bot.core.notifications import Form, Notification
from bot.slack.alert_buttons import alert_buttons
from bot.slack.card import Card, card
from bot.slack.plain import EMPTY, escaped, lines, more
from bot.slack.rich_text import (
    Block,
    bullets,
    dotted,
    link,
    moment,
    person,
    rich_text,
    section,
    words,
)

METADATA_TYPE = "tocsin_delivery"


class Message(TypedDict, total=False):
    """The arguments that chat.postMessage and chat.update have in common."""

    text: str
    blocks: list[Block]
    metadata: dict[str, Any]
    unfurl_links: bool
    unfurl_media: bool
    parse: str


def render(notification: Notification, offered: Collection[str] = ()) -> Message:
    """Return the message of a notification, valid whatever its alert holds.

    `offered` are the names of the actions that are possible here.

    A plain one has no blocks; but where blocks were posted, one of the same family
    stays, because Slack replaces rich_text by nothing else.
    """
    contents = card(notification)
    plain = notification.form is Form.PLAIN
    message: Message = {
        "text": escaped(contents, links=plain),
        "metadata": {
            "event_type": METADATA_TYPE,
            "event_payload": {"delivery_id": notification.delivery_id},
        },
        "unfurl_links": False,
        "unfurl_media": False,
        "parse": "none",
    }
    if not plain:
        message["blocks"] = [
            *_blocks(contents),
            *alert_buttons(notification, contents.links, offered),
        ]
    elif notification.ts is not None:
        message["blocks"] = [rich_text([section([words("\n".join(lines(contents)))])])]
    return message


def _blocks(contents: Card) -> list[Block]:
    paragraph = _headline(contents)
    _add(paragraph, [words(contents.body)] if contents.body else [])
    elements = []
    if items := _bullets(contents):
        if paragraph:
            elements.append(section(paragraph))
        elements.append(bullets(items))
        paragraph = []
    _add(paragraph, _links(contents))
    for notice in contents.notices:
        _add(paragraph, [words(notice, "italic")])
    for mark in contents.marks:
        _add(paragraph, _mark(mark))
    if paragraph or not elements:
        elements.append(section(paragraph or [words(EMPTY)]))
    blocks = [rich_text(elements)]
    if footer := _footer(contents):
        blocks.append({"type": "context", "elements": footer})
    return blocks


def _add(paragraph: list[Block], line: list[Block]) -> None:
    """Put a line, if there is one, under what the paragraph has."""
    if paragraph and line:
        paragraph.append(words("\n"))
    paragraph += line


def _headline(contents: Card) -> list[Block]:
    """Return `TEST · :warning: Warning · Needs you · **Title** · state`, as far as given."""
    parts = []
    if contents.test:
        parts.append([words("TEST")])
    if contents.emoji:
        # The picture is for the eye; the word carries the meaning.
        picture = {"type": "emoji", "name": contents.emoji}
        parts.append([picture, words(f" {contents.severity}")])
    if contents.action:
        parts.append([words(contents.action)])
    if contents.title:
        parts.append([words(contents.title, "bold")])
    if contents.state:
        parts.append([words(contents.state)])
    return dotted(parts)


def _bullets(contents: Card) -> list[Block]:
    items = [section([words(fact)]) for fact in contents.facts]
    if contents.more_facts:
        items.append(section([words(more(contents.more_facts))]))
    return items


def _links(contents: Card) -> list[Block]:
    parts = [[link(label, url)] for label, url in contents.links]
    if contents.more_links:
        parts.append([words(more(contents.more_links))])
    return dotted(parts)


def _mark(mark: Mark) -> list[Block]:
    """Return `@ada acknowledged this · 10:31`: an edited message notifies nobody."""
    parts = [person(mark.by), words(f" {mark.words} ")]
    shown = mark.until or mark.at
    if mark.until is None:
        parts.append(words("· "))
    return [*parts, moment(int(shown.timestamp()), when(shown).text)]


def _footer(contents: Card) -> list[Block]:
    footer: list[Block] = []
    if contents.footer:
        footer.append({"type": "plain_text", "text": contents.footer, "emoji": False})
    if contents.timestamp is not None:
        date = f"<!date^{contents.timestamp}^{{date_short_pretty}} at {{time}}|{contents.utc}>"
        footer.append({"type": "mrkdwn", "text": date})
    return footer
