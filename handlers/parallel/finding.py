"""One finding of a group: its content, what it rests on, and where that stands.

Source: https://docs.parallel.ai/monitor-api/monitor-events
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from pydantic import AliasChoices
from pydantic import Field as Named

from bot.core.alerts import Field, Link, Reply
from bot.core.bodies import json_value
from bot.core.errors import PayloadError
from bot.core.events import Member, Objects, Payload, empty
from bot.core.wording import clip, humanised, words

MOST_SOURCES = 5

_MOST_URL = 2_000
_MOST_LABEL = 80
_MOST_TEXT = 3_000
_MOST_NAME = 60
_MOST_VALUE = 300
_MOST_HEADLINE = 160
_MOST_FIELDS = 20
_HEADLINE_VALUES = 4
_NOTHING = {"", "NA", "N/A", "none"}  # what Parallel fills in where it found nothing
_UNREADABLE = "A finding in a shape that is not known here; Parallel's console has it."


class Citation(Payload):
    """A page that supports a finding."""

    url: str = ""
    title: str = ""


class Basis(Payload):
    """Why one part of an output is believed."""

    citations: Objects[Citation] = ()
    confidence: str = ""


class Output(Payload):
    """What a run put out: text, or an object that may arrive as its JSON text."""

    type: str = ""
    content: Any = None
    basis: Objects[Basis] = ()


class Finding(Payload):
    """A detected event. A snapshot has the changed part, and the whole of before."""

    output: Output = Named(
        default_factory=Output, validation_alias=AliasChoices("output", "result")
    )
    changed_output: Output | None = None
    previous_output: Output = empty(Output)


def reply(member: Member) -> Reply:
    """Return a finding as a message of the alert's thread."""
    finding = Finding.model_validate(member.data)
    output = finding.changed_output or finding.output
    content = _content(output)
    values = tuple(_values(finding, content))
    links = tuple(_links(output))
    facts = (*values[:_MOST_FIELDS], *_confidence(output), *_not_shown(values, links))
    return Reply(
        key=member.id,
        title=_title(finding, content),
        text="" if _is_object(content) else _text(content),
        fields=facts,
        links=links[:MOST_SOURCES],
    )


def _title(finding: Finding, content: Any) -> str:
    """Return what a finding is called: an object has no first sentence of its own."""
    if finding.changed_output:
        return _changed(content)
    return clip(_summary(content), _MOST_HEADLINE) if _is_object(content) else ""


def headline(member: Member) -> str:
    """Return a finding in one line."""
    finding = Finding.model_validate(member.data)
    content = _content(finding.changed_output or finding.output)
    if not _is_object(content):
        return _text(content)
    return _changed(content) if finding.changed_output else _summary(content)


def _is_object(content: Any) -> bool:
    return isinstance(content, dict) and bool(content)


def _summary(content: dict[str, Any]) -> str:
    """Return the first values of an object."""
    told = (words(one) for one in content.values() if not isinstance(one, bool | list | dict))
    values = [one for one in told if one not in _NOTHING]
    return " · ".join(values[:_HEADLINE_VALUES]) or words(content)


def _label(name: str) -> str:
    """Return the name of a value as people write it: `Round stage` of `round_stage`."""
    words = clip(humanised(name), _MOST_NAME)
    return words[:1].upper() + words[1:]


def _changed(content: Any) -> str:
    names = ", ".join(humanised(name) for name in content) if isinstance(content, dict) else ""
    return f"Changed: {names}" if names else "Changed"


def _content(output: Output) -> Any:
    """Return an output's content; of an object that came as text, the object."""
    if not isinstance(output.content, str) or output.type != "json":
        return output.content
    try:
        return json_value(output.content.encode(errors="replace"))
    except PayloadError:
        return output.content


def _text(content: Any) -> str:
    if content in (None, "", {}, []):
        return _UNREADABLE
    if isinstance(content, str) and len(content) <= _MOST_TEXT:
        return content  # with its lines
    return clip(words(content), _MOST_TEXT)


def _values(finding: Finding, content: Any) -> Iterator[Field]:
    """Yield each value of an object; of a snapshot also what it was before."""
    before = _content(finding.previous_output)
    if not isinstance(content, dict):
        if finding.changed_output and before:
            yield Field(name="Before", value=clip(words(before), _MOST_VALUE))
        return
    for name, value in content.items():
        said = clip(words(value), _MOST_VALUE)
        if finding.changed_output:
            old = before.get(name) if isinstance(before, dict) else None
            said = f"{clip(words(old), _MOST_VALUE)} → {said}"
        elif said in _NOTHING:
            continue
        yield Field(name=_label(name), value=said)


def _confidence(output: Output) -> tuple[Field, ...]:
    """Return how sure Parallel is, every level that occurs once."""
    levels = dict.fromkeys(one.confidence for one in output.basis if one.confidence)
    return (Field(name="Confidence", value=clip(", ".join(levels), 60)),) if levels else ()


def _not_shown(values: tuple[Field, ...], links: tuple[Link, ...]) -> Iterator[Field]:
    for name, most, found in (
        ("Values not shown", _MOST_FIELDS, values),
        ("Sources not shown", MOST_SOURCES, links),
    ):
        if len(found) > most:
            yield Field(name=name, value=f"{len(found) - most} more")


def _links(output: Output) -> Iterator[Link]:
    """Yield every page once, in order: there is no other list of them than the bases'."""
    citations = (citation for basis in output.basis for citation in basis.citations)
    seen: set[str] = set()
    for citation in citations:
        if citation.url not in seen and _is_web(citation.url):
            seen.add(citation.url)
            yield Link(label=clip(citation.title, _MOST_LABEL) or "Source", url=citation.url)


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return len(url) <= _MOST_URL and parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:  # such as a broken IPv6 address
        return False
