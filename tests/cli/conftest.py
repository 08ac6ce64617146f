"""The command line, run in this process in a folder and an environment of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from bot import environment
from bot.cli import main

SAMPLES = Path(__file__).parents[2] / "handlers"


class Outcome(NamedTuple):
    """How a command line ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder in which nothing is set."""
    for name in environment.read(None):
        if name.startswith(("TOCSIN_", "SLACK_", "PARALLEL_", "DECK_", "LYTICS_", "SURFACEDBY_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run command lines; each must exit by itself, without a traceback."""

    def run_line(*words: str) -> Outcome:
        with pytest.raises(SystemExit) as ended:
            main(words)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        assert isinstance(ended.value.code, int)
        return Outcome(ended.value.code, out, err)

    return run_line
