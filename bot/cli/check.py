"""`tocsin check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.cli.findings import Finding


@click.command()
@click.option(
    "--online", is_flag=True, help="Also ask Slack and the sources' APIs whether they know us."
)
def command(*, online: bool) -> None:
    """Name everything that is misconfigured, in one list.

    Secrets are told apart by fingerprint and never shown. Exits 1 if there is a problem.

    \b
    Example:
      tocsin check --online
    """
    from bot.cli.findings import Level
    from bot.cli.terminal import aligned

    found = _findings(online=online)
    click.echo(aligned([(one.level, one.text) for one in found]))
    count = sum(one.level == Level.PROBLEM for one in found)
    if count:
        raise click.ClickException(f"{count} {'problem' if count == 1 else 'problems'} found.")


def _findings(*, online: bool) -> list[Finding]:
    from bot import environment, plugins
    from bot.cli import findings
    from bot.core.errors import ConfigError

    try:
        values = environment.read(environment.ENV_FILE)
    except ConfigError as error:
        # A line that is broken may hide those below it, so nothing more can be said.
        return list(findings.problems(error))
    settings, found = findings.settings_of(values)
    try:
        sources = plugins.discover()
    except ConfigError as error:
        found += findings.problems(error)
        sources = {}
    found += findings.offline(settings, sources, environment.ENV_FILE)
    if online:
        import asyncio

        from bot.cli import online as network

        found += asyncio.run(network.findings(settings))
    return found
