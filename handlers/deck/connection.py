"""`connection.*` and `credential.*`: how Deck signs in; the newer name is credential."""

from __future__ import annotations

from bot.core.alerts import Alert, Field, Severity, known
from bot.core.events import Event, Payload, empty
from handlers.deck import source
from handlers.deck.resource import Resource, asked_for, classified, explained, shown, sign_in
from handlers.deck.stage import NEEDS_ANSWER, Stage, staged, verb

_REFUSED = "was refused: new credentials are needed"
_INVALID = {
    # A refused connection is not used again, a refused credential may be mended.
    "connection": Stage(_REFUSED, "refused", 90, final=True),
    "credential": Stage(_REFUSED, "refused", 50),
}
_WHAT_TO_DO = {
    "connection": "Make a new connection with new credentials; this one stays refused.",
    "credential": "Enter new credentials in Deck; until then its runs fail.",
}
_CONNECTION = {
    "connecting": Stage("is connecting", "connecting", 20),
    "connected": Stage("is connected", "connected", 40),
    "disconnected": Stage("was disconnected", "disconnected", 50),
    "terminated": Stage("was ended for good", "ended", 90, final=True),
}
_CREDENTIAL = {
    "created": Stage("was created", "created", 10),
    "unverified": Stage("is unverified", "unverified", 20),
    "verified": Stage("was verified", "verified", 40),
    "deleted": Stage("was deleted", "deleted", 90, final=True),
}
_NOTICES = {
    "disconnected": "It was idle, or nobody answered in time; it can be opened again.",
    "terminated": "Its credentials are erased.",
    "unverified": "Deck has not signed in with it yet.",
}


class SignIn(Resource):
    """A connection or a credential; `auth_credentials` are not read."""

    source_id: str = ""


class SignInEvent(Payload):
    """The body of `connection.*` and of `credential.*`."""

    data: SignIn = empty(SignIn)


@source.on("connection.interaction_required", SignInEvent)
def connection_interaction_required(event: Event, body: SignInEvent) -> Alert:
    """A warning that needs a person: unanswered, it disconnects. Codes never go by message."""
    return staged(
        "connection",
        body.data,
        NEEDS_ANSWER,
        _facts(body.data),
        severity=Severity.WARNING,
        action=True,
        notice="Answer in Deck's console, never here; unanswered, it disconnects.",
    )


@source.on("connection.invalid", SignInEvent)
@source.on("credential.invalid", SignInEvent)
def sign_in_invalid(event: Event, body: SignInEvent) -> Alert:
    """An error that needs a person: only the owner has other credentials."""
    kind, _, _ = event.type.partition(".")
    return staged(
        kind,
        body.data,
        _INVALID[kind],
        _facts(body.data),
        severity=Severity.ERROR,
        action=True,
        text=explained(body.data.errors),
        notice=_WHAT_TO_DO[kind],
    )


def sign_in_moved(event: Event, body: SignInEvent) -> Alert:
    """For those who ask; where there is a message that needs a person, it is settled."""
    kind, stages = (
        ("connection", _CONNECTION)
        if event.type.startswith("connection.")
        else ("credential", _CREDENTIAL)
    )
    happened = verb(event.type)
    notice = _NOTICES.get(happened)
    return staged(kind, body.data, stages[happened], _facts(body.data), notice=notice)


for _kind, _stages in (("connection", _CONNECTION), ("credential", _CREDENTIAL)):
    for _verb in _stages:
        source.on(f"{_kind}.{_verb}", SignInEvent, default=False)(sign_in_moved)


def _facts(one: SignIn) -> tuple[Field, ...]:
    return known(
        ("Error", classified(one.errors)),
        ("Asked for", asked_for(one.interaction)),
        ("For", shown(one.external_id)),
        ("Source", one.source_id),
        ("Signs in by", sign_in(one.auth_method)),
    )
