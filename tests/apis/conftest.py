"""A simulated Parallel and our client of it."""

from collections.abc import AsyncIterator

import pytest

from bot.apis.parallel import ParallelApi
from bot.playground.parallel import API_KEY, ParallelSim

WEBHOOK_URL = "https://bot.example.com/webhooks/parallel"


@pytest.fixture
async def sim() -> AsyncIterator[ParallelSim]:
    """Run the simulated API."""
    async with ParallelSim() as running:
        yield running


@pytest.fixture
async def api(sim: ParallelSim) -> AsyncIterator[ParallelApi]:
    """Speak to the simulated API, with little patience."""
    client = ParallelApi(API_KEY, sim.base_url, webhook_url=WEBHOOK_URL, timeout_s=2)
    yield client
    await client.close()


@pytest.fixture
async def patient(sim: ParallelSim) -> AsyncIterator[ParallelApi]:
    """Speak to the simulated API and wait, where the time is not what is tested."""
    client = ParallelApi(API_KEY, sim.base_url, webhook_url=WEBHOOK_URL, timeout_s=60)
    yield client
    await client.close()
