"""What the documents say is what the program does."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from bot.cli import VERBS
from bot.commands.help import ALERTS, MONITORS
from bot.config import Settings
from bot.core.notifications import MOST_ATTEMPTS, SCHEDULE_S

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()

# Read and kept, but of no use yet: naming them would promise something.
SILENT = {
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "TOCSIN_SECRET_KEY",
    "TOCSIN_OPERATORS_CHANNEL",
}
SETTINGS = {name.upper() for name in Settings.model_fields} - {"SOURCE_VALUES", "UNKNOWN"}


@pytest.mark.parametrize("name", sorted(SETTINGS - SILENT))
def test_every_setting_is_explained(name: str) -> None:
    """A setting that works has its row in the README."""
    assert f"`{name}`" in README


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_listed(verb: str) -> None:
    """A verb of the command line has its row in the README."""
    assert f"`tocsin {verb}" in README


def test_readme_names_only_verbs_that_exist() -> None:
    """The README promises no verb that the program does not have."""
    named = {match[1] for match in re.finditer(r"`tocsin ([a-z]+)\b", README)}

    assert set() == named - set(VERBS)


@pytest.mark.parametrize("usage", [ALERTS.text, MONITORS.text])
def test_help_and_readme_know_the_same_commands(usage: str) -> None:
    """Every sub-command that help shows is in the README, and the other way round."""
    command = usage.split(maxsplit=1)[0]
    shown = {match[1] for match in re.finditer(rf"{command} ([a-z]+)", usage)} - {"is"}
    told = {match[1] for match in re.finditer(rf"`{command} ([a-z]+)", README)} - {"is", "help"}

    assert shown == told


def test_ci_runs_the_readmes_test_command() -> None:
    """CI passes what a newcomer runs, word for word."""
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)

    assert len(commands) == 2
    assert commands[1] in (ROOT / ".ci" / "run").read_text()


def test_the_schedule_lasts_a_day() -> None:
    """The README promises 24 hours of tries, and that is what the table adds up to."""
    assert 24 * 3600 == pytest.approx(sum(SCHEDULE_S), rel=0.03)
    assert len(SCHEDULE_S) == MOST_ATTEMPTS


def test_links_lead_somewhere() -> None:
    """Every relative link of the documents names a file that exists."""
    for document in (ROOT / "README.md", ROOT / "bot/README.md", ROOT / "handlers/README.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_no_file_carries_a_home_folder_or_a_package_index() -> None:
    """No tracked file has a path of somebody's machine or the address of a package index."""
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\0")
    if tracked == [""]:
        pytest.skip("not a git checkout")
    private = re.compile(rb"https?://[^\s\"']+/simple\b|/(?:home|Users)/[a-z]+/|/ro{2}t/")
    files = [ROOT / name for name in tracked if name]
    guilty = [one.name for one in files if one.is_file() and private.search(one.read_bytes())]

    assert [] == guilty
