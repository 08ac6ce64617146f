"""`tocsin backup`."""

from __future__ import annotations

from pathlib import Path

import click

from bot import environment


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
def command(file: Path, *, force: bool) -> None:
    """Copy the database into FILE, also while the bot runs.

    The copy has everything that was acknowledged before it began. To go back to it, stop
    the bot, remove the database with its `-wal` and `-shm`, and put FILE in its place;
    what was on its way to Slack at that moment may then be said again.

    \b
    Example:
      tocsin backup /backups/tocsin-$(date +%F).db
    """
    if file.exists() and not force:
        raise click.UsageError(f"{file} is there already. Name another file, or say --force.")
    path = environment.database()

    from bot.store.backup import backup

    backup(path, file)
    click.echo(f"{path} was copied to {file}.")
