"""A full disk, one that only reads, and files that are no database."""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.playground.child import BotProcess, free_port
from bot.playground.faults import RateLimited
from bot.playground.senders import json_bytes
from bot.playground.stage import Stage
from bot.store.database import migrate
from tests.explorer import strace
from tests.system import no_room
from tests.system.scene import (
    check_promise,
    count,
    heard,
    open_channel,
    posts,
    scan_failed,
    settled,
)

NOTHING = 0
UNLIMITED = resource.RLIM_INFINITY
NOT_TRACED = strace.why_not()
SETTINGS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s" * 32}


@contextmanager
def full(pid: int) -> Iterator[None]:
    """Let no file of a process grow, its log included, as when the disk is full."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (NOTHING, UNLIMITED))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (UNLIMITED, UNLIMITED))


async def refused(stage: Stage, site: str, *, times: int = 3) -> bytes:
    """Send a webhook that cannot be stored, and return its body to be sent again."""
    body = json_bytes(scan_failed(site))
    for _ in range(times):
        assert await stage.senders["surfacedby"].send(body) == 503
    return body


async def test_a_disk_that_is_full_for_a_while(stage: Stage) -> None:
    """D3: 503 while it is, though not even the log can be written; then all is said once."""
    await open_channel(stage, "C1")
    await stage.senders["surfacedby"].send(scan_failed("before.example"))
    await heard(stage, "C1", "before.example")
    await settled(stage)
    with full(stage.bot.pid):
        body = await refused(stage, "meanwhile.example")
        answer = await stage.slack.command(stage.slack_url, "/alerts list", channel="C1", user="U1")
        assert "try again" in answer.text
        async with ClientSession() as session, session.get(f"{stage.bot.url}/healthz") as alive:
            assert alive.status == 200
        assert count(stage, "events") == 1
    await stage.senders["surfacedby"].send_until_accepted(body, tries=20, delay_s=0.2)
    await heard(stage, "C1", "meanwhile.example")
    await settled(stage)

    check_promise(stage, ["C1"], ["before.example", "meanwhile.example"])


async def test_a_disk_that_is_full_while_things_are_said(stage: Stage) -> None:
    """What is under way when it fills up is neither lost nor said again when it has room."""
    await open_channel(stage, "C1")
    sites = [f"number{number}.example" for number in range(4)]
    for site in sites:
        await stage.senders["surfacedby"].send(scan_failed(site))
    await heard(stage, "C1", sites[0])
    with full(stage.bot.pid):
        await asyncio.sleep(2)
        assert len(posts(stage, "C1")) <= 2
    await settled(stage)

    check_promise(stage, ["C1"], sites)


async def test_a_disk_that_is_full_at_the_start(stage: Stage) -> None:
    """It does not start, says why in one sentence, and the next start finds everything."""
    await open_channel(stage, "C1")
    stage.slack.fail_always("chat.postMessage", RateLimited("1"))
    await stage.senders["surfacedby"].send(scan_failed("before.example"))
    await stage.bot.kill()
    stage.slack.heal()
    refused_start = subprocess.run(
        [sys.executable, no_room.__file__, "serve", "--port", "0"],
        cwd=stage.database.parent,
        env={"PATH": os.defpath, **stage.bot.settings},
        capture_output=True,  # in a file, its sentence would find no room either
        text=True,
        check=False,
    )
    assert refused_start.returncode == 2
    assert refused_start.stderr.startswith("tocsin: The database")
    assert refused_start.stderr.count("\n") == 1

    await stage.bot.start(wait_for="/healthz")
    await heard(stage, "C1", "before.example")
    await settled(stage)
    check_promise(stage, ["C1"], ["before.example"])


@contextmanager
def failing(pid: int, error: str) -> Iterator[None]:
    """Let every write to a file at some place in it, as databases write, fail for a while."""
    spoil = ("-e", "trace=pwrite64", "-e", f"inject=pwrite64:error={error}")
    tracer = subprocess.Popen(
        ["strace", "-f", "-o", os.devnull, *spoil, "-p", str(pid)],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert tracer.stderr is not None
    if "attached" not in (first := tracer.stderr.readline()):
        tracer.communicate()
        pytest.skip(f"a running process cannot be traced here: {first.strip()}")
    try:
        yield
    finally:
        tracer.terminate()
        tracer.communicate()


@pytest.mark.skipif(bool(NOT_TRACED), reason=NOT_TRACED)
@pytest.mark.parametrize(
    "error",
    [
        "EROFS",
        pytest.param("ENOSPC", marks=pytest.mark.exploration),
        pytest.param("EIO", marks=pytest.mark.exploration),
    ],
)
async def test_a_disk_that_refuses_for_a_while(stage: Stage, error: str) -> None:
    """D4, D5: 503 while nothing can be written, and no other start afterwards."""
    await open_channel(stage, "C1")
    with failing(stage.bot.pid, error):
        body = await refused(stage, "meanwhile.example")
    await stage.senders["surfacedby"].send_until_accepted(body, tries=20, delay_s=0.2)
    await heard(stage, "C1", "meanwhile.example")
    await settled(stage)

    check_promise(stage, ["C1"], ["meanwhile.example"])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Yield a file system of its own of two megabytes."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a file system takes root")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.exploration
async def test_a_small_disk_that_fills_up(small_disk: Path) -> None:
    """D3: a real file system without room, for the database and the log alike."""
    async with Stage(small_disk) as stage:
        await open_channel(stage, "C1")
        await stage.senders["surfacedby"].send(scan_failed("before.example"))
        await settled(stage)
        ballast = small_disk / "ballast"
        with ballast.open("wb", buffering=0) as file:
            while _wrote(file.fileno()):
                pass
        body = await refused(stage, "meanwhile.example", times=10)
        ballast.unlink()
        await stage.senders["surfacedby"].send_until_accepted(body, tries=20, delay_s=0.2)
        await settled(stage)

        check_promise(stage, ["C1"], ["before.example", "meanwhile.example"])


def _wrote(descriptor: int) -> bool:
    try:
        return os.write(descriptor, bytes(512)) > 0
    except OSError:
        return False


async def test_a_file_system_that_only_reads(small_disk: Path) -> None:
    """D5: a start is refused in one sentence that names the database."""
    migrate(small_disk / "tocsin.db")
    remount = ["mount", "-o", "remount,ro", str(small_disk)]
    subprocess.run(remount, check=True)
    said = await refusal_to_start(small_disk.parent, small_disk / "tocsin.db")

    assert "Read-only file system" in said


async def refusal_to_start(folder: Path, path: Path) -> str:
    """Start a bot that must not start, and return the one sentence that it says."""
    settings = {**SETTINGS, "TOCSIN_DATABASE": str(path)}
    bot = BotProcess(folder, settings, port=free_port())
    with pytest.raises(RuntimeError):
        await bot.start()
    said = bot.log.read_text()
    assert await bot.ended() == 2
    assert said.startswith("tocsin: ")
    assert str(path) in said
    assert said.count("\n") == 1
    return said


def content(folder: Path, kind: str) -> Path:
    """Make a file that a bot cannot work on, and return its path."""
    path = folder / "tocsin.db"
    if kind == "text":
        path.write_bytes(b"Dear diary, " * 500)
    elif kind == "torn header":
        migrate(path)
        path.write_bytes(b"SQLite format 3\x00" + bytes(84) + path.read_bytes()[100:])
    elif kind == "folder":
        path.mkdir()
    return path


@pytest.mark.parametrize("kind", ["text", "torn header", "folder"])
async def test_a_file_that_is_no_database(tmp_path: Path, kind: str) -> None:
    """D6: it does not start, says so in one sentence, and leaves the file as it was."""
    path = content(tmp_path, kind)
    kept = path.read_bytes() if path.is_file() else b""
    await refusal_to_start(tmp_path, path)

    assert kept == (path.read_bytes() if path.is_file() else b"")
