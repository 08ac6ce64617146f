"""Which APIs are called, by the keys that are set."""

from __future__ import annotations

import time

import pytest
from aiohttp import ClientSession

from bot.config import Settings
from bot.core.errors import ApiError
from bot.playground.deck import DeckSim
from bot.vendors import offered, open_vendors


@pytest.mark.parametrize(
    ("keys", "acts", "catalogues"),
    [
        ((), set(), set()),
        (("DECK",), {"deck.answer"}, {"deck"}),
        (("LYTICS",), {"lytics.resume", "lytics.logs"}, set()),
        (("SURFACEDBY",), set(), {"surfacedby"}),
        (("DECK", "LYTICS", "SURFACEDBY"), {"deck.answer", "lytics.resume", "lytics.logs"},
         {"deck", "surfacedby"}),
    ],
)  # fmt: skip
async def test_a_key_opens_an_api(
    keys: tuple[str, ...], acts: set[str], catalogues: set[str]
) -> None:
    """Without a key there is neither a client nor a button."""
    settings = Settings.from_values({f"{name}_API_KEY": "secret-1" for name in keys})
    async with ClientSession() as session:
        vendors = open_vendors(settings, session, monotonic=time.monotonic)

    assert set(offered(settings)) == acts
    assert set(vendors.catalogues) == catalogues
    assert (vendors.deck is not None, vendors.lytics is not None) == (
        "DECK" in keys,
        "LYTICS" in keys,
    )


async def test_only_the_base_url_is_called() -> None:
    """What is set as the address is where a call goes, its path before ours."""
    async with DeckSim() as sim, ClientSession() as session:
        values = {"DECK_API_KEY": sim.api_key, "DECK_BASE_URL": sim.base_url}
        vendors = open_vendors(Settings.from_values(values), session, monotonic=time.monotonic)
        assert vendors.deck is not None
        with pytest.raises(ApiError):
            await vendors.deck.prompt("trun_1")

    assert [call.path for call in sim.calls] == ["/v2/task-runs/trun_1"]
