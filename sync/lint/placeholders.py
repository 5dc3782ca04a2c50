"""Texts that a tool or a hurry left behind: New panel, TODO, a copy of another's."""

from __future__ import annotations

import re

_TITLE = re.compile(
    r"(?:(?:panel|row) title|(?:new|my|test) (?:panel|dashboard|visuali[sz]ation|graph|chart)s?(?: (?:copy|\d+))*"
    r"|untitled(?: \w+)?|(?:panel|title|graph|chart|dashboard|test)(?: ?\d+)?|asdf\w*|foo ?bar|x{2,}"
    r"|no title|unnamed(?: \w+)?"
    r"|(?-i:Copy of [A-Z].*)|\S.* \(copy(?: \d+)?\)|lorem ipsum.*|placeholder|\.\.\.|…|[-?]+)",
    re.IGNORECASE,
)
_TEXT = re.compile(
    r"(?:(?:panel |add (?:a )?|your |the )?description(?: here)?|lorem ipsum.*|placeholder|[-._…?x ]+|n/?a|none"
    r"|test)\.?",
    re.IGNORECASE | re.DOTALL,
)
_LATER = re.compile(r"(?:TODO|FIXME|TBD|XXX)(?![-\w])|(?i:(?:todo|fixme|tbd)(?:\s*:|\W*$))")


def is_no_title(text: str) -> bool:
    """Whether a title says nothing of what it is above."""
    return bool(_TITLE.fullmatch(text.strip()) or _LATER.match(text.strip()))


def is_no_text(text: str) -> bool:
    """Whether a description describes nothing."""
    return bool(_TEXT.fullmatch(text.strip()) or _LATER.match(text.strip()))
