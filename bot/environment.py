"""The environment and `.env`, as plain text: nothing else in Tocsin reads them.

This module is light on purpose. A verb that needs the database's path alone asks here and
does not wait for the settings to be built.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.errors import ConfigError

if TYPE_CHECKING:
    from dotenv.parser import Original

ENV_FILE = Path(".env")
DATABASE = "tocsin.db"
DATABASE_FORMS = "a path or sqlite:///path (no other database is supported)"

_SQLITE = "sqlite:///"


def read(env_file: Path | None = ENV_FILE) -> dict[str, str]:
    """Return every variable that has a value; the environment wins over the file.

    Raises:
        ConfigError: the file is there and cannot be read, or a line is no setting.
    """
    values = {**_of_file(env_file), **os.environ}  # noqa: TID251 - the one reader
    return {name: text.strip() for name, text in values.items() if text.strip()}


def database(env_file: Path | None = ENV_FILE) -> Path:
    """Return the path of the database.

    Raises:
        ConfigError: `TOCSIN_DATABASE` names something else.
    """
    try:
        return database_path(read(env_file).get("TOCSIN_DATABASE", DATABASE))
    except ValueError:
        raise ConfigError(f"TOCSIN_DATABASE must be {DATABASE_FORMS}.") from None


def database_path(text: str) -> Path:
    """Return the path that a setting names.

    Raises:
        ValueError: it is a URL of another kind, or a database that is no file.
    """
    path = text.removeprefix(_SQLITE)
    if "://" in path or path.startswith(":") or not path.strip():
        raise ValueError("not a database file")
    if path != text and {"?", "#"} & set(path):
        raise ValueError("options in the URL are not understood")
    return Path(path)


def _of_file(env_file: Path | None) -> dict[str, str]:
    """Return what a `.env` file says, word for word: `$` in a secret stays a `$`."""
    if env_file is None or not env_file.is_file():
        return {}
    from dotenv.parser import parse_stream

    try:
        with env_file.open(encoding="utf-8") as stream:
            bindings = list(parse_stream(stream))
    except OSError as error:
        raise ConfigError(f"{env_file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{env_file} is not UTF-8 text.") from None
    if broken := [_line(binding.original) for binding in bindings if binding.error]:
        raise ConfigError(*(f"{env_file}, line {line}, is not NAME=value." for line in broken))
    return {one.key: one.value for one in bindings if one.key and one.value is not None}


def _line(original: Original) -> int:
    """Return the line of a binding, which the parser counts from the blank lines above."""
    text = original.string
    return original.line + text[: len(text) - len(text.lstrip())].count("\n")
