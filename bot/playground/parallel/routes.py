"""The routes of the simulated API; each is named by the operation it stands for."""

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


def routes(handler: Handler) -> list[web.RouteDef]:
    """Return every route, all answered by `handler`."""
    return [web.route(method, path, handler, name=name) for name, method, path in ROUTES]
