"""`tocsin backup`: a copy, and nothing overwritten by mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def database(run: Run) -> None:
    """Have an empty database in the folder."""
    assert run("migrate").code == 0


@pytest.mark.usefixtures("database")
def test_a_copy_is_made_and_can_be_used(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy is a database that needs no migration."""
    assert run("backup", "copy.db") == (0, "tocsin.db was copied to copy.db.\n", "")
    monkeypatch.setenv("TOCSIN_DATABASE", "copy.db")
    assert run("migrate").out == "copy.db is up to date.\n"


@pytest.mark.usefixtures("database")
def test_what_is_there_stays_unless_it_is_forced(run: Run, folder: Path) -> None:
    """Without --force the file is left as it is, and the line says what to do."""
    (folder / "copy.db").write_bytes(b"precious")
    refused = run("backup", "copy.db")

    assert (refused.code, "say --force" in refused.err) == (2, True)
    assert (folder / "copy.db").read_bytes() == b"precious"
    assert run("backup", "copy.db", "--force").code == 0
    assert (folder / "copy.db").read_bytes() != b"precious"


@pytest.mark.parametrize(("target", "code"), [("copy.db", 2), ("missing/copy.db", 1), (".", 2)])
def test_what_cannot_be_done_is_one_sentence(run: Run, target: str, code: int) -> None:
    """No database, no such folder, a folder in the file's place."""
    outcome = run("backup", target)

    assert (outcome.code, outcome.err.count("\n")) == (code, 1)
    assert outcome.err.startswith("tocsin: ")
