"""`tocsin migrate`."""

from __future__ import annotations

import click

from bot import environment


@click.command()
def command() -> None:
    """Bring the database up to date.

    `tocsin serve` does this too. Doing it twice is harmless.

    \b
    Example:
      TOCSIN_DATABASE=/data/tocsin.db tocsin migrate
    """
    path = environment.database()

    from bot.store.database import migrate

    applied = migrate(path)
    for name in applied:
        click.echo(f"Applied {name}.")
    if not applied:
        click.echo(f"{path} is up to date.")
