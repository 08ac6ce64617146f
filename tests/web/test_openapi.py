"""`/openapi.json`: a valid document, and of this very instance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis

from bot.app import Bot
from bot.config import Settings
from bot.plugins import discover
from bot.web.openapi import document

SOURCES = discover()
PROOFS = {
    "parallel": [{"webhook-id", "webhook-timestamp", "webhook-signature"}],
    "deck": [{"webhook-id", "webhook-timestamp", "webhook-signature"}],
    "surfacedby": [{"x-surfacedby-timestamp", "x-surfacedby-signature"}],
    "lytics": [{"x-webhook-token"}, {"authorization"}],
}
"""Of each source, the headers that together are enough; Lytics has two ways."""


def operations(path: str, *names: str) -> dict[str, Any]:
    """Return what may be done at a path of an instance that is open to these sources."""
    found: dict[str, Any] = document([SOURCES[name] for name in names])["paths"][path]
    return found


@pytest.mark.parametrize("names", [[], ["lytics"], [*SOURCES]])
def test_it_is_openapi(names: list[str]) -> None:
    """Whatever is configured, the document is what the specification wants."""
    schemathesis.openapi.from_dict(document([SOURCES[name] for name in names])).validate()


@pytest.mark.parametrize("name", PROOFS)
def test_it_says_how_a_source_proves_itself(name: str) -> None:
    """All headers of a signature together, or one of two places for a token."""
    whole = document([SOURCES[name]])
    asked = whole["paths"][f"/webhooks/{name}"]["post"]["security"]

    assert PROOFS[name] == [set(each) for each in asked]
    assert set().union(*PROOFS[name]) <= set(whole["components"]["securitySchemes"])


def test_it_says_which_methods_a_source_may_use() -> None:
    """Lytics also puts and patches; everybody may look whether there is somebody."""
    assert {"get", "head", "post"} == set(operations("/webhooks/deck", "deck"))
    assert {"get", "head", "post", "put", "patch"} == set(operations("/webhooks/lytics", "lytics"))


def test_it_names_every_answer() -> None:
    """Each status has its meaning, and a refusal for now says when to come again."""
    answers = operations("/webhooks/deck", "deck")["post"]["responses"]

    assert {"200", "400", "401", "408", "413", "415", "431", "503"} == set(answers)
    assert all(answer["description"] for answer in answers.values())
    assert "Retry-After" in answers["503"]["headers"]


async def test_it_is_of_this_instance(tmp_path: Path) -> None:
    """What is served names the sources that have a secret, and not the secrets."""
    secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    values = {"DECK_WEBHOOK_SECRET": secret, "TOCSIN_DATABASE": str(tmp_path / "tocsin.db")}
    bot = Bot(Settings.from_values(values))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(bot.asgi)) as client:
        answer = await client.get("http://bot/openapi.json")

    assert document([SOURCES["deck"]]) == answer.json()
    assert secret not in answer.text
