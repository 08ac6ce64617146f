"""Acting out a fault on the connection a call came by."""

import asyncio
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from aiohttp import web

from bot.playground import faults
from bot.playground.loopback import hang_up
from bot.playground.parallel.answers import Answer
from bot.playground.parallel.call import Call
from bot.playground.parallel.writing import write

_HTML = "<html><body><h1>{status}</h1><p>upstream</p></body></html>"
_SOME_BODY = b'{"monitors": [], "events": [], "next_cursor": null}'
_BOMB_PART_BYTES = 1 << 20


async def play(
    fault: faults.Fault,
    request: web.Request,
    call: Call,
    carry_out: Callable[[Call], Answer],
) -> web.StreamResponse:
    """Answer, or refuse to, as the fault says; a silence ends when the server stops."""
    match fault:
        case faults.EndlessCursor():
            return await write(request, _endless(fault, call, carry_out))
        case faults.HalfBody():
            return await _half(request, carry_out(call) if fault.after else None)
        case faults.GzipBomb():
            parts = _gzip_of_spaces(fault.size_bytes)
            return await write(request, Answer(200, parts), encoding="gzip")
        case faults.Delay():
            await asyncio.sleep(fault.seconds)
            return await write(request, carry_out(call))
        case faults.Reset() | faults.CloseWithoutAnswer() | faults.Hang():
            if fault.after:
                carry_out(call)
            if isinstance(fault, faults.Hang):
                await asyncio.sleep(fault.seconds)
            hang_up(request, reset=isinstance(fault, faults.Reset))
            return web.Response()
        case _:
            if isinstance(fault, faults.ServerError | faults.Text200) and fault.after:
                carry_out(call)
            return _said_instead(fault)


def _said_instead(
    fault: faults.RateLimited
    | faults.ServerError
    | faults.ErrorBody
    | faults.Text200
    | faults.WrongType
    | faults.ApiError,
) -> web.Response:
    match fault:
        case faults.RateLimited(retry_after, html):
            shape: faults.Shape = "html" if html else "json"
            response = _shaped(429, shape, "Rate limited or quota exceeded")
            if retry_after is not None:
                response.headers["Retry-After"] = retry_after
            return response
        case faults.ServerError(status, shape):
            return _shaped(status, shape, "Internal server error")
        case faults.ErrorBody(status, body):
            return web.json_response(body, status=status)
        case faults.Text200(text):
            return web.Response(text=text)
        case faults.WrongType(body):
            return web.json_response(body)
        case faults.ApiError():
            raise TypeError("ApiError is Slack's way to refuse; Parallel's is ErrorBody")


def _shaped(status: int, shape: faults.Shape, message: str) -> web.Response:
    match shape:
        case "json":
            error = {"ref_id": "00000000-0000-4000-8000-000000000000", "message": message}
            return web.json_response({"type": "error", "error": error}, status=status)
        case "html":
            page = _HTML.format(status=status)
            return web.Response(status=status, text=page, content_type="text/html")
        case "text":
            return web.Response(status=status, text=message)
        case "empty":
            return web.Response(status=status)


def _endless(
    fault: faults.EndlessCursor, call: Call, carry_out: Callable[[Call], Answer]
) -> Answer:
    query = {name: values for name, values in call.query.items() if name != "cursor"}
    answer = carry_out(replace(call, query=query))
    content = {**json.loads(answer.whole()), "next_cursor": fault.cursor}
    return Answer(answer.status, json.dumps(content).encode())


async def _half(request: web.Request, answer: Answer | None) -> web.StreamResponse:
    body = answer.whole() if answer else b""
    status = answer.status if answer and body else 200
    body = body or _SOME_BODY
    response = web.StreamResponse(status=status)
    response.content_type, response.content_length = "application/json", len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    hang_up(request, reset=False)
    return response


def _gzip_of_spaces(size_bytes: int) -> Iterator[bytes]:
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for start in range(0, size_bytes, _BOMB_PART_BYTES):
        yield packer.compress(b" " * min(_BOMB_PART_BYTES, size_bytes - start))
    yield packer.flush()
