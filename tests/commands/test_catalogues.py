"""What sources list can be followed by its name, before any event spoke of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.commands.offering import Offering
from bot.commands.register import Register
from bot.core.errors import ApiError
from bot.core.events import Subject
from bot.core.reasons import Reason
from bot.core.sources import Source
from bot.core.verify import SharedToken
from tests.commands.counter import Counter
from tests.store.making import TEAM

SOURCES = {"deck": Source("deck", "Deck", SharedToken(), kinds=("agent", "task"))}


class FakeCatalogue:
    """A list of agents, or an API that fails."""

    kinds = ("agent",)

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails = False

    async def list(self, kind: str) -> Sequence[Subject]:
        """Return two agents."""
        self.asked.append(kind)
        if self.fails:
            raise ApiError("Deck cannot be reached.", reason=Reason.UNREACHABLE)
        names = {"agt_1": "Invoice fetcher", "agt_2": "Payroll"}
        return [Subject(kind=kind, id=one, name=name) for one, name in names.items()]


@pytest.fixture
def catalogue() -> FakeCatalogue:
    """Return the list."""
    return FakeCatalogue()


@pytest.fixture
def offering(counter: Counter, catalogue: FakeCatalogue) -> Offering:
    """Return what is offered with a key to Deck."""
    memory = counter.store
    register = Register(memory.monitors, memory.subscriptions, memory.names, None)
    return Offering(
        SOURCES,
        memory.names,
        open_sources=["deck"],
        register=register,
        catalogues={"deck": catalogue},
    )


async def test_a_name_is_found_in_the_list(offering: Offering) -> None:
    """A unique part of a name means the thing, though no event has named it."""
    chosen = await offering.choose(TEAM, "deck", Subject(kind="agent", id="invoice"))

    assert chosen == Subject(kind="agent", id="agt_1")


async def test_a_list_to_choose_from(offering: Offering, catalogue: FakeCatalogue) -> None:
    """A menu offers what there is; of a kind without a list nobody asks."""
    found = await offering.options(TEAM, "deck", "agent")

    assert {one.name for one in found} == {"Invoice fetcher", "Payroll"}
    assert await offering.options(TEAM, "deck", "task") == []
    assert catalogue.asked == ["agent"]


async def test_what_was_seen_needs_no_list(
    offering: Offering, counter: Counter, catalogue: FakeCatalogue
) -> None:
    """An id that events spoke of is taken without a call."""
    await counter.store.names.learn("deck", [Subject(kind="agent", id="agt_9", name="Old")])

    chosen = await offering.choose(TEAM, "deck", Subject(kind="agent", id="Old"))

    assert chosen == Subject(kind="agent", id="agt_9")
    assert catalogue.asked == []


async def test_an_api_that_is_away(offering: Offering, catalogue: FakeCatalogue) -> None:
    """Then what was seen has to do, and an id is taken as it is."""
    catalogue.fails = True

    chosen = await offering.choose(TEAM, "deck", Subject(kind="agent", id="agt_7"))

    assert chosen == Subject(kind="agent", id="agt_7")
    assert await offering.options(TEAM, "deck", "agent") == []
