"""Commit 1: what proves its origin is stored, whatever it is; nothing else is."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.core.errors import StoreUnavailableError, VerificationError
from bot.core.ports import Accepted
from bot.core.verify import Headers, Key, SharedToken
from bot.pipeline.ingest import Ingest
from bot.store.sqlite import SqliteStore
from tests.pipeline.probe import SECRET, body, probe, signed
from tests.store.conftest import SetClock
from tests.store.making import rows

OLD, NEW = "the-old-token-of-the-tests", "the-new-token-of-the-tests"


def keys(*secrets: str) -> tuple[Key, ...]:
    """Return the keys of some secrets."""
    return tuple(key for one in secrets for key in SharedToken().keys(one))


def door(store: SqliteStore, clock: SetClock, *secrets: str) -> Ingest:
    """Return the way in, with the source configured by some secrets."""
    return Ingest(
        {"probe": probe()}, {"probe": keys(*secrets)}, store.inbox, clock, tolerance_s=300
    )


@pytest.fixture
def ingest(store: SqliteStore, clock: SetClock) -> Ingest:
    """Return the way in."""
    return door(store, clock, SECRET)


async def take(ingest: Ingest, raw: bytes, headers: Headers | None = None) -> Accepted:
    """Take a webhook in at the source `probe`."""
    source = ingest.source("probe")
    assert source is not None
    return await ingest.take(source, headers or signed(), raw)


async def test_what_is_signed_is_stored(ingest: Ingest, store: SqliteStore) -> None:
    """The body as it came, with the headers its reader looks at and no other."""
    assert Accepted(new=1) == await take(ingest, body("e1"))
    (stored,) = await store.inbox.claim(10)
    assert (body("e1"), {"content-type": "application/json"}) == (
        stored.webhook.body, stored.webhook.headers,
    )  # fmt: skip


@pytest.mark.parametrize("headers", [[], signed("another-token-entirely"), signed("short")])
async def test_what_is_not_signed_leaves_nothing(
    ingest: Ingest, store: SqliteStore, headers: Headers
) -> None:
    """A stranger costs us no row."""
    source = ingest.source("probe")
    assert source is not None
    with pytest.raises(VerificationError):
        await ingest.take(source, headers, body("e1"))

    assert [{"n": 0}] == await rows(store, "SELECT COUNT(*) AS n FROM bodies")


async def test_a_source_without_a_secret_is_closed(store: SqliteStore, clock: SetClock) -> None:
    """Never open: it is not offered, and what comes all the same is refused."""
    closed = door(store, clock)

    assert closed.source("probe") is None
    assert closed.source("unheard-of") is None
    with pytest.raises(VerificationError):
        await closed.take(probe(), signed(), body("e1"))


@pytest.mark.parametrize(
    ("secrets", "given", "accepted"),
    [
        ([OLD], OLD, True), ([OLD, NEW], OLD, True), ([OLD, NEW], NEW, True),
        ([NEW], NEW, True), ([NEW], OLD, False),
    ],
)  # fmt: skip
async def test_rotation(
    store: SqliteStore, clock: SetClock, secrets: list[str], given: str, accepted: bool
) -> None:
    """W7: both secrets while both are listed; the old one never again afterwards."""
    ingest = door(store, clock, *secrets)
    try:
        await take(ingest, body("e1"), signed(given))
    except VerificationError:
        assert not accepted
    else:
        assert accepted


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b'{"id": NaN}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (b'{"no": "id"}', "no id"),
        (body("e1", reader="breaks"), "KeyError in the reader of probe"),
        (b'{"id": 7, "type": {}}', "ValidationError in the reader of probe"),
        (b'{"id": "e1", "batch": []}', "no event in it"),
    ],
)
async def test_what_cannot_be_read_is_kept(
    ingest: Ingest, store: SqliteStore, raw: bytes, why: str
) -> None:
    """W14: verified means acknowledged, with the reason beside it; a repeat is known."""
    assert [Accepted(new=1), Accepted(duplicates=1)] == [await take(ingest, raw) for _ in range(2)]
    (row,) = await rows(
        store, "SELECT e.state, e.detail, b.raw FROM events e JOIN bodies b ON b.id = e.body_id"
    )
    assert ("unreadable", raw) == (row["state"], row["raw"])
    assert why in row["detail"]


async def test_a_batch_is_taken_whole(ingest: Ingest) -> None:
    """Every event of a webhook is stored with it, and each is known again."""
    assert Accepted(new=2) == await take(ingest, body("b1", batch=["a", "b"]))
    assert Accepted(new=1, duplicates=1) == await take(ingest, body("b2", batch=["b", "c"]))


async def test_a_storm_is_acknowledged_once_each(ingest: Ingest, store: SqliteStore) -> None:
    """W1: a hundred concurrent repeats of two events are two rows and a hundred answers."""
    answers = await asyncio.gather(*(take(ingest, body(f"e{n % 2}")) for n in range(100)))

    assert (2, 98) == (sum(a.new for a in answers), sum(a.duplicates for a in answers))
    assert [{"n": 2}] == await rows(store, "SELECT COUNT(*) AS n FROM events")


async def test_a_database_that_is_locked_asks_the_sender_to_come_again(
    tmp_path: Path, clock: SetClock
) -> None:
    """D1: nothing is acknowledged that is not stored, and the repeat is new."""
    store = SqliteStore(tmp_path / "tocsin.db", clock, busy_timeout_s=0.05)
    store.open()
    ingest = door(store, clock, SECRET)
    with closing(sqlite3.connect(tmp_path / "tocsin.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailableError):
            await take(ingest, body("e1"))
        other.execute("ROLLBACK")

    assert Accepted(new=1) == await take(ingest, body("e1"))
    await store.close()
