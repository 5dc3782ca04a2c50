"""Text that somebody else wrote (titles, queries, file names), made harmless for where it is shown."""

from __future__ import annotations

import re
import unicodedata
from html import escape

from sync.diff.words import clipped

LONGEST = 600
# Controls, and what turns text around or hides in it (bidirectional marks, zero width, private use, lone surrogates).
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_MARKDOWN = re.compile(r"[\\`*_\[\]#!|<>~&$]")
# What GitHub and GitLab make mentions, issues and links of, also where it is escaped: broken by a word joiner.
_SIGIL = re.compile(r"(?<!\w)([@#!~%&$])(?=[\w\"'])|(?<=\w)(@|://|(?<=www)\.)(?=\w)")
_JOINER = "\u2060"


def line(text: str) -> str:
    """Return a text as one line in which nothing moves the cursor, rings, hides or turns around."""
    shown = re.sub(r"[\r\n\t]+", " ", clipped(text, LONGEST))
    if shown.isascii() and shown.isprintable():
        return shown
    return "".join(_visible(character) for character in shown)


def _visible(character: str) -> str:
    if unicodedata.category(character) not in _HIDDEN:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def markdown(text: str) -> str:
    """Return a text for Markdown's running text: nothing in it is markup, a mention, a link or a command."""
    broken = _SIGIL.sub(lambda found: f"{found[1] or ''}{_JOINER}{found[2] or ''}", line(text))
    return _MARKDOWN.sub(lambda found: f"&#{ord(found[0])};", broken)


def code(text: str) -> str:
    """Return a text as a code span of Markdown, within a fence that the text doesn't hold."""
    shown = line(text).strip()
    if not shown:
        return "<i>empty</i>"
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def html(text: str) -> str:
    """Return a text for HTML, in elements and in quoted attributes."""
    return escape(line(text), quote=True)
