"""From an alert to Slack's blocks."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from timeit import repeat
from typing import Any

from slack_sdk.models import blocks as sdk

from bot.slack.blocks import render
from bot.slack.card import Card, card
from tests.benchmarks.sample import notification
from tests.benchmarks.table import Row, at_most

Text = sdk.RichTextElementParts.Text
Link = sdk.RichTextElementParts.Link


async def measure(folder: Path, *, quick: bool) -> list[Row]:
    """Compare with the same message made of `slack_sdk.models`."""
    del folder
    message, number = notification(), 200 if quick else 1_000
    contents = card(message)
    assert [one.to_dict() for one in with_models(contents)] == render(message)["blocks"]
    ours, models = [], []
    for _ in range(9):
        ours += repeat(lambda: render(message), repeat=1, number=number)
        models += repeat(lambda: models_of(contents), repeat=1, number=number // 10)
    ours_us = median(ours) / number * 1e6
    models_us = median(models) / (number // 10) * 1e6
    return [
        Row(
            "rendering a message / slack_sdk.models", ours_us / models_us, "x", at_most(0.1),
            f"{ours_us:.0f} us, words fitted, to {models_us:,.0f} us, blocks only",
        ),
        Row("rendering a message", ours_us, "us", at_most(20), "for scale"),
    ]  # fmt: skip


def models_of(contents: Card) -> list[dict[str, Any]]:
    """Return the blocks as the SDK's classes check and write them."""
    return [one.to_dict() for one in with_models(contents)]


def with_models(contents: Card) -> list[sdk.Block]:
    """Return the message of a card as the SDK's classes."""
    section, bold = sdk.RichTextSectionElement, {"bold": True}
    head: list[Any] = [
        sdk.RichTextElementParts.Emoji(name=contents.emoji),
        Text(text=f" {contents.severity}"),
        Text(text=" · "),
        Text(text=contents.title, style=bold),
        Text(text="\n"),
        Text(text=contents.body),
    ]
    facts = [section(elements=[Text(text=fact)]) for fact in contents.facts]
    links: list[Any] = []
    for label, url in contents.links:
        links += [Text(text=" · ")] if links else []
        links.append(Link(url=url, text=label))
    date = f"<!date^{contents.timestamp}^{{date_short_pretty}} at {{time}}|{contents.utc}>"
    return [
        sdk.RichTextBlock(
            elements=[
                section(elements=head),
                sdk.RichTextListElement(elements=facts, style="bullet"),
                section(elements=links),
            ]
        ),
        sdk.ContextBlock(
            elements=[
                sdk.PlainTextObject(text=contents.footer, emoji=False),
                sdk.MarkdownTextObject(text=date),
            ]
        ),
    ]
