"""Text and addresses from outside, made harmless for a Slack message."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import quote, urlsplit, urlunsplit

MAX_URL = 3_000
ELLIPSIS = "…"

# A vendor's megabyte must not hold up the loop; so much of it may be hidden characters.
_LOOK_AHEAD = 4

# Latin letters and common punctuation: in none of it is anything to clean.
_TAME = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02af\u2010-\u2027]*")

_ZWJ = "\u200d"
_EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_NEWLINE = re.compile("\r\n?|[\x85\u2028\u2029]")
_HIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but for tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # the direction of writing
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u2060-\u2065"  # invisible
    "\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0080-\U000e0fff"
)
_NEVER = re.compile(f"[{_HIDDEN}]")
_SUSPECT = re.compile(f"[{_HIDDEN}\u2028\u2029{_ZWJ}\ufe0f\ud800-\udfff\U000e0000-\U000e007f]")
_TAGS = re.compile("(\U0001f3f4[\U000e0030-\U000e007a]{2,6}\U000e007f)|[\U000e0000-\U000e007f]")
_STRAY_SELECTOR = re.compile(f"(?<![{_EMOJI}0-9#*])\ufe0f")
_STRAY_JOINER = re.compile(f"(?<![{_EMOJI}\ufe0f]){_ZWJ}|{_ZWJ}(?![{_EMOJI}])")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")

_TAME_URL = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?#][A-Za-z0-9._~:/?#@!$&()*+,;=%-]*)?"
)
_HOST_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?")
_KEPT = "/:@!$&()*+,;=%"
_READ_TWO_WAYS = frozenset("ßς")  # one name in older rules for hosts, another in newer ones


def _is_tame(text: str) -> bool:
    if text.isascii():
        return text.isprintable()
    return _TAME.fullmatch(text) is not None


def clean(text: str) -> str:
    """Return a text without characters that hide, reorder or break what is read.

    Joiners and selectors stay inside emoji; half a surrogate pair becomes U+FFFD.
    """
    if _is_tame(text):
        return text
    # The first question is the cheaper one, and settles it for lines of Latin letters.
    if not _is_tame(text.replace("\n", "")) and _SUSPECT.search(text):
        text = _NEVER.sub("", _NEWLINE.sub("\n", text))
        text = _SURROGATE.sub("\ufffd", text)
        text = _TAGS.sub(lambda match: match[1] or "", text)
        text = _STRAY_SELECTOR.sub("", text)
        text = _STRAY_JOINER.sub("", text)
    return _BLANK_LINES.sub("\n\n", text) if "\n" in text else text


def clean_line(text: str) -> str:
    """Return a text, cleaned and on one line."""
    if _is_tame(text):
        return text.strip()
    return " ".join(clean(text).split())


def fit(text: str, limit: int) -> str:
    """Return a text cleaned and clipped, at a cost that `limit` bounds, not the text."""
    return _clip_rest(clean(text[: limit * _LOOK_AHEAD]), text, limit)


def fit_line(text: str, limit: int) -> str:
    """Return a text as `fit` does, on one line."""
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text.strip()  # nearly every text there is
    return _clip_rest(clean_line(text[: limit * _LOOK_AHEAD]), text, limit)


def clip(text: str, limit: int) -> str:
    """Return at most `limit` (>= 1) characters, the last one "…" if any is missing.

    The cut never goes through what the eye sees as one sign.
    """
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and _joined(text, end):
        end -= 1
    return text[:end].rstrip() + ELLIPSIS


def escape(text: str) -> str:
    """Return a text with Slack's three escapes; call it once, at the very end."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clip_escaped(text: str, limit: int) -> str:
    """Return an escaped text of at most `limit` characters, no escape cut in two."""
    clipped = clip(text, limit)
    escaped = escape(clipped)
    while (excess := len(escaped) - limit) > 0:
        # An escape is five characters at most, so this removes no more than needed.
        clipped = clip(text, len(clipped) - (excess + 4) // 5)
        escaped = escape(clipped)
    return escaped


def safe_url(url: str) -> str | None:
    """Return an http(s) address that shows where it leads, or None.

    A host of other letters becomes its `xn--` form, so that nothing looks alike.
    """
    if len(url) > MAX_URL:
        return None
    if _TAME_URL.fullmatch(url):
        return url
    try:
        parts = urlsplit(clean(url).strip())
        name, port = _host_name(parts.hostname or ""), parts.port
        rest = (quote(part, safe=f"{_KEPT}?") for part in (parts.query, parts.fragment))
        path = quote(parts.path, safe=_KEPT)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not name:
        return None
    netloc = name if port is None else f"{name}:{port}"
    safe = urlunsplit((parts.scheme, netloc, path, *rest))
    return safe if len(safe) <= MAX_URL else None


def host(url: str) -> str:
    """Return host and port of an address that `safe_url` returned."""
    return url.split("/", 3)[2].partition("?")[0].partition("#")[0]


def _clip_rest(cleaned: str, text: str, limit: int) -> str:
    """Clip what was cleaned of a text, and say so if the text goes on."""
    goes_on = len(text) > limit * _LOOK_AHEAD
    return clip(cleaned + ELLIPSIS if goes_on and cleaned else cleaned, limit)


def _host_name(name: str) -> str:
    """Return a host in ASCII, "" for one that browsers do not agree about."""
    if ":" in name:
        return "" if "%" in name else f"[{ipaddress.IPv6Address(name)}]"
    if not name.isascii():
        if not _READ_TWO_WAYS.isdisjoint(name):
            return ""
        name = name.encode("idna").decode("ascii")
    return name if _HOST_NAME.fullmatch(name) else ""


def _joined(text: str, at: int) -> bool:
    """Return whether text[at] belongs to the sign before it.

    Source: Unicode Standard Annex 29, without the rules for Indic conjuncts.
    """
    before, after = text[at - 1], text[at]
    if after < "\u0300":
        return False
    return (
        _ZWJ in {before, after}
        or unicodedata.category(after) in {"Mn", "Me", "Mc"}
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= after <= "\U000e007f"  # the tags of a regional flag
        or "\u1160" <= after <= "\u11ff"  # Korean vowels and finals
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")
        or (_is_regional(before) and _is_regional(after) and _completes_flag(text, at))
    )


def _completes_flag(text: str, at: int) -> bool:
    start = at
    while start > 0 and _is_regional(text[start - 1]):
        start -= 1
    return (at - start) % 2 == 1


def _is_regional(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"
