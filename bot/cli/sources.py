"""`tocsin sources`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from bot.cli.terminal import aligned

if TYPE_CHECKING:
    from bot.core.sources import Source

_HEADER = ("SOURCE", "CONFIGURED", "PATH", "EVENT TYPE", "DEFAULT")
_DEPENDS = "depends"


@click.command()
def command() -> None:
    """List the sources, their event types and what is configured.

    DEFAULT says whether a subscription that names no types hears of it; `depends` is on
    what happened.

    \b
    Example:
      tocsin sources | grep parallel
    """
    from bot import environment, plugins

    # The environment alone: all settings take longer to build than to read.
    given = {name.upper() for name, text in environment.read().items() if text.strip(", ")}
    found = plugins.discover()
    rows = [
        row
        for name, source in found.items()
        for row in _rows(source, configured=plugins.secret_setting(name) in given)
    ]
    click.echo(aligned([_HEADER, *rows]))


def _rows(source: Source, *, configured: bool) -> Iterator[tuple[str, ...]]:
    answer = "yes" if configured else "no"
    path = f"/webhooks/{source.name}"
    for handler in source.handlers:
        heard = _DEPENDS if callable(handler.default) else "on" if handler.default else "off"
        yield source.name, answer, path, handler.pattern, heard
    if not source.handlers:
        yield source.name, answer, path, "-", "-"
