"""`tocsin capture`: what it refuses, how it waits, and where it writes."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.events import Event, Webhook
from bot.core.verify import Proof
from bot.store.database import migrate
from bot.store.sqlite import SqliteStore
from tests.cli.conftest import Run

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def body(key: str, kind: str = "scan.failed", email: str = "ana@northwind.example") -> bytes:
    """Return a body of SurfacedBy."""
    return json.dumps({"id": key, "type": kind, "data": {"email": email}}).encode()


async def _store(path: Path, source: str, bodies: Sequence[bytes]) -> None:
    store = SqliteStore(path, lambda: NOW)
    store.open()
    for number, raw in enumerate(bodies):
        event = Event(source=source, id=f"{number}.{raw!r}"[:200], type="any", occurred_at=NOW)
        webhook = Webhook(source=source, body=raw, received_at=NOW)
        proof = Proof("shared-token", "1a2b3c4d", "text")
        await store.inbox.accept(webhook, proof, [event], unreadable=None)
    await store.close()


def store(path: Path, source: str, *bodies: bytes) -> None:
    """Store bodies as if they had arrived, one commit each."""
    asyncio.run(_store(path, source, bodies))


@pytest.fixture
def database(folder: Path) -> Path:
    """Return an empty database, in the folder where the verb looks for it."""
    path = folder / "tocsin.db"
    migrate(path)
    return path


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Return how to let something happen while the verb waits, instead of its waiting."""

    def arrange(deed: Callable[[], None]) -> None:
        def happen(_: float) -> None:
            # In a thread of its own, because the verb holds this one.
            thread = threading.Thread(target=deed)
            thread.start()
            thread.join()

        monkeypatch.setattr("time.sleep", happen)

    return arrange


def test_bodies_become_files(run: Run, database: Path, later: Callable[..., None]) -> None:
    """One line and one file each, named after the type, without what is private."""
    arriving = iter([body("1"), body("2", "report.ready"), body("3")])
    later(lambda: store(database, "surfacedby", next(arriving)))
    outcome = run("capture", "surfacedby", "3")

    names = ["scan.failed--captured-1", "report.ready--captured-1", "scan.failed--captured-2"]
    assert outcome.code == 0
    assert outcome.out.splitlines() == [f"captured/{name}.json" for name in names]
    assert outcome.err == "Waiting for 3 bodies of SurfacedBy; Ctrl-C ends it.\n"
    for name in names:
        text = Path("captured", f"{name}.json").read_text(encoding="utf-8")
        assert "ana@northwind" not in text
        assert json.loads(text)["data"]["email"].endswith(".example")


def test_only_what_comes_now_and_of_this_source(
    run: Run, database: Path, later: Callable[..., None]
) -> None:
    """What was there before, and what others send, is no part of it."""
    store(database, "surfacedby", body("before"))

    def arrive() -> None:
        store(database, "deck", b'{"id": "d", "type": "agent.created"}')
        store(database, "surfacedby", body("now"), body("too many"))

    later(arrive)
    outcome = run("capture", "surfacedby")

    assert [json.loads(path.read_bytes())["id"] for path in Path("captured").iterdir()] == ["now"]
    assert outcome.code == 0


def test_nothing_is_overwritten(run: Run, database: Path, later: Callable[..., None]) -> None:
    """A file of that name stays as it is, and the next free one is taken."""
    Path("here").mkdir()
    mine = Path("here/scan.failed--captured-1.json")
    mine.write_text("mine", encoding="utf-8")
    later(lambda: store(database, "surfacedby", body("1")))

    assert run("capture", "surfacedby", "--out", "here").out == (
        "here/scan.failed--captured-2.json\n"
    )
    assert mine.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("../../etc/passwd", "_.._etc_passwd--captured-1.json"),
        ("/abs", "_abs--captured-1.json"),
        ("..", "unreadable--captured-1.json"),
        ("a\n\x1b[31mb", "a_31mb--captured-1.json"),
        ("x" * 200, f"{'x' * 100}--captured-1.json"),
    ],
)
def test_a_type_is_no_path(
    run: Run, database: Path, later: Callable[..., None], kind: str, name: str
) -> None:
    """Whatever a vendor calls an event, its file stands in the folder."""
    later(lambda: store(database, "surfacedby", body("1", kind)))

    assert run("capture", "surfacedby").out == f"captured/{name}\n"
    assert [path.name for path in Path("captured").iterdir()] == [name]


