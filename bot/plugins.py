"""Finds the sources: the modules of `handlers` and what other packages bring."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.resources import files
from types import ModuleType

from bot.core.errors import ConfigError
from bot.core.sources import Source

ENTRY_POINTS = "tocsin.sources"
"""The group in which an installed package names its source, as `module` or `module:source`."""

_NAME = re.compile(r"[a-z0-9_]{1,40}")


def discover(package: str = "handlers") -> dict[str, Source]:
    """Return every source by name, in the order of the names.

    A module of `package` without a `source` is none.

    Raises:
        ConfigError: a plugin cannot be imported, is no source, has a name that cannot
            be part of a URL and of a setting, or has the name of another.
    """
    found: dict[str, tuple[str, Source]] = {}
    for origin, source in (*_own(package), *_installed()):
        if not _NAME.fullmatch(source.name):
            raise ConfigError(f"{origin}: a source's name is 1 to 40 of a-z, 0-9 and _.")
        if source.name in found:
            first, _ = found[source.name]
            raise ConfigError(f"{origin} and {first} are both called {source.name}.")
        found[source.name] = (origin, source)
    return {name: source for name, (_, source) in sorted(found.items())}


def samples(name: str, package: str = "handlers") -> dict[str, bytes]:
    """Return the recorded webhooks of one of our sources, by event type; else none."""
    folder = files(package) / name / "samples"
    found = folder.iterdir() if folder.is_dir() else ()
    recorded = sorted(
        (one for one in found if one.name.endswith(".json")), key=lambda one: one.name
    )
    return {one.name.removesuffix(".json"): one.read_bytes() for one in recorded}


def secret_setting(name: str) -> str:
    """Return the name of the setting that holds a source's webhook secrets."""
    return f"{name.upper()}_WEBHOOK_SECRET"


def _own(package: str) -> Iterator[tuple[str, Source]]:
    """Yield the sources among the modules of a package, with where they are."""
    for origin in _submodules(_import(package)):
        source = getattr(_import_whole(origin), "source", None)
        if isinstance(source, Source):
            yield origin, source


def _installed() -> Iterator[tuple[str, Source]]:
    """Yield the sources that installed packages name, with where they are."""
    for entry in entry_points(group=ENTRY_POINTS):
        module = _import_whole(entry.module)
        source = getattr(module, entry.attr or "source", None)
        if not isinstance(source, Source):
            raise ConfigError(f"entry point {entry.name}: {entry.value} is no Source.")
        yield entry.module, source


def _import_whole(name: str) -> ModuleType:
    """Return a module; if it is a package its modules are imported too.

    So a handler registers itself by being there, and nothing has to list it.
    """
    module = _import(name)
    for part in _submodules(module):
        _import(part)
    return module


def _submodules(module: ModuleType) -> list[str]:
    path = getattr(module, "__path__", ())
    return [f"{module.__name__}.{found.name}" for found in pkgutil.iter_modules(path)]


def _import(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:  # a plugin may raise anything while it is imported
        raise ConfigError(f"{name} cannot be imported: {error}") from error
