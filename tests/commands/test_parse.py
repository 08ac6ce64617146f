"""Words as people and their keyboards type them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.parse import read, without_tokens


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", []),
        ("  a \t b\nc ", ["a", "b", "c"]),
        ('a "b c" d', ["a", "b c", "d"]),
        ("a “b c” d", ["a", "b c", "d"]),
        ("a „b c“ d", ["a", "b c", "d"]),
        ('name:"two words"', ["name:two words"]),
        ("Acme's news", ["Acme's", "news"]),
        ('5" disk', ['5"', "disk"]),
        ('""', [""]),
        ("a\x00b\x1bc", ["a", "b", "c"]),
        ("\u202elist\u202c", ["list"]),
        ("\ufeffli\u200bst", ["list"]),
        ("👩\u200d🚀", ["👩\u200d🚀"]),
    ],
)
def test_words(typed: str, words: list[str]) -> None:
    """Only paired double quotes hold words together; what cannot be seen is dropped."""
    assert [word.text for word in read("/alerts", typed).words] == words


@pytest.mark.parametrize("typed", ["help", "--help", "—help", "HELP", "-Help me"])
def test_verb_forgives_dashes_and_capitals(typed: str) -> None:
    """A phone's long dash is two short ones."""
    assert read("/alerts", typed).verb == "help"


def test_caret_stands_under_the_word() -> None:
    """The error quotes the word and points at all of it."""
    typed = read("/alerts", "subscribe dekc task")

    error = typed.wrong(typed.words[1], "is wrong.")

    assert str(error) == "“dekc” is wrong."
    assert error.shown == ("/alerts subscribe dekc", "                  ^^^^")


@settings(max_examples=200)
@given(st.text(max_size=300), st.data())
def test_caret_line_is_short_and_fits(text: str, data: st.DataObject) -> None:
    """However long and odd the command, the carets end where the shown text ends."""
    typed = read("/alerts", f"x {text} y")
    word = data.draw(st.sampled_from(typed.words))

    shown, carets = typed.wrong(word, "is wrong.").shown

    assert len(shown) == len(carets) <= 110
    assert carets.strip("^ ") == ""
    assert "^" in carets


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("<#C123|general> news", "#general news"),
        ("ask <@U1|bob> or <@U2>", "ask @bob or @U2"),
        ("see <https://acme.example/a|acme.example/a>", "see acme.example/a"),
        ("<https://acme.example>", "https://acme.example"),
        ("a < b > c", "a < b > c"),
    ],
)
def test_tokens_become_words(typed: str, plain: str) -> None:
    """A query names channels, people and links as they are read."""
    assert without_tokens(typed) == plain
