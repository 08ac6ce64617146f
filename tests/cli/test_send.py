"""`tocsin send`: a body signed as its source would, and the answer shown."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typing_extensions import override

from bot.core.sources import Source
from bot.plugins import discover
from tests.cli.conftest import SAMPLES, Run

SOURCES = discover()
SECRETS = {
    "deck": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "parallel": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "surfacedby": "canary5f2c-canary5f2c",
    "lytics": "canary5f2c-canary5f2c",
}
SAMPLE = SAMPLES / "deck/samples/task_run.failed.json"


class Door:
    """A server on loopback that keeps what it is sent and answers as it is told."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, list[tuple[bytes, bytes]], bytes]] = []
        self.status, self.body = 200, b"ok"
        self.location: str | None = None
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                raw = [(k.lower().encode(), v.encode()) for k, v in self.headers.items()]
                door.requests.append((self.path, raw, body))
                self.send_response(door.status)
                if door.location:
                    self.send_header("Location", door.location)
                self.end_headers()
                self.wfile.write(door.body)

            @override
            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def door() -> Iterator[Door]:
    """Run a server for the length of a test."""
    one = Door()
    thread = threading.Thread(target=one.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield one
    one.server.shutdown()
    one.server.server_close()
    thread.join()


@pytest.mark.parametrize("name", SOURCES)
def test_the_proof_is_the_sources_own(
    name: str, run: Run, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What arrives is the file, byte for byte, and its source's scheme accepts it."""
    monkeypatch.setenv(f"{name.upper()}_WEBHOOK_SECRET", SECRETS[name])
    sample = min((SAMPLES / name / "samples").glob("*.json"))
    url = f"{door.url}/webhooks/{name}?a=b"
    outcome = run("send", str(sample), "--source", name, "--url", url)
    ((path, headers, body),) = door.requests

    assert (outcome.code, outcome.out, outcome.err) == (0, "200 OK\nok\n", "")
    assert (path, body) == (f"/webhooks/{name}?a=b", sample.read_bytes())
    assert verified(SOURCES[name], headers, body, SECRETS[name])


def verified(source: Source, headers: list[tuple[bytes, bytes]], body: bytes, secret: str) -> bool:
    """Return whether a request proves its origin; a refusal raises."""
    keys = source.scheme.keys(secret)
    return bool(source.scheme.verify(headers, body, keys, now=datetime.now(UTC)))


def test_a_secret_may_come_from_a_file(run: Run, door: Door, folder: Path) -> None:
    """The file's first value signs, whatever white space an editor left behind it."""
    (folder / "secret").write_text(f"{SECRETS['deck']},whsec_old\n")
    words = ("--source", "deck", "--url", door.url, "--secret-file", "secret", "--id", "msg_1")
    assert run("send", str(SAMPLE), *words).code == 0

    _, headers, body = door.requests[0]
    assert verified(SOURCES["deck"], headers, body, SECRETS["deck"])
    assert (b"webhook-id", b"msg_1") in headers


@pytest.mark.parametrize(("status", "words"), [(401, "Unauthorized"), (503, "Service Unavailable")])
def test_a_refusal_is_a_failure(
    status: int, words: str, run: Run, door: Door, folder: Path
) -> None:
    """Status and answer are shown, and the exit code is 1."""
    door.status = status
    (folder / ".env").write_text(f"DECK_WEBHOOK_SECRET={SECRETS['deck']}\n")
    outcome = run("send", str(SAMPLE), "--source", "deck", "--url", door.url)

    assert (outcome.code, outcome.out) == (1, f"{status} {words}\nok\n")
    assert outcome.err == f"tocsin: {door.url} answered {status} {words}.\n"


def test_a_redirect_is_not_followed(run: Run, door: Door, folder: Path) -> None:
    """A signature goes to the address that was named and to no other."""
    door.status, door.location = 307, f"{door.url}/elsewhere"
    (folder / ".env").write_text(f"DECK_WEBHOOK_SECRET={SECRETS['deck']}\n")
    outcome = run("send", str(SAMPLE), "--source", "deck", "--url", f"{door.url}/here")

    assert outcome.code == 1
    assert [path for path, _, _ in door.requests] == ["/here"]


def test_an_answer_cannot_move_the_cursor(run: Run, door: Door, folder: Path) -> None:
    """Control characters and bytes that are no text are replaced."""
    door.body = b"a\x1b[2J\xff"
    (folder / ".env").write_text(f"DECK_WEBHOOK_SECRET={SECRETS['deck']}\n")
    outcome = run("send", str(SAMPLE), "--source", "deck", "--url", door.url)

    assert outcome.out == "200 OK\na\ufffd[2J\ufffd\n"


def test_nobody_is_there(run: Run, door: Door, folder: Path) -> None:
    """A refused connection exits 1 and says so in one line."""
    door.server.server_close()
    (folder / ".env").write_text(f"DECK_WEBHOOK_SECRET={SECRETS['deck']}\n")
    outcome = run("send", str(SAMPLE), "--source", "deck", "--url", door.url)

    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith(f"tocsin: {door.url} cannot be reached: ")
