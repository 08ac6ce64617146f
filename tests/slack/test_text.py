"""Text and addresses from outside are made harmless, and nothing more."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.text import (
    clean,
    clean_line,
    clip,
    clip_escaped,
    escape,
    fit,
    fit_line,
    host,
    safe_url,
)

FAMILY = "👩\u200d👩\u200d👧"
KEPT = [
    "Plain text, 100 %",
    "Zażółć gęślą jaźń — “quoted”",
    "שלום عليكم 你好 한국어 ไทย",
    f"{FAMILY} ❤\ufe0f 1\ufe0f\u20e3 👍🏽 🇩🇪 ©\ufe0f",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "e\u0301 o\u0308",
    "line\nline\n\nparagraph\ttab",
]
REMOVED = [
    ("a\x00b\x07c\x1bd\x7fe\x9f", "abcde"),
    ("gpj\u202egnp.exe", "gpjgnp.exe"),
    ("\u2066a\u2069\u200eb\u200f\u061cc", "abc"),
    ("pay\u200bpal\u2060.com\ufeff", "paypal.com"),
    ("a\u200db\ufe0fc\u00add\u3164e", "abcde"),
    (f"{FAMILY}\u200d", FAMILY),
    ("x\U000e0041\U000e0042y", "xy"),
    ("half \ud83d pair", "half \ufffd pair"),
    ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
    ("a\n \n\t\n\n\nb", "a\n\nb"),
]


@pytest.mark.parametrize("text", KEPT)
def test_ordinary_writing_is_kept(text: str) -> None:
    """Languages, emoji of several parts, flags and paragraphs stay as they are."""
    assert clean(text) == text


@pytest.mark.parametrize(("text", "expected"), REMOVED)
def test_what_hides_or_reorders_is_removed(text: str, expected: str) -> None:
    """Controls, directions, invisible characters and half pairs do not survive."""
    assert clean(text) == expected


def test_a_line_is_one_line() -> None:
    """Whatever breaks a line becomes one space."""
    assert clean_line("  a \n\n b\u2028c\td ") == "a b c d"


@given(st.text(st.characters(exclude_categories=())))
def test_cleaning_is_done_at_once(text: str) -> None:
    """A second cleaning finds nothing, and no control, direction or surrogate is left."""
    once = clean(text)

    assert clean(once) == once
    assert {unicodedata.category(letter) for letter in once} & {"Cs"} == set()
    assert {unicodedata.bidirectional(letter) for letter in once}.isdisjoint(
        {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    )
    assert all(letter in "\n\t" or unicodedata.category(letter) != "Cc" for letter in once)


CUTS = [
    ("abcdef", 6, "abcdef"),
    ("abcdef", 4, "abc…"),
    ("ab cdef", 4, "ab…"),
    ("abe\u0301x", 4, "ab…"),
    (f"ab{FAMILY}x", 5, "ab…"),
    ("ab👍🏽x", 4, "ab…"),
    ("a🇩🇪🇫🇷", 3, "a…"),
    ("a🇩🇪🇫🇷b", 5, "a🇩🇪…"),
    ("a\ud83d\ude00b", 3, "a…"),
    ("각" + "\u1100\u1161\u11a8x", 4, "각…"),
    ("x" + "\u0301" * 100, 20, "…"),
    ("abc", 1, "…"),
]


@pytest.mark.parametrize(("text", "limit", "expected"), CUTS)
def test_a_cut_never_goes_through_a_sign(text: str, limit: int, expected: str) -> None:
    """Accents, joined emoji, skin tones, flags, pairs and Korean syllables stay whole."""
    assert clip(text, limit) == expected


FITS = [
    ("a\x00b\nc", 9, "ab\nc"),
    (" by ", 9, " by "),
    ("abcdef", 4, "abc…"),
    ("\u200b" * 3 + "ab", 2, "ab"),
    ("ab" + "\u200b" * 50 + "cd", 5, "ab…"),
    ("\u200b" * 50 + "ab", 5, ""),
]


@pytest.mark.parametrize(("text", "limit", "expected"), FITS)
def test_what_fits_is_clean_and_says_when_more_follows(
    text: str, limit: int, expected: str
) -> None:
    """Behind a wall of hidden characters nothing is looked for, and that is not hidden."""
    assert fit(text, limit) == expected
    assert fit_line(text, limit) == " ".join(expected.split())


@given(st.text("<>&a\u0301👍🏽", max_size=60), st.integers(5, 40))
def test_a_cut_escaped_text_is_whole_escapes(text: str, limit: int) -> None:
    """It fits, and undoing the escapes gives the beginning of the text."""
    escaped = clip_escaped(text, limit)
    plain = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

    assert len(escaped) <= limit
    assert escape(plain) == escaped
    assert text.startswith(plain.removesuffix("…"))


def test_escapes_are_not_undone() -> None:
    """Text that is escaped already shows its escapes, as its writer wrote them."""
    assert escape("&lt;!channel&gt; <@U1>") == "&amp;lt;!channel&amp;gt; &lt;@U1&gt;"


GOOD = {
    "https://example.com/a?b=1&c=2#d": "https://example.com/a?b=1&c=2#d",
    "HTTPS://Example.com": "https://example.com",
    "http://10.0.0.1:8080/x": "http://10.0.0.1:8080/x",
    "http://[::1]:80/": "http://[::1]:80/",
    "https://example.com/a b|c<d>\"e'`é": "https://example.com/a%20b%7Cc%3Cd%3E%22e%27%60%C3%A9",
    "https://example.com/%7Ca%20": "https://example.com/%7Ca%20",
    "https://xn--80ak6aa92e.com/": "https://xn--80ak6aa92e.com/",
    "https://\u0430\u0440\u0440\u04cf\u0435.com/": "https://xn--80ak6aa92e.com/",
    "https://exa\u200bmple.com/\u202ex": "https://example.com/x",
}
BAD = [
    "",
    "example.com",
    "javascript:alert(1)",
    "data:text/html,x",
    "slack://open",
    "mailto:a@example.com",
    "//example.com/",
    "https://",
    "https:///path",
    "https://user@example.com/",
    "https://bank.com:x@evil.com/",
    "https://bank.com\\@evil.com/",
    "https://evil.com\\.bank.com/",
    "https://bank.com%2fevil.com/",
    "https://a b.com/",
    "https://example.com:99999/",
    "https://[::1/",
    "https://[fe80::1%25eth0]/",
    "https://faß.de/",
    "https://ex℀mple.com/",
    "https://example.com/" + "a" * 3_000,
    "https://example.com/" + "é" * 600,
    "https://exa\ud800mple.com/",
]


@pytest.mark.parametrize(("url", "expected"), GOOD.items())
def test_a_good_address_is_shown_as_what_it_is(url: str, expected: str) -> None:
    """Other letters become xn--, what could end a link is percent-encoded."""
    assert safe_url(url) == expected
    assert safe_url(expected) == expected


@pytest.mark.parametrize("url", BAD)
def test_a_doubtful_address_is_dropped(url: str) -> None:
    """Other schemes, names before an @, strange hosts and overlong ones are no links."""
    assert safe_url(url) is None


PIECES = st.sampled_from(
    [
        "https://", "http://", "//", "bank.com", "evil.com", "@", ":", "\\", "/", "?", "#",
        "|", "<", ">", " ", "%", "[", "]", "é", "\u202e", "\u200b", "\n", "\x00", "ß", "。", '"',
        "'", "443",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map("".join))
def test_an_address_that_passes_is_plain(url: str) -> None:
    """It is ASCII without blanks, quotes or marks, has no @ before its host, and stays."""
    safe = safe_url(url)

    if safe is not None:
        assert safe.isascii()
        assert safe.isprintable()
        assert not set(safe) & set("|<> \"'`\\")
        assert safe.startswith(("http://", "https://"))
        assert "@" not in host(safe)
        assert host(safe) != ""
        assert safe_url(safe) == safe
