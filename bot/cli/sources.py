"""`tocsin sources`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from bot.cli.terminal import aligned

if TYPE_CHECKING:
    from bot.config import Settings
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
    from bot import config, plugins

    settings = config.load()
    found = plugins.discover()
    rows = [row for name in sorted(found) for row in _rows(found[name], settings)]
    click.echo(aligned([_HEADER, *rows]))


def _rows(source: Source, settings: Settings) -> Iterator[tuple[str, ...]]:
    configured = "yes" if settings.source(source.name).webhook_secrets else "no"
    path = f"/webhooks/{source.name}"
    for handler in source.handlers:
        heard = _DEPENDS if callable(handler.default) else "on" if handler.default else "off"
        yield source.name, configured, path, handler.pattern, heard
    if not source.handlers:
        yield source.name, configured, path, "-", "-"
