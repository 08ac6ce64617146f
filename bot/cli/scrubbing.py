"""Bodies without what nobody but their owner may see, and otherwise as they were.

A placeholder has the shape of what it stands for, and equal values have equal ones. It is
made with a key that is forgotten with the process, so that nobody can guess it back.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
import string
from collections.abc import Callable, Mapping
from itertools import cycle
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from bot.core.bodies import json_value
from bot.core.errors import PayloadError

# What the vendors' pages say may be personal or a key, and what is so by its name.
_PRIVATE_KEYS = {
    "access_token", "address", "api_key", "artifacts", "auth_credentials", "authorization",
    "cookie", "custom_headers", "email", "external_id", "extraction", "first_name", "full_name",
    "input", "inputs", "key", "last_name", "output", "password", "phone", "prompt", "secret",
    "signature", "token", "total_cost_usd", "user_email", "username",
}  # fmt: skip
_PRIVATE_ENDINGS = ("_email", "_key", "_password", "_phone", "_secret", "_token")
_NOT_PRIVATE = {"platform_key"}
_PRIVATE_INSIDE = {"interaction": {"message"}}
"""Keys that are private only in an object under such a name."""

_KINDS = ("subject_type", "subjectType", "type")
_IDS = {"subject_id", "subjectId", "id"}
_PEOPLE = {"entity"}
"""Kinds of things whose ids are those of persons, in objects that say their kind."""

_TIMES = re.compile(r"(?:.*_)?(?:ts|time|timestamp|date|at)")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?")
_EMAIL = re.compile(r"[^\s<>()\[\],;:\"'/=&]{1,128}@[^\s<>()\[\],;:\"'/=&]{1,255}")
_URL = re.compile(r"https?://[^\s<>\"'`]+", re.IGNORECASE)
_TOKEN = re.compile(
    r"\b(?:sk|pk|rk)_(?:live|test)_\w+|\bwhsec_[\w+/=-]+|\bxox[a-z]-[\w-]+|\bxapp-[\w-]+"
    r"|\bgh[a-z]_\w{20,}|\bgithub_pat_\w+|\bAKIA[A-Z0-9]{12,}|\beyJ[\w-]+\.[\w-]+(?:\.[\w-]+)?"
    r"|(?<=[Bb]earer )[\w.~+/=-]+|(?<=[Bb]asic )[\w+/=-]+"
)
_DIGITS = re.compile(
    r"(?<![A-Za-z0-9_])(?:\d{9,}|\+\d[\d ()./-]{7,}\d|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7})"
    r"(?![A-Za-z0-9_])"
)
_LONG_PART = re.compile(r"(?=[^/]*\d)[^/]{16,}")
_LONG_NUMBER = 10**8
_WORD = re.compile(r"[^\W_]+")
_FORM = re.compile(rb"[\w.\[\]%+-]+=[^\s]*", re.ASCII)


class Scrubber:
    """Replaces what is private; one for all bodies that are to agree with each other."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(32)

    def body(self, raw: bytes) -> tuple[str, str]:
        """Return a body that may be shown, and how its file's name ends: json, form or txt."""
        try:
            value = json_value(raw)
        except PayloadError:
            return self._no_json(raw)
        return json.dumps(self.value(value), indent=2, ensure_ascii=False) + "\n", "json"

    def value(self, value: Any, key: str = "", *, private: bool = False) -> Any:
        """Return a JSON value without what is private; `key` is the name it stands under."""
        if isinstance(value, dict):
            return self._object(value, key, private=private)
        if isinstance(value, list):
            return [self.value(one, key, private=private) for one in value]
        if isinstance(value, str):
            return self._string(value, key, private=private)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self._figure(value, key, private=private)
        return value

    def text(self, text: str) -> str:
        """Return a text without addresses, tokens, long numbers and the ends of links."""
        text = _URL.sub(lambda found: self._link(found[0]), text)
        text = _TOKEN.sub(lambda found: self._alike(found[0]), text)
        text = _EMAIL.sub(lambda found: self._address(found[0]), text)
        return _DIGITS.sub(lambda found: self._alike(found[0]), text)

    def _object(self, value: Mapping[str, Any], under: str, *, private: bool) -> dict[str, Any]:
        inside = _PRIVATE_INSIDE.get(under, set())
        of_person = any(value.get(name) in _PEOPLE for name in _KINDS)
        scrubbed = {}
        for name, one in value.items():
            if of_person and name in _IDS and isinstance(one, str):
                path, slash, last = one.rpartition("/")
                scrubbed[name] = path + slash + self._words(last)
                continue
            hidden = private or name in inside or _is_private(name)
            scrubbed[self.text(name)] = self.value(one, name, private=hidden)
        return scrubbed

    def _string(self, value: str, key: str, *, private: bool) -> str:
        if private:
            return self._words(value)
        if _TIMES.fullmatch(key) and (value.isdecimal() or _MOMENT.fullmatch(value)):
            return value
        return value if _MOMENT.fullmatch(value) else self.text(value)

    def _figure(self, value: float, key: str, *, private: bool) -> float:
        is_long = isinstance(value, int) and abs(value) >= _LONG_NUMBER
        if not private and (not is_long or _TIMES.fullmatch(key)):
            return value
        return type(value)(self._alike(repr(value), letters=False))

    def _words(self, text: str) -> str:
        """Return a text in which every word is another one of its shape."""
        if _URL.fullmatch(text) or _EMAIL.fullmatch(text):
            return self.text(text)
        return _WORD.sub(lambda found: self._alike(found[0]), text)

    def _address(self, address: str) -> str:
        """Return an address of the same length of name, at a domain that is nobody's."""
        name, _, domain = address.lower().rpartition("@")
        return f"{self._alike(name)}@{self._alike(domain.partition('.')[0])}.example"

    def _link(self, url: str) -> str:
        """Return a link without the values of its query, its fragment, and who signs in."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return self._alike(url)
        who, at, host = parts.netloc.rpartition("@")
        names = parse_qsl(parts.query, keep_blank_values=True)
        query = urlencode([(name, self._alike(value)) for name, value in names])
        if parts.query and not names:
            query = self._alike(parts.query)
        path = _LONG_PART.sub(lambda found: self._alike(found[0]), parts.path)
        clean = parts._replace(
            netloc=f"{self._alike(who)}{at}{host}",
            path=path,
            query=query,
            fragment=self._alike(parts.fragment),
        )
        return clean.geturl()

    def _alike(self, text: str, *, letters: bool = True) -> str:
        """Return a text of the same shape: other letters, other digits, all else as it is."""
        stream = cycle(hmac.digest(self._key, text.encode(errors="replace"), "sha512"))
        return "".join(_other(one, stream.__next__, letters=letters) for one in text)

    def _no_json(self, raw: bytes) -> tuple[str, str]:
        text = raw.decode(errors="replace")
        if not _FORM.fullmatch(raw):
            return self.text(text), "txt"
        pairs = parse_qsl(text, keep_blank_values=True)
        return urlencode([(name, self._of_form(name, one)) for name, one in pairs]), "form"

    def _of_form(self, name: str, value: str) -> str:
        """Return the value of a form's field, which may be JSON."""
        try:
            held = json_value(value.encode())
        except PayloadError:
            held = None
        if isinstance(held, dict | list):
            return json.dumps(self.value(held), ensure_ascii=False)
        return self._string(value, name, private=_is_private(name))


def _is_private(name: str) -> bool:
    lower = name.lower()
    return lower not in _NOT_PRIVATE and (
        lower in _PRIVATE_KEYS or lower.endswith(_PRIVATE_ENDINGS)
    )


def _other(character: str, draw: Callable[[], int], *, letters: bool) -> str:
    if character in string.digits:
        # A number does not begin with 0, and one that is 0 stays what it is.
        return character if character == "0" else string.digits[1 + draw() % 9]
    if not letters or not character.isalpha():
        return character
    alphabet = string.ascii_uppercase if character.isupper() else string.ascii_lowercase
    return alphabet[draw() % len(alphabet)]
