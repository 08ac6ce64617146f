"""No verb waits for what it does not use: asked of fresh interpreters."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import VERBS

ROOT = Path(__file__).parents[2]
HEAVY = ("slack_bolt", "slack_sdk", "aiohttp", "parallel", "uvicorn", "starlette", "structlog")
SLOW = (*HEAVY, "pydantic", "pydantic_core", "sqlite_utils", "asyncio")


def printed(code: str, folder: Path) -> str:
    """Return what a new interpreter prints."""
    words = [sys.executable, "-c", code]
    env = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=True)
    return done.stdout


def loaded(code: str, folder: Path) -> set[str]:
    """Return the modules that are there after `code` in a new interpreter."""
    program = f"import sys\n{code}\nprint()\nprint(*sys.modules)"
    return set(printed(program, folder).splitlines()[-1].split())


def line(*words: str) -> str:
    """Return code that runs a command line to its end."""
    return f"""
from bot.cli import main
try:
    main({list(words)})
except SystemExit as end:
    assert end.code == 0, end.code
"""


def test_the_command_line_itself_is_light(tmp_path: Path) -> None:
    """Help comes without a single library but click."""
    assert loaded(line("--help"), tmp_path).isdisjoint(SLOW)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_light_until_it_runs(verb: str, tmp_path: Path) -> None:
    """Importing a verb, as its own help does, loads nothing that only its work needs."""
    assert loaded(line(verb, "--help"), tmp_path).isdisjoint(HEAVY)


@pytest.mark.parametrize("words", [("migrate",), ("deliveries",), ("sources",)])
def test_verbs_without_slack_load_none_of_it(words: tuple[str, ...], tmp_path: Path) -> None:
    """What asks the database or the plugins alone never meets Slack or a server."""
    code = line("migrate") + line(*words)

    assert loaded(code, tmp_path).isdisjoint(HEAVY)


BUILT = """
from bot.core.events import Payload
from bot.plugins import discover

def show(model):
    if model.__pydantic_complete__:
        print(model.__name__)
    for one in model.__subclasses__():
        show(one)

discover()
show(Payload)
"""


def test_finding_the_sources_builds_no_model(tmp_path: Path) -> None:
    """A default that is an instance would build its model, and every start would wait for it."""
    assert printed(BUILT, tmp_path).split() == []


@pytest.mark.parametrize("verb", ["migrate", "sources"])
def test_what_asks_for_little_builds_no_settings(verb: str, tmp_path: Path) -> None:
    """The environment alone is read, because building all settings takes longer."""
    assert "bot.config" not in loaded(line(verb), tmp_path)
