"""Writing an answer to the connection its call came by."""

from contextlib import suppress

from aiohttp import web

from bot.playground.parallel.answers import Answer


async def write(
    request: web.Request, answer: Answer, *, encoding: str | None = None
) -> web.StreamResponse:
    """Send the answer; parts are made no faster than the client takes them."""
    headers = {} if encoding is None else {"Content-Encoding": encoding}
    if isinstance(answer.body, bytes):
        headers |= {"Content-Type": "application/json"} if answer.body else {}
        return web.Response(status=answer.status, body=answer.body, headers=headers)
    headers["Content-Type"] = "application/json"
    response = web.StreamResponse(status=answer.status, headers=headers)
    await response.prepare(request)
    with suppress(ConnectionError):  # a client may stop reading
        for part in answer.body:
            await response.write(part)
    return response
