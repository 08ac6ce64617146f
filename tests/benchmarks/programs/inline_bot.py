"""The bot that most people write: verify, post to Slack, then answer.

`inline_bot.py PORT SLACK SECRET` keeps nothing, so whatever it has not posted when it ends is lost.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sys

import uvicorn
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PORT, SLACK, SECRET = int(sys.argv[1]), sys.argv[2], sys.argv[3]

client = AsyncWebClient(token="xoxb-benchmark", base_url=f"{SLACK}/api/")


async def webhook(request: Request) -> Response:
    """Say it in Slack, then answer 200."""
    body = await request.body()
    timestamp = request.headers["x-surfacedby-timestamp"]
    expected = hmac.digest(SECRET.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hex()
    if not hmac.compare_digest(
        f"t={timestamp},v1={expected}", request.headers["x-surfacedby-signature"]
    ):
        return JSONResponse({"error": "signature"}, 401)
    event = json.loads(body)
    text = f"Scan of {event['data']['domain']} failed"
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]
    channel = event["data"]["workspace_id"].replace("wsp_", "C")
    await client.chat_postMessage(channel=channel, text=text, blocks=blocks)
    return JSONResponse({"ok": True})


app = Starlette(routes=[Route("/webhooks/surfacedby", webhook, methods=["POST"])])

if __name__ == "__main__":
    uvicorn.run(app, port=PORT, log_config=None, access_log=False)
