"""Socket Mode: what Slack sends, over a websocket that we open. Bolt listens as for HTTP.

slack_sdk (3.47) brings a client, and Bolt a handler for it, that acknowledge after the
listener has run, as we need it. It is not used because of what it does when a connection
ends. Asked for a new one it closes the old at once, so that what is under way loses its
acknowledgement; a handshake that is refused once is repeated forever with the same spent
ticket; that ticket, a secret, is logged; closing does not wait for what was begun; and it
opens a session of its own, with a proxy from the environment.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from aiohttp import ClientSession, ClientWSTimeout
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import DeliveryError
from bot.core.reasons import Reason
from bot.slack.client import call
from bot.slack.errors import classify
from bot.slack.front_door import Dispatch
from bot.slack.websocket import Patience, Websocket

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 60.0
PATIENCE = Patience()
_CLOSE_S = 1.0

_log = logging.getLogger(__name__)


class SocketMode:
    """Keeps a websocket to Slack open, and a second one while Slack replaces the first.

    `dispatch` is what the front door calls too. `jitter` is from -1 to 1.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        session: ClientSession,
        *,
        app_token: str,
        dispatch: Dispatch,
        jitter: Callable[[], float],
        patience: Patience = PATIENCE,
    ) -> None:
        self._client = client
        self._session = session
        self._app_token = app_token
        self._dispatch = dispatch
        self._jitter = jitter
        self._patience = patience
        self._websockets: dict[Websocket, asyncio.Task[None]] = {}
        self._keeper: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        """Whether Slack can reach us now."""
        return any(one.greeted for one in self._websockets)

    def start(self) -> None:
        """Begin to connect; call it from the event loop."""
        self._keeper = asyncio.create_task(self._keep_open(), name="socket mode")

    async def close(self) -> None:
        """Read nothing more, acknowledge what is under way, and close."""
        websockets = list(self._websockets)
        tasks = [*self._websockets.values(), *([self._keeper] if self._keeper else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(one.close() for one in websockets))

    async def _keep_open(self) -> None:
        failures = 0
        while True:
            began, asked_s = time.monotonic(), None
            try:
                websocket = await self._open()
                _log.info("Connected to Slack by Socket Mode")
                await websocket.leaving.wait()
            except Exception as error:
                trouble = classify(error)
                asked_s = trouble.retry_after_s
                _tell(trouble)
            failures = 0 if time.monotonic() - began > self._patience.steady_s else failures + 1
            if failures:
                await asyncio.sleep(asked_s or self._pause_s(failures))

    def _pause_s(self, failures: int) -> float:
        pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures - 1, 10))
        return pause_s * (1 + 0.3 * self._jitter())

    async def _open(self) -> Websocket:
        """Return a websocket on which Slack has said hello.

        Raises:
            DeliveryError: Slack gives none, or not one that can be trusted.
            TimeoutError: it did not say hello.
            aiohttp.ClientError: it cannot be reached.
        """
        connection = await self._session.ws_connect(
            await new_address(self._client, self._app_token),
            heartbeat=self._patience.heartbeat_s,
            timeout=ClientWSTimeout(ws_close=_CLOSE_S),
        )
        websocket = Websocket(connection, self._dispatch, self._patience.overlap_s)
        task = asyncio.create_task(websocket.serve(), name="websocket")
        self._websockets[websocket] = task
        task.add_done_callback(lambda _: self._websockets.pop(websocket))
        try:
            async with asyncio.timeout(self._patience.hello_s):
                await websocket.settled.wait()
        except TimeoutError:
            task.cancel()
            await websocket.close()
            raise
        if not websocket.greeted:
            raise DeliveryError(Reason.DISCONNECTED, detail="closed without a hello")
        return websocket


async def new_address(client: AsyncWebClient, app_token: str) -> str:
    """Return the address of one new websocket; it is a ticket, and so a secret.

    Raises:
        DeliveryError: Slack gives none, or not one that can be trusted.
    """
    answer = await call(client.apps_connections_open(app_token=app_token))
    url = str(answer.get("url"))
    # In clear only to a stand-in that is called in clear as well.
    scheme = "ws://" if client.base_url.startswith("http://") else "wss://"
    if not url.startswith(scheme):
        raise DeliveryError(Reason.SERVER, detail="apps.connections.open without an address")
    return url


def _tell(trouble: DeliveryError) -> None:
    """Log why there is no connection, never an address: it is a ticket."""
    if trouble.reason in {Reason.INSTALLATION, Reason.SCOPE}:
        _log.warning("Slack does not accept SLACK_APP_TOKEN: %s", trouble.detail)
    else:
        _log.warning("No connection to Slack by Socket Mode: %s", trouble)
