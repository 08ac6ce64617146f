"""What Deck's resources have in common: who they are for, errors, and prompts."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.core.events import Event, Objects, Payload, empty
from bot.core.wording import clip, count, humanised

_MOST_NAME = 80
_MOST_ERRORS = 3
_MOST_MESSAGE = 300
# An id of the customer's own making may as well be an address, a name or a telephone number.
_OPAQUE = re.compile(r"[A-Za-z0-9_.:/-]{1,80}")

_ASKED_FOR = {
    "mfa": "a one-time code",
    "security_question": "the answer to a security question",
    "account_selection": "which account to use",
}
_SIGN_INS = {"username_password": "user name and password", "google_sso": "Google"}

_OURS = "What it was started with is at fault: mend that, then run it again."
_DECKS = "Deck counts this as its own fault: run it again, and tell Deck if it comes back."
_SITES = "The website is at fault: run it again when it works."
_ADVICE = {
    **dict.fromkeys(("api", "session", "task", "storage"), _DECKS),
    **dict.fromkeys(("request", "idempotency", "rate_limit", "organization"), _OURS),
    **dict.fromkeys(("source", "connection"), _SITES),
    "auth": "The credentials were refused: enter new ones in Deck, then run it again.",
    "interaction": "Nobody answered in time: run it again, with the answer at hand.",
}
_NO_ADVICE = "Deck's console shows how far it came."


class Problem(Payload):
    """An error; `type` says whose fault it is."""

    type: str = ""
    code: str = ""
    message: str = ""


class Blank(Payload):
    """Something that a website asks a person to fill in."""

    name: str = ""
    label: str = ""


class Interaction(Payload):
    """A prompt. Its `message` is not read, because it may name a person."""

    type: str = ""
    fields: Objects[Blank] = ()


class Resource(Payload):
    """An object of Deck; only its id is sure to be there."""

    id: str = ""
    external_id: str = ""
    auth_method: str = ""
    errors: Objects[Problem] = ()
    interaction: Interaction = empty(Interaction)


def named(noun: str, name: str) -> str:
    """Return what an alert is about, such as `Task run trun_1`; `A task run` without a name."""
    article = "An" if noun[0] in "aeiou" else "A"
    words = clip(name, _MOST_NAME)
    return f"{noun.capitalize()} {words}" if words else f"{article} {noun}"


def name_of(event: Event, kind: str, thing_id: str) -> str:
    """Return what a thing that an event refers to is called, "" if that is not known."""
    wanted = (kind, thing_id)
    names = (one.name for one in event.subjects if (one.kind, one.id) == wanted)
    return next(filter(None, names), "")


def host(url: str) -> str:
    """Return the host of an address, whose path and query may hold a secret."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def sign_in(auth_method: str) -> str:
    """Return how somebody signs in, in words."""
    return _SIGN_INS.get(auth_method, humanised(auth_method))


def shown(external_id: str) -> str:
    """Return an external id that names nobody, or an ellipsis."""
    return external_id if not external_id or _OPAQUE.fullmatch(external_id) else "…"


def asked_for(interaction: Interaction) -> str:
    """Return what a prompt wants, such as `a one-time code (Text-message code)`."""
    kind = _ASKED_FOR.get(interaction.type, humanised(interaction.type))
    blanks = filter(None, (one.label or one.name for one in interaction.fields))
    labels = clip(", ".join(blanks), _MOST_NAME)
    return f"{kind} ({labels})" if kind and labels else kind or labels


def explained(errors: tuple[Problem, ...]) -> str:
    """Return the messages of the first errors, one a line, and how many more there are."""
    lines = [clip(one.message, _MOST_MESSAGE) for one in errors[:_MOST_ERRORS] if one.message]
    more = len(errors) - _MOST_ERRORS
    return "\n".join([*lines, *([f"… and {count(more, 'more error')}"] if more > 0 else [])])


def classified(errors: tuple[Problem, ...]) -> str:
    """Return code and type of the first error, such as `timeout (task)`."""
    if not errors:
        return ""
    first = errors[0]
    return f"{first.code} ({first.type})" if first.code and first.type else first.code or first.type


def advice(errors: tuple[Problem, ...]) -> str:
    """Return what to do about a failure."""
    return _ADVICE.get(errors[0].type, _NO_ADVICE) if errors else _NO_ADVICE


def refused(errors: tuple[Problem, ...]) -> bool:
    """Return whether somebody has to enter new credentials."""
    return any(one.type == "auth" for one in errors)
