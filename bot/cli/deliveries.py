"""`tocsin deliveries`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from bot import environment
from bot.cli.terminal import printable

Story = Mapping[str, Any]


@click.command()
@click.option("--event", help="The sender's id of an event, or its row number.")
@click.option("--state", help="Of the event or of one of its messages: sent, dead, pending…")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def command(event: str | None, state: str | None, limit: int, *, as_json: bool) -> None:
    """Tell what happened to events, from signature to Slack timestamp.

    The newest comes first. Finding nothing is not a failure.

    \b
    Example:
      tocsin deliveries --state dead --limit 5
    """
    path = environment.database()

    from bot.store.deliveries import history

    stories = history(path, event=event, state=state, limit=limit)
    for story in stories:
        click.echo(_line(story) if as_json else printable("\n".join(_lines(story))))
    if not stories and not as_json:
        click.echo("Nothing found.", err=True)


def _line(story: Story) -> str:
    import json

    return json.dumps(story, default=_moment, ensure_ascii=False)


def _lines(story: Story) -> Iterator[str]:
    """Yield the story of an event: its arrival, its proof, its messages and their tries."""
    arrived = _moment(story["received_at"])
    yield f"{arrived}  {story['source']}  {story['type']}  {story['event']}  {_end(story)}"
    proof = story["proof"]
    yield f"  proof: {proof['scheme']}, key {proof['fingerprint']} ({proof['derivation']})"
    if story["conflicts"]:
        yield f"  came again with another body: {story['conflicts']}"
    if story["routed_at"] and not story["messages"]:
        yield "  nobody was subscribed" if not story["recipients"] else "  told on another's card"
    for message in story["messages"]:
        yield from _message(message)


def _message(message: Story) -> Iterator[str]:
    place = ("TEST " if message["test"] else "") + (
        "in thread" if message["in_thread"] else "message"
    )
    ts = f"  ts {message['ts']}" if message["ts"] else ""
    yield f"  {message['channel']}  {place}  {_end(message)}{ts}"
    for attempt in message["attempts"]:
        yield f"    {_moment(attempt['at'])}  {_words(attempt, attempt['outcome'])}"


def _end(row: Story) -> str:
    return _words(row, row["state"])


def _words(row: Story, first: str) -> str:
    """Return how something ended and why, as far as that is known."""
    why: Sequence[str] = [row[key] for key in ("reason", "detail") if row[key]]
    return f"{first} ({': '.join(why)})" if why else first


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
