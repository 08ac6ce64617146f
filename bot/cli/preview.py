"""`tocsin preview`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from bot.cli.files import READABLE, content

if TYPE_CHECKING:
    from bot.core.alerts import Alert, Reply


@click.command()
@click.argument("file", type=READABLE)
@click.option("--source", "name", help="Who sent it, when the file's name or folder does not say.")
@click.option("--group", "group_file", type=READABLE, help="The findings of its group.")
@click.option("--json", "as_json", is_flag=True, help="Print the messages as JSON (Block Kit).")
def command(file: str, name: str | None, group_file: str | None, *, as_json: bool) -> None:
    """Render a recorded payload as the message it becomes.

    FILE is a body as its source sent it; `-` reads it from standard input. Nothing is sent.

    \b
    Example:
      tocsin preview handlers/parallel/samples/monitor.event.detected.json
    """
    from bot.cli.recording import chosen_source, events_of, group_of
    from bot.slack.limits import problems

    body = content(file)
    source = chosen_source(name, file, body)
    messages: list[Mapping[str, Any]] = []
    for event in events_of(source, body):
        group = group_of(event, content(group_file)) if group_file else None
        messages += _messages(source.format(event, group))
    click.echo(_as_json(messages) if as_json else _as_text(messages))
    if refused := [problem for message in messages for problem in problems(message)]:
        raise click.ClickException(f"Slack would refuse this: {refused[0]}")


def _messages(alert: Alert) -> Iterator[Mapping[str, Any]]:
    """Yield the message of an alert and those of its thread."""
    yield _rendered(alert)
    for reply in alert.replies:
        yield _rendered(_alert(reply))


def _alert(reply: Reply) -> Alert:
    from bot.core.alerts import Alert

    return Alert(title=reply.title, text=reply.text, fields=reply.fields, links=reply.links)


def _rendered(alert: Alert) -> Mapping[str, Any]:
    from datetime import UTC, datetime

    from bot.core.notifications import Notification, State
    from bot.slack.blocks import render

    return render(
        Notification(
            id=0,
            delivery_id="preview",
            team_id="",
            channel_id="",
            key="preview",
            alert=alert,
            state=State.PENDING,
            created_at=datetime.now(UTC),
        )
    )


def _as_json(messages: Sequence[Mapping[str, Any]]) -> str:
    import json

    shown = [{key: one[key] for key in ("text", "blocks") if key in one} for one in messages]
    return json.dumps(shown, indent=2, ensure_ascii=False)


def _as_text(messages: Sequence[Mapping[str, Any]]) -> str:
    from bot.slack.transcript import message_text

    return "\n\n".join(message_text(message) for message in messages)
