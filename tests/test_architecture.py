"""Who may import whom, and other rules that a reader relies on, from the syntax of every file."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(path for room in ("bot", "handlers") for path in (ROOT / room).rglob("*.py"))

MAY_IMPORT = {
    "handlers": {"bot.core"},
    "bot.core": set(),
    "bot.asgi": {"bot.core"},
    "bot.pipeline": {"bot.core"},
    "bot.commands": {"bot.core"},
    "bot.store": {"bot.core"},
    "bot.slack": {"bot.core", "bot.asgi"},
    "bot.apis": {"bot.core"},
    "bot.playground": {"bot.core", "bot.slack.limits", "bot.slack.transcript"},
}
"""What each room may import of ours, beside itself. What is not here composes the rooms."""

THIRD_PARTY = {
    "handlers": {"pydantic", "pydantic_core"},
    "bot.core": {"pydantic", "pydantic_core"},
}
"""What a pure room may import of others."""

IMPURE = {
    "asyncio", "concurrent", "http", "io", "multiprocessing", "os", "pathlib", "random", "secrets",
    "select", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile",
    "threading", "time", "urllib.request",
}  # fmt: skip
"""Modules that touch the world outside, or tell the time."""

CLOCKS = {"now", "utcnow", "today"}
ONLY_IN = {"slack_sdk": "bot.slack", "slack_bolt": "bot.slack", "sqlite3": "bot.store"} | {
    "sqlite_utils": "bot.store"
}
ENVIRONMENT = "bot.environment"
SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE FROM|CREATE|ALTER TABLE|PRAGMA|BEGIN)\s[A-Z*]")
MOST_LINES = 300
MOST_LINES_OF_A_FUNCTION = 60


def name_of(path: Path) -> str:
    """Return the dotted name of a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def inside(name: str, package: str) -> bool:
    """Return whether a module is a package or in it."""
    return name == package or name.startswith(f"{package}.")


def room_of(name: str) -> str:
    """Return the room of a module: `handlers.deck`, `bot.core`, `bot.web`."""
    return ".".join(name.split(".")[:2])


def rules_of(name: str) -> str:
    """Return the key under which the rules of a module's room are written."""
    return "handlers" if inside(name, "handlers") else room_of(name)


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield what a module imports anywhere, also inside functions and for types alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            # `from bot import x` may import the module bot.x or a name of bot.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def import_faults(name: str, tree: ast.AST) -> Iterator[str]:
    """Yield what a module imports and may not."""
    rules = rules_of(name)
    allowed = MAY_IMPORT.get(rules)
    for found in imports(tree):
        top = found.partition(".")[0]
        ours = top in {"bot", "handlers", "tests"}
        if inside(found, "tests") or (
            inside(found, "handlers") and room_of(found) != room_of(name)
        ):
            yield found
        elif ours and allowed is not None:
            if not any(inside(found, one) for one in allowed | {room_of(name)}):
                yield found
        elif not ours and rules in THIRD_PARTY:
            known = top in sys.stdlib_module_names or top in THIRD_PARTY[rules]
            if not known or any(inside(found, one) for one in IMPURE):
                yield found
        if top in ONLY_IN and not inside(name, ONLY_IN[top]):
            yield found


def call_faults(name: str, tree: ast.AST) -> Iterator[str]:
    """Yield what a module says or calls and may not."""
    pure = rules_of(name) in THIRD_PARTY
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            if node.attr in {"environ", "environb", "getenv"} and name != ENVIRONMENT:
                yield f"line {node.lineno}: reads the environment"
            if node.attr == "atomic":
                yield f"line {node.lineno}: a deferred transaction fails under a second writer"
            if pure and node.attr in CLOCKS:
                yield f"line {node.lineno}: looks at a clock"
        elif isinstance(node, ast.Name) and node.id == "open" and pure:
            yield f"line {node.lineno}: opens a file"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            sql = SQL.match(node.value) and not inside(name, "bot.store")
            yield from [f"line {node.lineno}: speaks SQL"] if sql else []


def size_faults(text: str, tree: ast.AST) -> Iterator[str]:
    """Yield what is too long to be read at once."""
    if (lines := len(text.splitlines())) > MOST_LINES:
        yield f"{lines} lines, at most {MOST_LINES}"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MOST_LINES_OF_A_FUNCTION:
                yield f"{node.name}: {length} lines, at most {MOST_LINES_OF_A_FUNCTION}"


def faults(name: str, text: str) -> list[str]:
    """Return every rule that a module breaks."""
    tree = ast.parse(text)
    return [*import_faults(name, tree), *call_faults(name, tree), *size_faults(text, tree)]


def order_of_rooms(modules: Mapping[str, str]) -> list[str]:
    """Return the rooms so that each comes after those it imports.

    Raises:
        CycleError: there is no such order.
    """
    graph: dict[str, set[str]] = defaultdict(set)
    for name, text in modules.items():
        for found in imports(ast.parse(text)):
            # What is imported may be a name in a module instead of a module.
            module = found if found in modules else found.rpartition(".")[0]
            if module in modules and module != "bot" and room_of(module) != room_of(name):
                graph[room_of(name)].add(room_of(module))
    return list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_module_keeps_the_rules(path: Path) -> None:
    """No module imports, calls or holds what its room may not."""
    assert faults(name_of(path), path.read_text()) == []


def test_there_are_no_cycles_between_rooms() -> None:
    """The rooms can be put in an order in which each imports earlier ones only."""
    modules = {name_of(path): path.read_text() for path in FILES}

    assert {"bot.core", "bot.store", "bot.cli"} <= set(order_of_rooms(modules))


def test_a_cycle_is_noticed() -> None:
    """Two rooms that import each other have no order."""
    modules = {"bot.a": "import bot.b", "bot.b": "from bot import c", "bot.c": "import bot.a"}

    with pytest.raises(CycleError):
        order_of_rooms(modules)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("handlers.deck.scan", "import bot.slack.text"),
        ("handlers.deck.scan", "from handlers.lytics import source"),
        ("handlers.deck.scan", "import aiohttp"),
        ("bot.plugins", "import handlers.deck"),
        ("bot.core.events", "import bot.config"),
        ("bot.core.events", "from bot import log"),
        ("bot.core.events", "import structlog"),
        ("bot.core.events", "def f():\n    import asyncio"),
        ("bot.core.events", "from urllib.request import urlopen"),
        ("bot.core.events", "from datetime import datetime\nx = datetime.now()"),
        ("bot.core.events", "open('x')"),
        ("bot.pipeline.notify", "from bot.store.inbox import Inbox"),
        ("bot.commands.run", "import bot.slack"),
        ("bot.slack.text", "import bot.store"),
        ("bot.apis.parallel", "import bot.slack.text"),
        ("bot.playground.demo", "import bot.slack.client"),
        ("bot.playground.demo", "import slack_sdk.web"),
        ("bot.web", "import sqlite3"),
        ("bot.web", "import tests.cli"),
        ("bot.web", "x = 'SELECT * FROM events'"),
        ("bot.web", "import os\nx = os.environ['A']"),
        ("bot.store.inbox", "db.atomic()"),
        ("bot.web", "\n" * 301),
        ("bot.web", "def f():\n" + "    pass\n" * 60),
    ],
)
def test_the_rules_can_be_broken(name: str, text: str) -> None:
    """Each rule notices the fault that it is there for."""
    assert faults(name, text)