def test_what_cannot_be_read_is_kept_too(
    run: Run, database: Path, later: Callable[..., None]
) -> None:
    """It is what the operator most wants to see."""
    later(lambda: store(database, "surfacedby", b"<html>by ana@northwind.example</html>"))

    assert run("capture", "surfacedby").out == "captured/unreadable--captured-1.txt\n"
    text = Path("captured/unreadable--captured-1.txt").read_text(encoding="utf-8")
    assert text.startswith("<html>by ")
    assert "northwind" not in text


def test_a_timeout_ends_it(run: Run, database: Path, later: Callable[..., None]) -> None:
    """What came is kept, and the exit code tells that it was too little."""
    arriving = iter([[body("1")]])
    later(lambda: store(database, "surfacedby", *next(arriving, [])))
    outcome = run("capture", "surfacedby", "2", "--timeout", "0.2")

    assert (outcome.code, outcome.out) == (1, "captured/scan.failed--captured-1.json\n")
    assert outcome.err.splitlines()[1:] == ["tocsin: 1 of 2 arrived in 0.2 s."]


def test_control_c_ends_it_politely(
    run: Run, database: Path, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line says how far it came; the files are there."""

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", interrupt)
    outcome = run("capture", "surfacedby", "2")

    assert (outcome.code, outcome.out) == (130, "")
    assert outcome.err.splitlines()[1:] == ["Stopped: 0 of 2 arrived."]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (
            ["bogus"], 2,
            "No source is called 'bogus'; there is deck, lytics, parallel or surfacedby.",
        ),
        (["deck", "0"], 2, "Invalid value for 'N': 0 is not in the range 1<=x<=1000."),
        (["deck", "x"], 2, "Invalid value for 'N': 'x' is not a valid integer range."),
        (
            ["deck", "--timeout", "0"], 2,
            "Invalid value for '--timeout': 0.0 is not in the range x>0.",
        ),
        (["deck", "--out", "tocsin.db"], 2,
         "Invalid value for '--out': Directory 'tocsin.db' is a file."),
        (["deck", "--out", "tocsin.db/x"], 1, "tocsin.db/x: Not a directory."),
        (["deck", "--raw"], 2, "No such option '--raw'."),
    ],
)  # fmt: skip
def test_what_cannot_be_done_gets_one_line(
    run: Run, words: list[str], code: int, sentence: str
) -> None:
    """The exit code and the words; nothing is waited for."""
    assert run("capture", *words) == (code, "", f"tocsin: {sentence}\n")


def test_a_folder_that_cannot_be_written_to_is_told_at_once(run: Run, database: Path) -> None:
    """Not after hours, when the first body has come."""
    outcome = run("capture", "deck", "--out", "/proc/self")

    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (1, "", 1)
    assert outcome.err.startswith("tocsin: /proc/self")


def test_without_a_database_nothing_can_arrive(run: Run) -> None:
    """It says who makes one, and does not make it."""
    outcome = run("capture", "deck")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "tocsin: There is no database tocsin.db yet: `tocsin serve` makes it, "
        "or TOCSIN_DATABASE names another file.\n"
    )
    assert not Path("tocsin.db").exists()


def test_a_file_that_is_no_database_is_told(run: Run, folder: Path) -> None:
    """As the other verbs tell it."""
    (folder / "tocsin.db").write_bytes(b"not a database, and longer than a header" * 40)
    outcome = run("capture", "deck")

    assert (outcome.code, outcome.err) == (
        2, "tocsin: The database tocsin.db cannot be read: file is not a database.\n",
    )  # fmt: skip
