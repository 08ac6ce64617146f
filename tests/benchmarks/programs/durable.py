"""The least that is durable: a bare uvicorn that stores the body, then answers 200.

`durable.py PORT` proves nothing, reads nothing and routes nothing; it uses our writer, one
statement a commit. What it reaches is what any work of ours is measured against.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import uvicorn
import uvloop
from starlette.types import Receive, Scope, Send

from bot.asgi.answers import answer
from bot.store.writer import Writer


def keep(connection: sqlite3.Connection, bodies: Sequence[bytes]) -> Sequence[None]:
    """Store bodies."""
    connection.executemany("INSERT INTO kept (raw) VALUES (?)", [(body,) for body in bodies])
    return [None] * len(bodies)


async def serve(port: int, path: Path) -> None:
    """Serve until the process is asked to end."""
    writer = Writer(path)
    writer.start()
    await writer.run(lambda connection: connection.execute("CREATE TABLE kept (raw BLOB)"))

    async def store(scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        await writer.run_together(keep, body)
        await answer(send, 200)

    config = uvicorn.Config(
        store, port=port, http="httptools", lifespan="off", log_config=None, access_log=False,
        server_header=False,
    )  # fmt: skip
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(serve(int(sys.argv[1]), Path(folder) / "kept.db"))
