"""The Web API over HTTP: tokens, faults, and a record of every call."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.playground.faults import Fault, FaultPlan
from bot.playground.slack.arguments import arguments
from bot.playground.slack.message import Json
from bot.playground.slack.methods import METHODS, WITHOUT_TOKEN, Method
from bot.playground.slack.misbehaviour import play
from bot.playground.slack.refusal import MethodError
from bot.playground.slack.world import World


@dataclass(eq=False)
class Call:
    """A request to the Web API.

    `outcome` is `ok` or the error name once the call was carried out, and empty when it never
    was; `fault` is what it met.
    """

    method: str
    args: Mapping[str, Any]
    at: datetime
    outcome: str = ""
    fault: Fault | None = None


@dataclass
class WebApi:
    """Serves the methods; `token_error` is answered to our own token while it is set.

    `app_methods` are those that belong to the app, and take `app_token` instead.
    """

    world: World
    faults: FaultPlan
    app_methods: Mapping[str, Method]
    app_token: str
    token: str = field(default_factory=lambda: f"xoxb-playground-{secrets.token_hex(12)}")
    token_error: str | None = None
    calls: list[Call] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request as Slack would, or as the fault it meets says."""
        method = request.match_info["method"]
        try:
            args = await arguments(request)
        except MethodError as error:
            return _refused(error)
        token = _token(request, args.pop("token", None))
        call = Call(method, args, self.world.clock())
        self.calls.append(call)
        self.world.changes.notify()
        if method in METHODS or method in self.app_methods:
            call.fault = self.faults.take(method, args.get("channel"))
        if call.fault is None:
            return self._carry_out(call, token)
        return await play(call.fault, request, lambda: self._carry_out(call, token))

    def _carry_out(self, call: Call, token: str | None) -> web.Response:
        try:
            response = web.json_response({"ok": True, **self._result(call, token)})
            call.outcome = "ok"
        except MethodError as error:
            response = _refused(error)
            call.outcome = error.name
        response.headers["x-oauth-scopes"] = ",".join(sorted(self.world.scopes))
        self.world.changes.notify()
        return response

    def _result(self, call: Call, token: str | None) -> Json:
        method = METHODS.get(call.method) or self.app_methods.get(call.method)
        if method is None:
            raise MethodError("unknown_method", req_method=call.method)
        if call.method not in WITHOUT_TOKEN:
            self._authorise(call.method, token)
        return method(self.world, call.args)

    def _authorise(self, method: str, token: str | None) -> None:
        if not token:
            raise MethodError("not_authed")
        if token not in (self.token, self.app_token):
            raise MethodError("invalid_auth")
        of_app = method in self.app_methods
        if of_app != (token == self.app_token):
            raise MethodError("not_allowed_token_type")
        if of_app:
            return
        if self.token_error:
            raise MethodError(self.token_error)


def _token(request: web.Request, argument: str | None) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else argument


def _refused(error: MethodError) -> web.Response:
    answer = {"ok": False, "error": error.name, **error.details}
    if error.retry_after_s is None:
        return web.json_response(answer)
    headers = {"Retry-After": str(error.retry_after_s)}
    return web.json_response(answer, status=429, headers=headers)
