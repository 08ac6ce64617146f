"""How long the first webhook, and a person at a terminal, have to wait."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from statistics import median

from bot.playground.child import free_port
from bot.playground.senders import WebhookSender
from tests.benchmarks.processes import SECRET, changed, output
from tests.benchmarks.table import Row, at_most
from tests.system.scene import scan_failed

ROOT = Path(__file__).parents[2]
VERBS = ("migrate", "deliveries", "sources", "--help")
YARDSTICK = "import asyncio, click, pydantic, sqlite3, starlette.applications, uvicorn"


async def measure(folder: Path, *, quick: bool) -> list[Row]:
    """Give seconds, beside those of an interpreter that only imports the libraries."""
    rounds = 3 if quick else 9
    first, imports = [], []
    verbs: dict[str, list[float]] = {verb: [] for verb in VERBS}
    for _ in range(rounds):
        first.append(await _first_webhook_s(folder))
        imports.append(await _seconds("-c", YARDSTICK, folder=folder))
        for verb in VERBS:
            verbs[verb].append(await _seconds("-m", "bot", verb, folder=folder))
    beside = f"importing starlette, uvicorn, pydantic alone: {median(imports):.2f} s"
    return [
        Row("first webhook accepted after the start", median(first), "s", at_most(0.6), beside),
        *(
            Row(f"tocsin {verb}", median(taken), "s", at_most(0.3), f"{rounds} times")
            for verb, taken in verbs.items()
        ),
    ]


async def _seconds(*words: str, folder: Path) -> float:
    began = time.perf_counter()
    await output(*words, folder=folder)
    return time.perf_counter() - began


async def _first_webhook_s(folder: Path) -> float:
    port = free_port()
    settings = {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "SLACK_BOT_TOKEN": "xoxb-benchmark",
        "SLACK_SIGNING_SECRET": "0" * 32,
        "SLACK_API_URL": f"http://127.0.0.1:{free_port()}/api/",
        "SURFACEDBY_WEBHOOK_SECRET": SECRET,
    }
    sender = WebhookSender("surfacedby", f"http://127.0.0.1:{port}/webhooks/surfacedby", SECRET)
    command = (sys.executable, *changed("installed"), "serve", "--port", str(port))
    log = asyncio.subprocess.DEVNULL
    began = time.perf_counter()
    bot = await asyncio.create_subprocess_exec(*command, cwd=folder, env=settings, stderr=log)
    try:
        await sender.send_until_accepted(scan_failed("first.example"), tries=2_000, delay_s=0.01)
        return time.perf_counter() - began
    finally:
        bot.terminate()
        await bot.wait()
