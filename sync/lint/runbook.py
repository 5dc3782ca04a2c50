"""A runbook: its headings, its links, the queries it tells people to paste."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from sync.lint.query import Language, Queries, Query, Use

_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(\s*<?([^)\s>]+)>?[^)\n]*\)")
_WRITTEN_OUT = re.compile(r"https?://[\w.:/-]{1,300}?/d/[\w/?&=.,%${}-]{1,500}")
_FENCE = re.compile(r"^([ \t]*)(```+|~~~+)[ \t]*([\w-]*)[^\n]*\n(.*?)^[ \t]*\2", re.MULTILINE | re.DOTALL)
_PIECE = re.compile(r"^(?![ \t]*#)[ \t]*\S[^\n]*(?:\n(?![ \t]*#)[ \t]*\S[^\n]*)*", re.MULTILINE)
ADDRESS = re.compile(
    r"runbooks?(?:\.[\w.:-]+)?/(?:[\w.-]+/)*([\w.-]+?)(?:\.md|\.html|/)?(?:#([\w-]+))?$", re.IGNORECASE
)
"""An address of a runbook: its name, and the heading in it."""
_LANGUAGES = {"promql": Language.PROMQL, "logql": Language.LOGQL, "traceql": Language.TRACEQL}


class Runbook:
    """A Markdown file."""

    def __init__(self, path: str, text: str, *, queries: Queries) -> None:
        self.path, self.text = path, text
        self._queries = queries

    @cached_property
    def prose(self) -> str:
        """The text with its code blanked out, every offset kept."""
        blank = _FENCE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), self.text)
        return re.sub(r"`[^`\n]*`", lambda found: " " * len(found[0]), blank)

    @cached_property
    def anchors(self) -> frozenset[str]:
        """The anchors of its headings, as GitHub makes them, and those written as HTML."""
        made: dict[str, int] = {}
        anchors = set()
        for found in _HEADING.finditer(_FENCE.sub("", self.text)):
            slug = anchor(found[1])
            anchors.add(slug if slug not in made else f"{slug}-{made[slug]}")
            made[slug] = made.get(slug, 0) + 1
        return frozenset(anchors | set(re.findall(r"""<a\s+(?:id|name)=["']([^"']+)""", self.text)))

    @property
    def links(self) -> Iterator[tuple[str, int]]:
        """Every link's address and offset, those in code left out."""
        return ((found[1], found.start(1)) for found in _LINK.finditer(self.prose))

    @property
    def dashboards(self) -> Iterator[tuple[str, int]]:
        """Every address of a dashboard that is written out, to be opened or pasted, with its offset."""
        linked = {offset for _, offset in self.links}
        found = _WRITTEN_OUT.finditer(self.text) if "/d/" in self.text else ()
        return ((each[0], each.start()) for each in found if each.start() not in linked)

    @property
    def queries(self) -> Iterator[tuple[Query, int]]:
        """Every query in a fence that names its language, with its offset."""
        for found in _FENCE.finditer(self.text):
            language = _LANGUAGES.get(found[3].lower())
            if language is not None:
                yield from self._fenced(found[4].rstrip(), language, found.start(4))

    def _fenced(self, text: str, language: Language, offset: int) -> Iterator[tuple[Query, int]]:
        """Yield the query of a fence, or each where it holds several, below comments or between empty lines."""
        whole = self._queries.query(text, language=language, use=Use.RUNBOOK)
        found = [
            (self._queries.query(piece[0].rstrip(), language=language, use=Use.RUNBOOK), offset + piece.start())
            for piece in _PIECE.finditer(text)
        ]
        several = whole.error is not None and len(found) > 1 and all(query.error is None for query, _ in found)
        yield from found if several else [(whole, offset)]


def anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)|`", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")
