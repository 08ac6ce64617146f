"""`tocsin preview` and `tocsin sources`: what a recorded payload becomes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bot.slack.limits import problems
from tests.cli.conftest import SAMPLES, Run

DETECTED = SAMPLES / "parallel/samples/monitor.event.detected.json"
FAILED = SAMPLES / "deck/samples/task_run.failed.json"
GROUPS = Path(__file__).parents[1] / "fixtures/parallel/groups"
GROUP = GROUPS / "single_text.json"
MANY = GROUPS / "multi_event.json"


@pytest.mark.parametrize("source", ["deck", "lytics", "parallel", "surfacedby"])
def test_a_sample_is_read_by_its_folder(source: str, run: Run) -> None:
    """The folder names the source, and the last line names the event's own type."""
    sample = min((SAMPLES / source / "samples").glob("*.json"))
    outcome = run("preview", str(sample))

    assert (outcome.code, outcome.err) == (0, "")
    assert f" · {sample.stem}" in outcome.out.splitlines()[-1]


def test_a_file_name_is_enough(run: Run, folder: Path) -> None:
    """Outside a source's folder the file's own name may say whose it is."""
    shutil.copy(DETECTED, folder / "parallel-detected.json")

    assert "monitor.event.detected" in run("preview", "parallel-detected.json").out


def test_content_alone_may_be_enough(run: Run, folder: Path) -> None:
    """A body that one source alone can read needs no name."""
    shutil.copy(DETECTED, folder / "x.json")

    assert "monitor.event.detected" in run("preview", "x.json").out


def test_content_alone_can_be_ambiguous(run: Run, folder: Path) -> None:
    """Where several sources would read a body, one has to be named."""
    shutil.copy(FAILED, folder / "x.json")
    outcome = run("preview", "x.json")

    assert outcome.code == 2
    assert outcome.err.startswith("tocsin: Say with --source who sent x.json: deck, ")
    assert run("preview", "x.json", "--source", "deck").code == 0


def test_a_group_is_told_in_the_thread(run: Run) -> None:
    """With the recorded members the findings follow the alert."""
    pending = run("preview", str(DETECTED)).out
    complete = run("preview", str(DETECTED), "--group", str(GROUP)).out
    finding = json.loads(GROUP.read_text())["events"][0]["output"]["content"]

    assert finding[:40] not in pending
    assert finding[:40] in complete.partition("\n\n")[2]


def test_findings_are_told_oldest_first(run: Run) -> None:
    """The recorded answer has the newest finding first; a thread is read the other way."""
    out = run("preview", str(DETECTED), "--group", str(MANY)).out
    rows = json.loads(MANY.read_text())["events"]
    thread = out.partition("\n\n")[2]
    places = [thread.find(row["output"]["content"]) for row in rows]

    assert -1 not in places
    assert places == sorted(places, reverse=True)


def test_json_is_block_kit(run: Run) -> None:
    """`--json` prints the messages in order, each as Slack takes it, and no metadata."""
    outcome = run("preview", str(DETECTED), "--group", str(GROUP), "--json")
    messages = json.loads(outcome.out)

    assert len(messages) == 2
    assert all(set(one) == {"text", "blocks"} for one in messages)
    assert [problems(one) for one in messages] == [[], []]


@pytest.mark.parametrize("body", [b"", b"[1, 2", b"\xff\xfe", b"{}"])
def test_what_the_source_cannot_read_fails(body: bytes, run: Run, folder: Path) -> None:
    """A body that is none of the source's exits 1 in one line."""
    (folder / "x.json").write_bytes(body)
    outcome = run("preview", "x.json", "--source", "deck")

    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("tocsin: Deck sends no such body: ")
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("answer", [b"nothing", b"[]", b'{"events": 1}'])
def test_a_group_that_is_none_fails(answer: bytes, run: Run, folder: Path) -> None:
    """A file that is no recorded answer is said to be the group's."""
    (folder / "group.json").write_bytes(answer)
    outcome = run("preview", str(DETECTED), "--group", "group.json")

    assert outcome.code == 1
    assert outcome.err.startswith("tocsin: The group cannot be read: ")


def test_nothing_moves_the_cursor(run: Run, folder: Path) -> None:
    """Control characters of a payload do not reach the terminal."""
    body = json.loads(FAILED.read_text())
    body["data"]["id"] = "\x1b[2J\x07\u202e"
    (folder / "deck.json").write_text(json.dumps(body))
    out = run("preview", "deck.json").out

    assert not {"\x1b", "\x07", "\u202e"} & set(out)


def test_sources_are_listed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """One aligned line an event type: source, whether it is open, path, type, default."""
    monkeypatch.setenv("DECK_WEBHOOK_SECRET", "canary")
    outcome = run("sources")
    header, *rows = [line.split() for line in outcome.out.splitlines()]

    assert header == ["SOURCE", "CONFIGURED", "PATH", "EVENT", "TYPE", "DEFAULT"]
    assert ["parallel", "no", "/webhooks/parallel", "monitor.event.detected", "on"] in rows
    assert ["deck", "yes", "/webhooks/deck", "task_run.completed", "depends"] in rows
    assert {row[1] for row in rows if row[0] == "deck"} == {"yes"}
    assert "canary" not in outcome.out
