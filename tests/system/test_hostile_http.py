"""Whatever is sent to the door: never a 500, nothing stored unproven, and memory stays flat."""

from __future__ import annotations

import http.client
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.playground.senders import SourceName, WebhookSender, json_bytes
from bot.playground.stage import SOURCES, Stage
from tests.system.scene import count, rows, scan_failed
from tests.system.wire import exchange, request

pytestmark = pytest.mark.asyncio(loop_scope="module")

BODY = b'{"type": "monitor.event.detected", "data": {}}'
PATH = "/webhooks/parallel"
MIB = 1 << 20
CHUNKED = ("Transfer-Encoding", "chunked")

SHAPES = [
    "",
    "v1,",
    "v1,a,b",
    "v1",
    ",",
    "t=,v1=",
    "t=1,v1=00",
    "1e9",
    "nan",
    "-1",
    "١٢٣",
    "9" * 400,
]
PRINTED = st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=["Cc"])
VALUES = st.none() | st.sampled_from(SHAPES) | st.text(PRINTED)


def proof(sender: WebhookSender, body: bytes, *, id: str = "msg_1") -> dict[str, str]:  # noqa: A002
    """Return the headers that are good for this body now."""
    return sender.proof(body, id=id, at=datetime.now(UTC))


def resident_kib(pid: int) -> int:
    """Return the memory that a process holds."""
    found = re.search(r"VmRSS:\s+([0-9]+)", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize("source", SOURCES)
async def test_no_wrong_proof_is_taken(shared: Stage, source: SourceName) -> None:
    """Any proof but a good one is 401 on a connection that stays open, and leaves no row."""
    sender = shared.senders[source]
    address = urlsplit(sender.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
    names = list(proof(sender, BODY))
    before = count(shared, "bodies")

    @settings(
        max_examples=75, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(changes=st.dictionaries(st.sampled_from(names), VALUES, min_size=1))
    def refused(changes: dict[str, str | None]) -> None:
        good = proof(sender, BODY)
        headers = {name: value for name, value in {**good, **changes}.items() if value is not None}
        assume(any(headers.get(name, "").strip() != good[name] for name in names))
        sent = {name: value.encode("utf-8") for name, value in headers.items()}
        connection.request("POST", address.path, BODY, sent)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (401, b"not proven\n")

    refused()
    connection.close()
    assert count(shared, "bodies") == before


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
async def test_a_repeated_proof_header(shared: Stage, name: str) -> None:
    """Two programs may disagree about which of two headers counts, so neither does."""
    good = proof(shared.senders["parallel"], BODY)
    heard = await exchange(shared.bot.url, request(PATH, [*good.items(), (name, good[name])], BODY))
    assert heard.status == 400


@pytest.mark.parametrize(
    "raw",
    [
        request(PATH, [("X-A", "a\rb")], BODY),
        request(PATH, [("X-A", "a\0b")], BODY),
        request(PATH, [("X-A", "a\r\n folded")], BODY),
        request(PATH, [CHUNKED], BODY),
        request(PATH, [("Content-Length", "46")], BODY),
        request(PATH, [("Content-Length", "45")], BODY),
        request(PATH, [], BODY, length="-1"),
        request(PATH, [], BODY, length="+46"),
        request(PATH, [], BODY, length="4_6"),
        request(PATH, [CHUNKED], b"zz\r\n", length=None),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=["CR", "NUL", "fold", "CL+TE", "CL+CL", "CL+CL'", "-1", "+46", "4_6", "chunk", "TLS"],
)  # fmt: skip
async def test_broken_http(shared: Stage, raw: bytes) -> None:
    """What servers may read in two ways is refused and hung up on."""
    heard = await exchange(shared.bot.url, raw)
    assert (heard.status, heard.closed) == (400, True)


async def test_nothing_becomes_a_websocket(shared: Stage) -> None:
    """Who asks to go on in another protocol is answered in this one."""
    upgrade = [("Connection", "Upgrade"), ("Upgrade", "websocket")]
    heard = await exchange(shared.bot.url, request(PATH, upgrade, BODY))
    assert heard.status == 401


async def test_a_long_body_is_refused_before_it_comes(shared: Stage) -> None:
    """The length it announces is enough; nobody waits for two mebibytes."""
    heard = await exchange(shared.bot.url, request(PATH, length=str(2 * MIB)), patience_s=2)
    assert (heard.status, heard.closed) == (413, True)


async def test_a_long_body_in_chunks_is_cut_off(shared: Stage) -> None:
    """Without a length it is refused as soon as it is too long, and is never held whole."""
    chunk = b"%x\r\n%s\r\n" % (MIB // 4, b"x" * (MIB // 4))
    before = resident_kib(shared.bot.pid)
    for _ in range(4):
        head = request(PATH, [CHUNKED], length=None)
        heard = await exchange(shared.bot.url, head, *([chunk] * 100))
        assert heard.status in {413, 0}, "0: it was cut off while we still talked"
    assert resident_kib(shared.bot.pid) - before < 8 * 1024
    assert (await exchange(shared.bot.url, head, *([chunk] * 5))).status == 413


async def test_a_body_that_drips(shared: Stage) -> None:
    """Half a body is waited for five seconds and no longer."""
    start = time.monotonic()
    heard = await exchange(shared.bot.url, request(PATH, body=b"{", length="100"))
    assert (heard.status, heard.closed) == (408, True)
    assert 4 < time.monotonic() - start < 7


@pytest.mark.parametrize(
    "headers",
    [[(f"X-{n}", "1") for n in range(10_000)], [("X-Long", "x" * 100_000)]],
    ids=["10,000", "100 KB"],
)
async def test_too_much_header(shared: Stage, headers: list[tuple[str, str]]) -> None:
    """Too many or too long headers are 431, and the bot goes on."""
    heard = await exchange(shared.bot.url, request(PATH, headers, BODY))
    assert heard.status == 431


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate, identity"])
async def test_a_compressed_body(shared: Stage, coding: str) -> None:
    """Nothing is unpacked: a small body could fill the memory."""
    headers = proof(shared.senders["parallel"], BODY) | {"Content-Encoding": coding}
    heard = await exchange(shared.bot.url, request(PATH, headers, BODY))
    assert heard.status == 415


ODD = {
    "deep": b"[" * 200_000,
    "deep object": b'{"type":' * 100_000 + b"1" + b"}" * 100_000,
    "long number": b'{"type": %s}' % (b"9" * 5_000),
    "NaN": b'{"type": NaN}',
    "BOM": b'\xef\xbb\xbf{"type": "a"}',
    "UTF-16": '{"type": "a"}'.encode("utf-16"),
    "lone surrogate": rb'{"type": "\ud800"}',
    "NUL": b'{"type": "a\0b"}',
    "escaped NUL": rb'{"type": "a\u0000b", "data": {"monitor_id": "m\u0000"}}',
    "no UTF-8": b'{"type": "\xff\xfe"}',
    "many keys": b"{%s}" % b",".join(b'"%d":1' % n for n in range(100_000)),
    "empty": b"",
    "a list": b"[1]",
    "a number": b"7",
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
async def test_an_odd_body_with_a_good_proof(
    shared: Stage, body: bytes, source: SourceName
) -> None:
    """What proved its origin is acknowledged and kept byte for byte, readable or not."""
    status = await shared.senders[source].send(body)
    assert status == 200
    kept = rows(shared, "SELECT raw FROM bodies WHERE source = ? ORDER BY id DESC", source)
    assert body in [one for (one,) in kept]


@pytest.mark.parametrize(
    "path",
    [
        "/webhooks/parallel/", "//webhooks/parallel", "/webhooks//parallel",
        "/webhooks/../parallel", "/webhooks/..%2fparallel", "/webhooks/%70arallel",
        "/webhooks/parallel%00", "/webhooks/parallel;a", "/webhooks/Parallel",
        "/WEBHOOKS/parallel", "/webhooks", "/webhooks/", "/webhooks/slack",
        "/webhooks/deck/../parallel", "/./webhooks/parallel", "/parallel",
    ],
)  # fmt: skip
async def test_no_other_path_leads_there(shared: Stage, path: str) -> None:
    """A path is its own or none, even for a good proof; nothing is redirected."""
    headers = proof(shared.senders["parallel"], BODY)
    heard = await exchange(shared.bot.url, request(path, headers, BODY))
    assert heard.status == 404


@pytest.mark.parametrize(
    ("method", "source", "status"),
    [
        ("GET", "parallel", 200), ("HEAD", "parallel", 200), ("GET", "nobody", 404),
        ("PUT", "parallel", 405), ("PATCH", "deck", 405), ("DELETE", "surfacedby", 405),
        ("OPTIONS", "parallel", 405), ("OPTIONS", "lytics", 405), ("TRACE", "lytics", 405),
        ("PUT", "lytics", 200), ("PATCH", "lytics", 200),
    ],
)  # fmt: skip
async def test_methods(shared: Stage, method: str, source: str, status: int) -> None:
    """POST is for all, PUT and PATCH for Lytics, and looking is free and empty."""
    body = b'{"method": "%s"}' % method.encode()
    headers = proof(shared.senders["lytics"], body)
    sent = request(f"/webhooks/{source}", headers, body, method=method)
    heard = await exchange(shared.bot.url, sent, patience_s=3)
    assert heard.status == status
    if method in {"GET", "HEAD"} and status == 200:
        assert heard.text.endswith(b"\r\n\r\n")


async def test_after_all_that_it_works(shared: Stage) -> None:
    """The same process still takes a good webhook, is ready, and has no traceback in its log."""
    assert await shared.senders["surfacedby"].send(scan_failed("well.example")) == 200
    heard = await exchange(shared.bot.url, request("/readyz", method="GET", length=None))
    assert heard.status == 200
    assert b"500" not in heard.text
    assert "Traceback" not in shared.bot.log.read_text()


async def test_bodies_are_signed_bytes(shared: Stage) -> None:
    """One byte changed on the way is not proven."""
    body = json_bytes(scan_failed("changed.example"))
    headers = proof(shared.senders["surfacedby"], body)
    changed = body.replace(b"changed", b"Changed")
    heard = await exchange(shared.bot.url, request("/webhooks/surfacedby", headers, changed))
    assert heard.status == 401
