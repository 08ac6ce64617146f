"""The steps of handlers/README.md, followed to the letter in a copy of the tree."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.handlers.cases import ROOT

README = (ROOT / "handlers/README.md").read_text(encoding="utf-8")
FILES = dict(
    re.findall(r"^`(handlers/\S+)`\n\n```\w+\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
)
COPIED = ("handlers", "tests/__init__.py", "tests/handlers", "tests/fixtures", "tests/expected")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a copy of handlers and their tests with the files of the README in it."""
    for name in COPIED:
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_steps_are_all_there_is_to_do(tree: Path) -> None:
    """Two files make an event type and two make a source: read, said, and in every test."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/handlers", "--update-expected", "-q",
         "-p", "no:cacheprovider", "-o", "asyncio_mode=auto", "-k", "acme or prompt.retired",
         "--ignore", "tests/handlers/test_readme.py"],
        cwd=tree, capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip

    assert run.returncode == 0, run.stdout + run.stderr
    expected = tree / "tests/expected"
    assert _lines(expected / "surfacedby/prompt.retired.txt")[:6] == [
        "── compact",
        ":warning: Warning · Not asked any more: best running shoes · SurfacedBy · prompt.retired",
        "",
        "── standard and full",
        ":warning: Warning · Not asked any more: best running shoes",
        "Nobody asks this any more.",
    ]
    assert _lines(expected / "acme/site.down.txt") == [
        "── compact",
        ":red_circle: Error · shop.example is down · Acme · site.down",
        "",
        "── standard and full",
        ":red_circle: Error · shop.example is down",
        "The server answered 503 three times.",
        "Acme · site.down 2026-11-20 06:14 UTC",
    ]


def test_every_file_of_the_steps_was_found() -> None:
    """A step whose file the test misses would not be followed."""
    assert sorted(FILES) == [
        "handlers/acme/__init__.py",
        "handlers/acme/samples/site.down.json",
        "handlers/surfacedby/prompt.py",
        "handlers/surfacedby/samples/prompt.retired.json",
    ]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()
