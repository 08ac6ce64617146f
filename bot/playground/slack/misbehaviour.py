"""Acting out a fault on the connection a call came by."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from bot.playground import faults
from bot.playground.loopback import hang_up

_HTML = "<html><body><h1>{status}</h1><p>upstream</p></body></html>"
_SOME_BODY = b'{"ok": true, "channel": "C0", "ts": "0.0"}'

CarryOut = Callable[[], web.Response]


async def play(
    fault: faults.Fault, request: web.Request, carry_out: CarryOut
) -> web.StreamResponse:
    """Answer, or refuse to, as the fault says."""
    if isinstance(fault, faults.Delay):
        await asyncio.sleep(fault.seconds)
        return carry_out()
    done = carry_out() if getattr(fault, "after", False) else None
    match fault:
        case faults.HalfBody():
            return await _half(request, done)
        case faults.Reset() | faults.CloseWithoutAnswer() | faults.Hang():
            if isinstance(fault, faults.Hang):
                await asyncio.sleep(fault.seconds)
            hang_up(request, reset=isinstance(fault, faults.Reset))
            return web.Response()
        case _:
            return _said_instead(fault)


def _said_instead(fault: faults.Fault) -> web.Response:
    match fault:
        case faults.RateLimited(retry_after, html):
            response = _shaped(429, "html" if html else "json", "ratelimited")
            if retry_after is not None:
                response.headers["Retry-After"] = retry_after
            return response
        case faults.ServerError(status, shape):
            return _shaped(status, shape, "internal_error")
        case faults.ErrorBody(status, body):
            return web.json_response(body, status=status)
        case faults.Text200(text):
            return web.Response(text=text)
        case faults.WrongType(body):
            return web.json_response(body)
        case faults.ApiError(error):
            return web.json_response({"ok": False, "error": error})
        case _:
            raise TypeError(f"Slack never fails like {fault}")


def _shaped(status: int, shape: faults.Shape, error: str) -> web.Response:
    match shape:
        case "json":
            return web.json_response({"ok": False, "error": error}, status=status)
        case "html":
            page = _HTML.format(status=status)
            return web.Response(status=status, text=page, content_type="text/html")
        case "text":
            return web.Response(status=status, text=error)
        case "empty":
            return web.Response(status=status)


async def _half(request: web.Request, done: web.Response | None) -> web.StreamResponse:
    body = bytes(done.body) if done and isinstance(done.body, bytes) else _SOME_BODY
    response = web.StreamResponse()
    response.content_type, response.content_length = "application/json", len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    hang_up(request, reset=False)
    return response
