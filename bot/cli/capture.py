"""`tocsin capture`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import environment

if TYPE_CHECKING:
    from bot.cli.scrubbing import Scrubber
    from bot.core.sources import Source
    from bot.store.captures import Arrivals

_POLL_S = 0.2
_MOST_NAME = 100
_INTERRUPTED = 130
_UNREADABLE = "unreadable"


@click.command()
@click.argument("source_name", metavar="SOURCE")
@click.argument("number", metavar="N", type=click.IntRange(1, 1_000), default=1)
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("captured"),
    show_default=True,
    help="The folder to write to.",
)
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Give up after so long; by default it waits until it is interrupted.",
)
def command(source_name: str, number: int, folder: Path, timeout_s: float | None) -> None:
    """Keep the next raw bodies of a source as fixtures, scrubbed.

    Waits for the next N webhooks of SOURCE that a running bot accepts, and writes each to a
    file of its own, named after its event type. Addresses, tokens, long numbers, the secret
    ends of links and what is marked personal are replaced by placeholders of the same shape;
    look at the files all the same before you share them. `tocsin preview` and `tocsin send`
    take them.

    \b
    Example:
      tocsin capture deck 3 --out tests/fixtures/deck
    """
    from bot.cli.recording import chosen_source
    from bot.store.captures import arrivals

    source = chosen_source(source_name, "", b"")
    path = environment.database()
    with arrivals(path, source.name) as arrived:
        _check_folder(folder)
        plural = "body" if number == 1 else "bodies"
        click.echo(f"Waiting for {number} {plural} of {source.title}; Ctrl-C ends it.", err=True)
        written = _write_all(source, arrived, number, folder, timeout_s)
    if written < number:
        raise click.ClickException(f"{written} of {number} arrived in {timeout_s:g} s.")


def _check_folder(folder: Path) -> None:
    """Make the folder, and find out now whether it can be written to.

    Raises:
        OSError: it cannot.
    """
    from tempfile import TemporaryFile

    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder):
        pass


def _write_all(
    source: Source, arrived: Arrivals, number: int, folder: Path, timeout_s: float | None
) -> int:
    """Write what arrives until it is enough or too late; return how many were written."""
    from bot.cli.scrubbing import Scrubber

    scrubber = Scrubber()
    written = 0
    try:
        for raw in _bodies(arrived, number, timeout_s):
            path = _write(source, scrubber, raw, folder)
            written += 1  # before it is told, so that an interruption counts what is there
            click.echo(path)
    except KeyboardInterrupt:
        click.echo(f"Stopped: {written} of {number} arrived.", err=True)
        click.get_current_context().exit(_INTERRUPTED)
    return written


def _bodies(arrived: Arrivals, number: int, timeout_s: float | None) -> Iterator[bytes]:
    import time

    end = None if timeout_s is None else time.monotonic() + timeout_s
    while number:
        for raw in arrived.more(number):
            number -= 1
            yield raw
        if number and end is not None and time.monotonic() >= end:
            return
        if number:
            time.sleep(_POLL_S)


def _write(source: Source, scrubber: Scrubber, raw: bytes, folder: Path) -> Path:
    """Write a body under the first free name, and return its path."""
    text, ending = scrubber.body(raw)
    name = _type(source, raw)
    number = 1
    while True:
        path = folder / f"{name}--captured-{number}.{ending}"
        try:
            with path.open("x", encoding="utf-8") as stream:
                stream.write(text)
        except FileExistsError:
            number += 1
        else:
            return path


def _type(source: Source, raw: bytes) -> str:
    """Return the type of the first event in a body, as it may stand in a file's name."""
    from bot.cli.recording import events_of

    try:
        found = events_of(source, raw)[0].type
    except click.ClickException:
        return _UNREADABLE
    return re.sub(r"[^A-Za-z0-9._-]+", "_", found)[:_MOST_NAME].lstrip(".") or _UNREADABLE
