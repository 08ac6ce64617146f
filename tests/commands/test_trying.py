"""`/alerts try`: the same counts as a comparison of every event with the filter, and no trace."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.commands.trying import MOST_SHOWN, Heard, Trial, Trying, outcome
from bot.core.alerts import Alert
from bot.core.events import Event, Payload, Subject, Webhook
from bot.core.ports import Clock, StoredEvent
from bot.core.ports.past import Page
from bot.core.sources import Source
from bot.core.subscriptions import Subscription
from bot.core.verify import Proof, SharedToken
from bot.store.sqlite import SqliteStore
from tests.commands.conftest import Desk
from tests.handlers.cases import CASES, SOURCES, Case
from tests.store.conftest import SetClock
from tests.store.making import break_in, filtered, rows

PROOF = Proof("shared-token", "0badcafe", "text")
CORPUS = 200


@dataclass
class Past:
    """A real store with the recorded events of every source, one an hour, newest last."""

    store: SqliteStore
    clock: SetClock
    events: list[Event]

    def trying(self, **more: Any) -> Trying:
        """Return what is to be tested."""
        return Trying(SOURCES, self.store.week, self.clock, **more)

    def brute(self, wanted: Subscription, *, hours: float = 7 * 24) -> tuple[int, list[Event]]:
        """Return how many events of the source are in the time, and those that are wanted."""
        since = len(self.events) - int(hours)
        recent = [one for one in self.events[max(since, 0) :] if wanted.source in {"*", one.source}]
        return len(recent), [
            one
            for one in recent
            if wanted.admits(
                one,
                SOURCES[one.source].format(one),
                default=SOURCES[one.source].default_for(one),
            )
        ]


@pytest.fixture
async def past(tmp_path: Path) -> AsyncIterator[Past]:
    """Yield 200 routed events, of which the oldest 31 came more than seven days ago."""
    clock = SetClock()
    store = SqliteStore(tmp_path / "tocsin.db", clock)
    store.open()
    events: list[Event] = []
    arrivals: list[tuple[Webhook, Event]] = []
    for number, case in enumerate([*CASES, *CASES]):
        webhook = _webhook(number, case, clock)
        (event, *others) = SOURCES[case.source].read(webhook)
        known = any((event.source, event.id) == (one.source, one.id) for one in events)
        if len(events) < CORPUS and not (others or event.test or known):
            events.append(event)
            arrivals.append((webhook, event))
            clock.forward(3600)
    await asyncio.gather(
        *(store.inbox.accept(raw, PROOF, [one], unreadable=None) for raw, one in arrivals)
    )
    await break_in(store, "UPDATE events SET state = 'routed'")
    yield Past(store, clock, events)
    await store.close()


def _webhook(number: int, case: Case, clock: Clock) -> Webhook:
    """Return a recorded body as an event of its own, of this moment."""
    body = json.loads(case.body)
    if isinstance(body, dict) and isinstance(body.get("id"), str):
        body["id"] = f"{body['id']}-{number}"
    headers = dict.fromkeys(SOURCES[case.source].id_headers, f"msg_{number}")
    raw = json.dumps(body).encode()
    return Webhook(source=case.source, body=raw, headers=headers, received_at=clock())


WISHES = [
    ("*", None, ""),
    ("*", None, "type:*"),
    ("deck", None, ""),
    ("deck", None, "type:task_run.* OR severity>=error"),
    ("lytics", None, "verb:failed OR verb:paused"),
    ("surfacedby", Subject(kind="domain", id=""), "delta<-5"),
    ("*", None, 'NOT source:lytics "northwind"'),
    ("parallel", None, "type:nothing"),
]


@pytest.mark.parametrize(("source", "subject", "words"), WISHES)
async def test_counts_are_those_of_brute_force(
    past: Past, source: str, subject: Subject | None, words: str
) -> None:
    """What was in the last seven days, what would have been said, and the newest of it."""
    wanted = Subscription(
        team_id="T", channel_id="C", source=source, subject=subject, filter=filtered(words)
    )
    total, heard = past.brute(wanted)
    trial = await past.trying().count(source, subject, wanted.filter)
    newest = sorted(heard, key=lambda one: one.occurred_at, reverse=True)[:MOST_SHOWN]

    assert (trial.total, trial.heard, trial.cut) == (total, len(heard), False)
    assert [one.occurred_at for one in trial.newest] == [one.occurred_at for one in newest]
    assert {one.title for one in trial.newest} <= {
        SOURCES[one.source].format(one).title for one in heard
    }


async def test_the_corpus_is_worth_a_trial(past: Past) -> None:
    """The events are of all sources, and some wishes hear a part of them."""
    assert len(past.events) == CORPUS
    assert {one.source for one in past.events} == set(SOURCES)
    assert 0 < (await past.trying().count("*", None, filtered("severity>=error"))).heard < 150


async def test_what_is_too_much_is_cut_and_said(past: Past) -> None:
    """Only the newest are tried, exactly as many as are promised, and it says so."""
    trial = await past.trying(most_events=50).count("*", None, filtered("type:*"))
    exact = await past.trying(most_events=168).count("*", None, filtered("type:*"))

    assert (trial.total, trial.heard, trial.cut) == (50, 50, True)
    assert (exact.total, exact.cut) == (168, False)
    assert "only the newest 50 were tried" in outcome(trial, "x").text


async def test_nothing_is_written(past: Past) -> None:
    """The database is byte for byte what it was."""
    before = await _digest(past.store)
    await past.trying().count("*", None, filtered("type:*"))

    assert before == await _digest(past.store)


async def _digest(store: SqliteStore) -> str:
    tables = [
        row["name"]
        for row in await rows(store, "SELECT name FROM sqlite_master WHERE type='table'")
    ]
    found = [await rows(store, f"SELECT * FROM {name}") for name in tables]  # noqa: S608 - ours
    return hashlib.sha256(repr(found).encode()).hexdigest()


class Shelf:
    """Past events in pages, as a test wants them."""

    def __init__(self, *pages: Sequence[StoredEvent]) -> None:
        self._pages = pages

    async def page(self, source: str, *, since: object, before: int | None = None) -> Page:
        """Return the first page, or the one that an earlier one named."""
        place = before or 0
        more = place + 1 if place + 1 < len(self._pages) else None
        return Page(self._pages[place], more)


def stored(number: int, body: bytes = b"{}", **more: Any) -> StoredEvent:
    """Return a stored event."""
    now = SetClock()()
    values = {"key": f"e{number}", "type": "a", "starts": 1, "intact": True} | more
    webhook = Webhook(source="probe", body=body, received_at=now)
    return StoredEvent(row=number, webhook=webhook, **cast("Any", values))


def probe(*, slow_s: float = 0.0) -> Source:
    """Return a source whose handler fails, and whose bodies hold thousands of events."""
    source = Source("probe", "Probe", SharedToken())

    @source.reader
    def _read(webhook: Webhook) -> list[Event]:
        if webhook.body == b"bad":
            raise ValueError("bad")
        time.sleep(slow_s)
        at = webhook.received_at
        return [
            Event(
                source="probe", id=f"e{number}", type="a", test=number % 2 == 1,
                occurred_at=at - timedelta(minutes=number),
            )
            for number in range(20)
        ]  # fmt: skip

    @source.on("*", Payload, default=False)
    def _say(event: Event, payload: Payload) -> Alert:
        raise RuntimeError("no words")

    return source


def trying(source: Source, *pages: Sequence[StoredEvent]) -> Trying:
    """Return a trial over pages of events."""
    return Trying({"probe": source}, Shelf(*pages), cast("Clock", SetClock()))


async def test_what_cannot_be_read_is_left_out() -> None:
    """Tests, broken bodies, changed bodies and events that are no more there count nowhere."""
    odd = [stored(2), stored(3), stored(4, b"bad"), stored(6, intact=False), stored(99)]
    trial = await trying(probe(), odd, [stored(8)]).count("*", None, filtered("type:*"))

    assert (trial.total, trial.heard) == (2, 2)
    assert trial.newest[0].title == "Probe: a"


async def test_a_handler_without_words_keeps_its_mark() -> None:
    """What is off by default stays off when it is said plainly, as when it arrived."""
    trial = await trying(probe(), [stored(2)]).count("*", None, filtered(""))

    assert (trial.total, trial.heard) == (1, 0)


async def test_a_body_of_many_events_is_read_once() -> None:
    """Twenty events of one body cost one reading, and the loop goes on meanwhile."""
    ones = [stored(number) for number in range(20)]
    begun = time.monotonic()
    work = asyncio.create_task(trying(probe(slow_s=0.2), ones).count("*", None, filtered("type:*")))
    turns = 0
    while not work.done():
        await asyncio.sleep(0.005)
        turns += 1

    assert (await work).total == 10
    assert time.monotonic() - begun < 2
    assert turns > 5


async def test_the_answer_in_slack() -> None:
    """How many, the newest by title and time, and what to type to have them."""
    at = SetClock()()
    trial = Trial(total=1412, heard=23, newest=(Heard(title="Scan failed", occurred_at=at),))

    assert outcome(trial, "/alerts subscribe deck").text.splitlines() == [
        "Of 1,412 events of the last 7 days, 23 would have been said here.",
        "The newest:",
        "Scan failed, 2026-11-20 09:00 UTC",
        "What is muted or on hold here is counted as if it were not.",
        "Nothing was posted. To hear them: /alerts subscribe deck",
    ]


async def test_the_command(desk: Desk) -> None:
    """It is typed like a subscription, and makes none."""
    desk.week = Shelf([])
    words = await desk.type('/alerts try deck task t1 severity>=error "x" size:full')

    assert words.splitlines() == [
        "Of 0 events of the last 7 days, 0 would have been said here.",
        "What is muted or on hold here is counted as if it were not.",
        "Nothing was posted. To hear them: "
        '/alerts subscribe deck task t1 severity>=error "x" size:full',
    ]
    assert desk.subscriptions.rows == []
    assert not desk.outbox.drafts
    assert not desk.outbox.released


@pytest.mark.parametrize(
    ("typed", "who", "hint"),
    [
        ("deck", "UGUEST", "Guests"),
        ("deck severity>=bad", "U1", "names no severity"),
        ("dekc", "U1", "is not a source"),
        ("", "U1", "/alerts try"),
    ],
)
async def test_the_command_refuses(desk: Desk, typed: str, who: str, hint: str) -> None:
    """Guests, who could not subscribe, see no titles of what is said elsewhere."""
    desk.week = Shelf([])

    assert hint in await desk.type(f"/alerts try {typed}", user_id=who)
