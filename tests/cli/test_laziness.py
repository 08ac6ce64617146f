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


def loaded(code: str, folder: Path) -> set[str]:
    """Return the modules that are there after `code` in a new interpreter."""
    program = f"import sys\n{code}\nprint()\nprint(*sys.modules)"
    words = [sys.executable, "-c", program]
    env = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


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


def test_migrating_needs_no_settings(tmp_path: Path) -> None:
    """Only the database's path is read, because building all settings takes longer."""
    assert "bot.config" not in loaded(line("migrate"), tmp_path)
