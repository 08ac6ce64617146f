"""What holds for every source, also for one that was added a minute ago.

Each is found by itself, put behind the real door, and sent its own samples: proven and not,
again, broken, too long, and in every order.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.asgi.limits import MOST_BODY_BYTES
from bot.core.errors import PayloadError
from bot.slack.limits import problems
from tests.handlers.cases import CASES, SOURCES, Case, read
from tests.handlers.house import SECRET, TOLERANCE_S, House
from tests.handlers.mutation import replaced, strings
from tests.handlers.rendering import messages

OTHER_SECRET = SECRET.replace("MDEy", "NDEy")
MUTANTS = 60
ORDERS = 4
DEEP = 1_000
FRESH = timedelta(hours=24)
"""What comes later than this is a message of its own, so no order could change that."""


def cases(name: str) -> list[Case]:
    """Return the recorded payloads of a source."""
    return [case for case in CASES if case.source == name]


@pytest.fixture(params=list(SOURCES))
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """Yield each source behind a door of its own."""
    async with House(tmp_path / "tocsin.db", SOURCES[request.param]) as own:
        yield own


async def test_every_sample_is_taken_and_owed(house: House) -> None:
    """Signed as its sender signs, it is stored byte for byte and owed to who hears everything."""
    recorded = cases(house.source.name)
    assert recorded, "a source without a sample is a source that nobody has tried"
    for number, case in enumerate(recorded):
        assert await house.deliver(case.body, f"msg_{number}") == 200
    await house.route()

    assert {case.body for case in recorded} == set(house.bodies())
    assert house.count("events WHERE state <> 'routed'") == 0
    assert house.owed()
    assert_sayable(house)


async def test_no_other_proof_is_taken(house: House) -> None:
    """Missing, altered in any place, of another secret, or sent twice: nothing is stored."""
    body = cases(house.source.name)[0].body
    good = house.signed(body)
    wrong = [{name: value for name, value in good.items() if name != gone} for gone in good]
    wrong += [{**good, name: spoilt} for name in good for spoilt in _spoilt(good[name])]
    wrong += [{}, house.signed(body, key=OTHER_SECRET)]

    assert [await house.post(body, one) for one in wrong] == [401] * len(wrong)
    assert [await house.post(body, good, name) for name in good] == [400] * len(good)
    assert house.count("bodies") == 0
    assert await house.post(body, good) == 200


async def test_proof_is_of_this_body_and_this_hour(house: House) -> None:
    """Where a proof covers body and time, it is good for no other; the window has an edge."""
    body = cases(house.source.name)[0].body
    other = body.replace(b"}", b" }", 1)
    good = house.signed(body)
    covers_body = good != house.signed(other)
    covers_time = good != house.signed(body, age_s=10)

    assert await house.post(other, good) == (401 if covers_body else 200)
    for age_s in (TOLERANCE_S, -TOLERANCE_S):
        assert await house.post(body, house.signed(body, age_s=age_s)) == 200
    for age_s in (TOLERANCE_S + 1, -TOLERANCE_S - 1):
        status = await house.post(body, house.signed(body, age_s=age_s))
        assert status == (401 if covers_time else 200)


async def test_redelivery_changes_nothing(house: House) -> None:
    """The same again, at once or signed anew a minute later, is acknowledged and not said."""
    recorded = cases(house.source.name)
    stands = []
    for _ in range(3):
        for number, case in enumerate(recorded):
            assert await house.deliver(case.body, f"msg_{number}") == 200
        await house.route()
        stands.append([house.count(one) for one in ("bodies", "events", "notifications")])
        house.later(60)

    first, *again = stands
    assert again == [first, first]


async def test_broken_bytes_are_taken_and_kept(house: House) -> None:
    """What its sender signed is acknowledged whatever it is, and nothing stumbles over it."""
    random = Random(house.source.name)
    recorded = cases(house.source.name)
    sent = set()
    for number in range(MUTANTS):
        raw = _mutant(random, random.choice(recorded).body)
        assert await house.deliver(raw, f"msg_{number}") == 200
        sent.add(raw)
    await house.route()

    assert sent == set(house.bodies())
    assert house.count("events WHERE state IN ('received', 'dead') AND reason IS NOT NULL") == 0
    assert house.count("events WHERE state = 'received'") == 0
    assert_sayable(house)


async def test_body_has_a_limit(house: House) -> None:
    """A mebibyte is taken; one byte more is refused before anybody reads it."""
    body = cases(house.source.name)[0].body
    full = body + b" " * (MOST_BODY_BYTES - len(body))

    assert await house.deliver(full) == 200
    assert await house.deliver(full + b" ", "msg_2") == 413
    assert house.bodies() == [full]


async def test_depth_in_any_place_is_no_way_in(house: House) -> None:
    """A thousand lists in the place of any text: acknowledged, kept, and said or set aside."""
    body = json.loads(cases(house.source.name)[0].body)
    deep = "[" * DEEP + "]" * DEEP
    for number, path in enumerate(strings(body)):
        raw = json.dumps(replaced(body, path, "CANARY")).replace('"CANARY"', deep).encode()
        with pytest.raises(PayloadError):
            read(Case(source=house.source.name, name="deep", body=raw))
        assert await house.deliver(raw, f"msg_{number}") == 200
    await house.route()

    assert house.count("events WHERE state = 'received'") == 0


@pytest.mark.parametrize("name", SOURCES)
async def test_any_order_ends_in_the_same_message(name: str, tmp_path: Path) -> None:
    """Events of one card, stored and routed in several orders, show the same in the end."""
    shown = []
    for order in range(ORDERS if _cards(name) else 0):
        async with House(tmp_path / f"{order}.db", SOURCES[name]) as house:
            for card in _cards(name).values():
                for number, raw in enumerate(_ordered(card, order)):
                    assert await house.deliver(raw, f"msg_{number}") == 200
                    await house.route()
            shown.append(sorted((one.card or "", one.footer, one.title) for one in house.owed()))

    assert all(one == another for one, another in pairwise(shown))
    assert all(len(one) == len(_cards(name)) for one in shown)


def assert_sayable(house: House) -> None:
    """Slack would take every message that is owed."""
    for alert in house.told():
        for message in messages(alert):
            assert problems(message) == []


def _spoilt(value: str) -> list[str]:
    """Return a header's value with one character another, in several places.

    The last two may carry bits that base64 does not use.
    """
    places = range(0, len(value) - 2, max(1, len(value) // 12))
    return [f"{value[:one]}{'0' if value[one] != '0' else '1'}{value[one + 1 :]}" for one in places]


def _mutant(random: Random, raw: bytes) -> bytes:
    """Return bytes of which some are other, gone, or there twice."""
    mutant = bytearray(raw)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(mutant))
        match random.randrange(4):
            case 0:
                mutant[at] = random.randrange(256)
            case 1:
                del mutant[at : at + random.randint(1, 9)]
            case 2:
                mutant[at:at] = mutant[at : at + random.randint(1, 40)]
            case _:
                mutant[at:at] = bytes([random.choice(b'"\\{}[],:\x00\xff09ntf')])
        if not mutant:
            return raw
    return bytes(mutant)


def _cards(name: str) -> dict[str, list[Case]]:
    """Return the samples of a source that tell of one card, where there are several in a day."""
    found: dict[str, list[tuple[Any, Case]]] = defaultdict(list)
    for case in cases(name):
        events = read(case)
        alert = SOURCES[name].format(events[0])
        if "--" not in case.name and len(events) == 1 and alert.card and not alert.aside:
            found[alert.card].append((events[0].occurred_at, case))
    cards = {}
    for card, told in found.items():
        begun = min(at for at, _ in told)
        cards[card] = [one for at, one in told if at - begun <= FRESH]
    return {card: told for card, told in cards.items() if len(told) > 1}


def _ordered(card: list[Case], order: int) -> list[bytes]:
    """Return the bodies of a card in one of several orders: as listed, reversed, shuffled."""
    bodies = [case.body for case in card]
    if order == 1:
        bodies.reverse()
    elif order:
        Random(order).shuffle(bodies)
    return bodies
