"""Link templates: the operator's address, and never anything else."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.links import PLACES, LinkTemplate

BASE = "https://console.example"


@pytest.mark.parametrize(
    ("template", "values", "url"),
    [
        (f"{BASE}/runs/{{id}}", {"id": "trun_1"}, f"{BASE}/runs/trun_1"),
        (f"{BASE}/{{id}}?a={{aid}}#{{id}}", {"id": "x", "aid": 7}, f"{BASE}/x?a=7#x"),
        (f"{BASE}/all", {}, f"{BASE}/all"),
        (
            f"{BASE}/{{id}}",
            {"id": "../a b/?&#{aid}é"},
            f"{BASE}/..%2Fa%20b%2F%3F%26%23%7Baid%7D%C3%A9",
        ),
        (f"{BASE}/{{id}}", {"id": "\udcff"}, f"{BASE}/%3F"),
        (f"{BASE}/{{id}}", {}, None),
        (f"{BASE}/{{id}}", {"id": ""}, None),
        (f"{BASE}/{{id}}/edit", {"id": ".."}, None),
        (f"{BASE}/{{id}}/{{aid}}", {"id": "x"}, None),
    ],
)
def test_places_are_filled_or_there_is_no_link(
    template: str, values: dict[str, object], url: str | None
) -> None:
    """Values are encoded, and an address with a hole is none."""
    assert LinkTemplate(template).url(values) == url


@pytest.mark.parametrize(
    "template",
    [
        "",
        "console.example/{id}",
        "javascript:alert(1)//{id}",
        "ftp://console.example/{id}",
        "https://console.example",
        "https://{id}.example/",
        "https://user:pass@console.example/{id}",
        "https://console.example/{name}",
        "https://console.example/{0.__class__}",
        "https://console.example/{id!r}",
        "https://console.example/{}",
        "https://console.example/{id",
        "https://console.example/id}",
        "https://console.example/{{id}}",
        "https://console.example/ {id}",
        "https://console.example/{id}\n",
    ],
)
def test_other_templates_are_refused(template: str) -> None:
    """Another scheme, a host of the sender's choice, or a place that nobody fills."""
    with pytest.raises(ValueError, match=r"."):
        LinkTemplate(template)


@given(st.dictionaries(st.sampled_from(PLACES), st.text(max_size=20)))
def test_values_never_leave_their_place(values: dict[str, str]) -> None:
    """Whatever is sent, host, path depth and query stay the operator's."""
    url = LinkTemplate(f"{BASE}/a/{{id}}/b?s={{scan_id}}").url(values)

    if url is not None:
        parts = urlsplit(url)
        assert (parts.netloc, parts.path.count("/"), parts.fragment) == ("console.example", 3, "")
        assert parts.query.count("&") == 0
        assert url.isascii()
