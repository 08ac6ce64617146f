"""Command lines that cannot be obeyed: their exit code, and the one line they get."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import VERBS, tocsin
from tests.cli.conftest import SAMPLES, Run

ROOT = Path(__file__).parents[2]
DECK = str(SAMPLES / "deck/samples/task_run.failed.json")
NO_DATABASE = "TOCSIN_DATABASE must be a path or sqlite:///path (no other database is supported)."

LINES: dict[str, tuple[list[str], dict[str, str], int, str]] = {
    "no verb": ([], {}, 2, "Missing command."),
    "unknown verb": (["bogus"], {}, 2, "No such command 'bogus'."),
    "unknown option": (["migrate", "--bogus"], {}, 2, "No such option '--bogus'."),
    "surplus word": (["migrate", "x"], {}, 2, "Got unexpected extra argument (x)"),
    "port": (
        ["serve", "--port", "65536"], {}, 2,
        "Invalid value for '--port': 65536 is not in the range 0<=x<=65535.",
    ),
    "serve without Slack": (
        ["serve"], {}, 2, "SLACK_BOT_TOKEN is not set. (1 more: see `tocsin check`.)",
    ),
    "serve without a way in": (
        ["serve"], {"SLACK_BOT_TOKEN": "xoxb-canary"}, 2,
        "Set SLACK_SIGNING_SECRET to hear Slack by HTTP, or SLACK_APP_TOKEN by Socket Mode.",
    ),
    "wrong setting": (
        ["serve"], {"TOCSIN_PORT": "canary"}, 2, "TOCSIN_PORT must be a number up to 65535.",
    ),
    "migrate elsewhere": (
        ["migrate"], {"TOCSIN_DATABASE": "postgresql://canary@h/d"}, 2, NO_DATABASE,
    ),
    "deliveries elsewhere": (
        ["deliveries"], {"TOCSIN_DATABASE": "postgresql://canary@h/d"}, 2, NO_DATABASE,
    ),
    "deliveries limit": (
        ["deliveries", "--limit", "0"], {}, 2,
        "Invalid value for '--limit': 0 is not in the range 1<=x<=10000.",
    ),
    "preview nothing": (["preview"], {}, 2, "Missing argument 'FILE'."),
    "preview no file": (
        ["preview", "none.json"], {}, 2,
        "Invalid value for 'FILE': File 'none.json' does not exist.",
    ),
    "preview unknown source": (
        ["preview", DECK, "--source", "bogus"], {}, 2,
        "No source is called 'bogus'; there is deck, lytics, parallel or surfacedby.",
    ),
    "send without source": (
        ["send", DECK, "--url", "https://h"], {}, 2, "Missing option '--source'.",
    ),
    "send without secret": (
        ["send", DECK, "--source", "deck", "--url", "http://127.0.0.1:9"], {}, 2,
        "DECK_WEBHOOK_SECRET is not set; or give --secret-file.",
    ),
    "send with no key": (
        ["send", DECK, "--source", "deck", "--url", "http://127.0.0.1:9"],
        {"DECK_WEBHOOK_SECRET": "canary"}, 2,
        "Deck cannot sign: the secret must start with whsec_.",
    ),
    "send in the clear": (
        ["send", DECK, "--source", "deck", "--url", "http://example.com/"], {}, 2,
        "--url must be https, because plain http is for this machine only.",
    ),
    "send to a file": (
        ["send", DECK, "--source", "deck", "--url", "file:///etc/passwd"], {}, 2,
        "--url must be an http or https address.",
    ),
    "send to a bad port": (
        ["send", DECK, "--source", "deck", "--url", "http://127.0.0.1:x"], {}, 2,
        "--url is not an address.",
    ),
    "secret on the command line": (
        ["send", DECK, "--source", "deck", "--url", "https://h", "--secret", "canary"], {}, 2,
        "No such option '--secret'. (Did you mean one of: '--secret-file', '--source'?)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_what_cannot_be_obeyed_gets_one_line(
    line: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exit code and the exact words, on standard error alone."""
    words, values, code, sentence = LINES[line]
    for name, value in values.items():
        monkeypatch.setenv(name, value)

    assert run(*words) == (code, "", f"tocsin: {sentence}\n")


def test_a_database_that_is_none_is_refused(run: Run, folder: Path) -> None:
    """A file of something else is left as it is, and the advice is one line."""
    (folder / "tocsin.db").write_bytes(b"not a database, and longer than a header" * 40)
    before = (folder / "tocsin.db").read_bytes()
    outcome = run("migrate")

    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "tocsin.db is not a database." in outcome.err
    assert (folder / "tocsin.db").read_bytes() == before


def test_an_error_of_the_system_is_told() -> None:
    """A full disk under the real program's output exits 1 with the system's own words."""
    words = [sys.executable, "-m", "bot", "sources"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            words, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert (done.returncode, done.stderr) == (1, "tocsin: No space left on device.\n")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_helps_with_an_example(verb: str, run: Run) -> None:
    """`--help` says what the list says, and shows a line to type."""
    outcome = run(verb, "--help")
    command = tocsin.get_command(tocsin.make_context("tocsin", [verb]), verb)

    assert outcome.code == 0
    assert f"tocsin {verb}" in outcome.out.partition("Example")[2]
    assert command is not None
    assert (command.help or "").partition("\n")[0] == VERBS[verb]


def test_help_lists_every_verb(run: Run) -> None:
    """The first page names all verbs, and the version is that of the package."""
    listed = run("--help").out

    assert all(f"  {verb} " in listed for verb in VERBS)
    assert run("--version").out.startswith("tocsin 0.")


def test_an_interrupt_is_130(tmp_path: Path) -> None:
    """Control-C ends the real program with one line and the usual code."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    words = [sys.executable, "-m", "bot", "preview", str(pipe), "--source", "deck"]
    with (
        subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True) as program,
        # Opening waits until the program has opened its end, so it is reading when it is hit.
        pipe.open("wb"),
    ):
        program.send_signal(signal.SIGINT)
        _, err = program.communicate(timeout=20)

    assert (program.returncode, err.splitlines()[-1]) == (130, "tocsin: Interrupted.")
