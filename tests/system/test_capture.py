"""`tocsin capture` beside a bot that runs, and what can be done with its files."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest

from bot import environment
from bot.playground.senders import SourceName
from bot.playground.stage import Stage
from tests.handlers.cases import CASES
from tests.system.scene import count, rows

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROOT = Path(__file__).parents[2]
LAST = {
    "deck": "task_run.failed",
    "lytics": "work.failed",
    "parallel": "monitor.execution.failed",
    "surfacedby": "scan.failed",
}


async def tocsin(stage: Stage, *words: str) -> asyncio.subprocess.Process:
    """Start the real program on the stage's database."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, cwd=ROOT,
        env={**environment.read(None), "TOCSIN_DATABASE": str(stage.database)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def waiting(program: asyncio.subprocess.Process) -> None:
    """Wait until a capture says that it waits."""
    assert program.stderr is not None
    line = await asyncio.wait_for(program.stderr.readline(), 20)
    assert line.startswith(b"Waiting for "), line


async def ended(program: asyncio.subprocess.Process) -> tuple[int, list[str], str]:
    """Return exit code, the lines of the output, and the errors."""
    out, err = await asyncio.wait_for(program.communicate(), 20)
    assert program.returncode is not None
    return program.returncode, out.decode().splitlines(), err.decode()


@pytest.mark.parametrize("source", LAST)
async def test_a_captured_body_can_be_shown_and_sent(
    shared: Stage, tmp_path: Path, source: SourceName
) -> None:
    """While the bot serves: signed, accepted, kept, rendered by preview, accepted from send."""
    sample = next(one for one in CASES if (one.source, one.name) == (source, LAST[source]))
    body = json.loads(sample.body)
    body["id"] = body["email"] = "ana.lopez@northwind.example"
    program = await tocsin(shared, "capture", source, "--out", str(tmp_path), "--timeout", "20")
    await waiting(program)

    assert await shared.senders[source].send(body) == 200
    code, lines, err = await ended(program)

    path = tmp_path / f"{LAST[source]}--captured-1.json"
    assert (code, lines, err) == (0, [str(path)], "")
    text = path.read_text(encoding="utf-8")
    assert "ana.lopez" not in text
    shown = await ended(await tocsin(shared, "preview", str(path), "--source", source))
    assert (shown[0], shown[2]) == (0, "")
    assert LAST[source] in shown[1][-1]
    secret = tmp_path / "secret"
    secret.write_text(shared.senders[source].secret, encoding="utf-8")
    sent = await ended(
        await tocsin(
            shared, "send", str(path), "--source", source, "--secret-file", str(secret),
            "--url", shared.senders[source].url,
        )
    )  # fmt: skip
    assert sent[0] == 0, sent
    assert count(shared, "bodies WHERE raw = ?", text.encode()) == 1


async def test_control_c_leaves_bot_and_files_alone(shared: Stage, tmp_path: Path) -> None:
    """It stops between two bodies, says how far it came, and the bot never noticed."""
    program = await tocsin(shared, "capture", "surfacedby", "2", "--out", str(tmp_path))
    await waiting(program)
    body = {"id": "evt_before_control_c", "type": "scan.failed", "data": {}}
    assert await shared.senders["surfacedby"].send(body) == 200
    assert program.stdout is not None
    first = await asyncio.wait_for(program.stdout.readline(), 20)
    program.send_signal(signal.SIGINT)

    assert await ended(program) == (130, [], "Stopped: 1 of 2 arrived.\n")
    assert Path(first.decode().strip()).is_file()
    assert rows(shared, "PRAGMA integrity_check") == [("ok",)]
    assert await shared.senders["surfacedby"].send(body | {"id": "evt_after"}) == 200
