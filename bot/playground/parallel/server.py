"""The HTTP side of the simulated API: routes, and a server that can vanish and return."""

from collections.abc import Awaitable, Callable

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ROUTES = (
    ("create", "POST", "/v1/monitors"),
    ("list", "GET", "/v1/monitors"),
    ("retrieve", "GET", "/v1/monitors/{monitor_id}"),
    ("update", "POST", "/v1/monitors/{monitor_id}/update"),
    ("cancel", "POST", "/v1/monitors/{monitor_id}/cancel"),
    ("trigger", "POST", "/v1/monitors/{monitor_id}/trigger"),
    ("events", "GET", "/v1/monitors/{monitor_id}/events"),
)
OPERATIONS = tuple(operation for operation, _, _ in ROUTES)
_HOST = "127.0.0.1"
_SHUTDOWN_S = 0.2


class Server:
    """One listening socket on loopback; port 0 takes any, and keeps it from then on."""

    def __init__(self, handler: Handler, port: int) -> None:
        self._handler = handler
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def base_url(self) -> str:
        """The address, without a slash at the end.

        Raises: RuntimeError before the first start.
        """
        if not self._port:
            raise RuntimeError("the server was never started, so it has no port yet")
        return f"http://{_HOST}:{self._port}"

    async def start(self) -> None:
        """Listen; a server that listens already is left alone."""
        if self._runner is not None:
            return
        app = web.Application()
        for operation, method, path in ROUTES:
            app.router.add_route(method, path, self._handler, name=operation)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_S)
        await self._runner.setup()
        await web.TCPSite(self._runner, _HOST, self._port).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the socket and every open connection; new ones are refused."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()
