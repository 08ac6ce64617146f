"""Files that people name on the command line."""

from __future__ import annotations

import click

READABLE = click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True)
"""A file that can be read, or `-` for standard input."""


def content(file: str) -> bytes:
    """Return what a file holds."""
    with click.open_file(file, "rb") as stream:
        body: bytes = stream.read()
    return body
