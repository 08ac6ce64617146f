"""Reading the value of each option of a monitor; every refusal points at its word."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, get_args

from bot.commands.options import Option, only_value
from bot.commands.parse import Typed, Word, without_tokens
from bot.core.errors import CommandError
from bot.core.monitors import PRICE_PER_RUN, parse_frequency
from bot.core.output_fields import FieldType, OutputField, schema_of

MOST_QUERY = 2000
MOST_FIELDS = 10
MOST_DOMAINS = 200
NONE = "none"

_TYPES = {one: one for one in get_args(FieldType)} | {"text": "string", "bool": "boolean"}
_MOST_DESCRIPTION = 300
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_NO_COUNTRIES = {"uk": "the United Kingdom is gb", "eu": "the European Union is no country"}
_SCHEME = re.compile(r"^https?://", re.IGNORECASE)
_HOST = r"[\w-]+(?:\.[\w-]+)+"
_DOMAIN = re.compile(rf"(?:\.[\w-]+(?:\.[\w-]+)*|{_HOST}(?:/[^\s?#]*)?)")


def read_option(typed: Typed, option: Option, *, clearing: bool = False) -> dict[str, Any]:
    """Return the fields of a definition that an option sets.

    `clearing` lets `none` take away what is set.

    Raises:
        CommandError: the value is not possible.
    """
    field, read = _READERS[option.name]
    said_none = [one.plain.lower() for one in option.values] == [NONE]
    if clearing and said_none and option.name in _CLEARED:
        return {field: _CLEARED[option.name]}
    return {field: read(typed, option)}


def query_of(typed: Typed, words: list[Word]) -> str:
    """Return what a monitor watches, with or without quotes."""
    query = without_tokens(typed.between(words[0], words[-1])).strip() if words else ""
    if not query:
        raise CommandError(
            "What shall it watch? Type /monitors create and then a question."
            if typed.verb == "create"
            else "What shall it watch? Type the question after the word query."
        )
    if len(query) > MOST_QUERY:
        raise CommandError(f"The query is too long; {MOST_QUERY:,} characters are the most.")
    return query


def _frequency(typed: Typed, option: Option) -> str:
    if not option.values:
        raise typed.wrong(option.word, "needs a value, such as 6h.")
    try:
        return parse_frequency(" ".join(one.plain.lower() for one in option.values))
    except CommandError as error:
        raise CommandError(str(error), shown=typed.wrong(option.values[0], "").shown) from error


def _processor(typed: Typed, option: Option) -> str:
    word = only_value(typed, option, "base")
    name = word.plain.lower()
    if name not in PRICE_PER_RUN:
        raise typed.wrong(word, f"does not run monitors; try {' or '.join(PRICE_PER_RUN)}.")
    return name


def _location(typed: Typed, option: Option) -> str:
    word = only_value(typed, option, "us")
    country = word.plain.lower()
    if not _COUNTRY.fullmatch(country) or country in _NO_COUNTRIES:
        why = _NO_COUNTRIES.get(country, "it is two letters, such as us or de")
        raise typed.wrong(word, f"is not the code of a country: {why}.")
    return country


def _flag(typed: Typed, option: Option) -> bool:
    if option.values:
        raise typed.wrong(option.values[0], "is not expected here; backfill stands alone.")
    return True


def _schema(typed: Typed, option: Option) -> dict[str, Any]:
    fields: dict[str, OutputField] = {}
    for entry in option.entries(typed):
        field = _field(typed, entry)
        if field.name in fields:
            raise typed.wrong(entry, "is said twice.")
        if len(fields) == MOST_FIELDS:
            raise typed.wrong(entry, f"is one field too many; {MOST_FIELDS} are the most.")
        fields[field.name] = field
    if not fields:
        raise typed.wrong(option.word, "needs names, such as company, amount:number.")
    return schema_of(tuple(fields.values()))


def _field(typed: Typed, entry: Word) -> OutputField:
    """Return the field of `name`, `name:type`, `name:"words"` or `name:type:"words"`."""
    name, *rest = (part.strip('“”„"') for part in entry.text.split(":", 2))
    if not _FIELD.fullmatch(name):
        raise typed.wrong(entry, "is no name for a field; use letters, digits and _.")
    kind = _TYPES.get(rest[0].lower()) if rest else "string"
    if kind is None and (len(rest) > 1 or " " not in rest[0]):
        raise typed.wrong(entry, f"has no type that I know; try {', '.join(get_args(FieldType))}.")
    words = rest[-1] if kind is None or len(rest) > 1 else ""
    return OutputField.model_validate(
        {"name": name, "type": kind or "string", "description": words[:_MOST_DESCRIPTION]}
    )


def _domains(typed: Typed, option: Option) -> tuple[str, ...]:
    found: list[str] = []
    for entry in option.entries(typed):
        host, slash, path = _SCHEME.sub("", entry.text).rstrip("/").partition("/")
        domain = host.lower() + slash + path
        if not _DOMAIN.fullmatch(domain):
            raise typed.wrong(entry, "is not a domain; try example.com, example.com/news or .gov.")
        found.append(domain)
    domains = tuple(dict.fromkeys(found))
    if not domains:
        raise typed.wrong(option.word, "needs domains, such as example.com, .gov.")
    if len(domains) > MOST_DOMAINS:
        raise typed.wrong(option.word, f"has too many; {MOST_DOMAINS} are the most.")
    return domains


def _query(typed: Typed, option: Option) -> str:
    return query_of(typed, list(option.values))


_READERS: dict[str, tuple[str, Callable[[Typed, Option], Any]]] = {
    "query": ("query", _query),
    "every": ("frequency", _frequency),
    "processor": ("processor", _processor),
    "fields": ("output_schema", _schema),
    "location": ("location", _location),
    "domains": ("include_domains", _domains),
    "without": ("exclude_domains", _domains),
    "backfill": ("backfill", _flag),
}
_CLEARED: dict[str, Any] = {
    "fields": None,
    "location": None,
    "domains": (),
    "without": (),
    "backfill": False,
}
