"""Bare calls of `chat_postMessage` on one session: `bare_posts.py SLACK COUNT AT_ONCE`.

Prints the processor seconds that they took.
"""

from __future__ import annotations

import asyncio
import sys
import time

import uvloop
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.blocks import render
from tests.benchmarks.sample import notification


async def _post(client: AsyncWebClient, count: int) -> None:
    message = render(notification())
    for _ in range(count):
        await client.chat_postMessage(channel="C1", **message)


async def _run(slack: str, count: int, at_once: int) -> None:
    async with ClientSession() as session:
        client = AsyncWebClient(
            token="xoxb-benchmark", base_url=f"{slack}/api/", session=session, retry_handlers=[]
        )
        await _post(client, at_once)  # connections and first uses of everything
        began = time.process_time()
        await asyncio.gather(*(_post(client, count // at_once) for _ in range(at_once)))
        print(time.process_time() - began)  # noqa: T201 - the process that started us reads it


if __name__ == "__main__":
    uvloop.run(_run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
