"""A server on loopback that can vanish and come back, and end a connection rudely."""

import socket
import struct
from collections.abc import Sequence

from aiohttp import web

HOST = "127.0.0.1"
_SHUTDOWN_S = 0.2  # then handlers that still wait are cancelled


class LoopbackServer:
    """One listening socket on loopback; port 0 takes any, and keeps it from then on."""

    def __init__(self, routes: Sequence[web.RouteDef], port: int) -> None:
        self._routes = routes
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The address, without a slash at the end.

        Raises: RuntimeError before the first start.
        """
        if not self._port:
            raise RuntimeError("the server was never started, so it has no port yet")
        return f"http://{HOST}:{self._port}"

    async def start(self) -> None:
        """Listen; a server that listens already is left alone."""
        if self._runner is not None:
            return
        app = web.Application()
        app.add_routes(self._routes)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_S)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the socket and every open connection; new ones are refused."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()


def hang_up(request: web.Request, *, reset: bool) -> None:
    """End the connection of `request`: in good order, or with a TCP reset."""
    transport = request.transport
    if transport is None:  # the client was faster
        return
    if not reset:
        transport.close()
        return
    # No lingering: the kernel then sends RST, where a close would send FIN.
    connection: socket.socket = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
