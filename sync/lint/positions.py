"""Where in a file a value stands, found only when a problem is to be shown there."""

from __future__ import annotations

import json
import re
from bisect import bisect, bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import accumulate, count
from json.decoder import scanstring  # type: ignore[attr-defined]  # the C scanner of strings, absent from typeshed
from operator import add

from sync.lint.problem import Pointer

_SPACE = re.compile(r"[ \t\r\n]*")
_COLON = re.compile(r"[ \t\r\n]*:[ \t\r\n]*")
_COMMA = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")
_scan_once = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # the C scanner, absent from typeshed


class LineIndex:
    """Turns an offset into a line and a column, both from 1."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _starts(self) -> list[int]:
        lengths = accumulate(map(len, self.text.split("\n")))
        return [0, *map(add, lengths, count(1))]

    def place(self, offset: int) -> tuple[int, int]:
        """Give line and column of an offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


class JsonPositions(LineIndex):
    """Positions in a JSON text. Values off the way are skipped by the C scanner, and none is read twice.

    `unique` says that no object has a key twice: then it is read as far as it is asked for. Else the last one counts.
    """

    def __init__(self, text: str, *, unique: bool = False) -> None:
        super().__init__(text)
        self._unique = unique
        self._children: dict[int, tuple[dict[str | int, int], Iterator[tuple[str | int, int]]]] = {}

    def span(self, pointer: Pointer) -> tuple[int, int]:
        """Give start and end of the value at a pointer, or of the nearest one above it that exists."""
        offset = self._skip(1 if self.text.startswith("\ufeff") else 0)
        for step in pointer:
            child = self._child(offset, step)
            if child is None:
                break
            offset = child
        return offset, _scan_once(self.text, offset)[1]

    def offset(self, pointer: Pointer) -> int:
        """Give where the value at a pointer starts."""
        return self.span(pointer)[0]

    def duplicate_keys(self) -> list[tuple[str, int]]:
        """Give every key that an object has twice, with the offset of the second."""
        if self._unique:
            return []
        found: list[tuple[str, int]] = []

        def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
            seen = dict(items)
            if len(seen) < len(items):
                names = [name for name, _ in items]
                found.extend((name, 0) for name in seen if names.count(name) > 1)
            return seen

        json.JSONDecoder(object_pairs_hook=pairs).decode(self.text.lstrip("\ufeff"))
        return [(name, self._second(name)) for name, _ in found]

    def _second(self, name: str) -> int:
        places = [match.start() for match in re.finditer(re.escape(json.dumps(name)) + r"\s*:", self.text)]
        return places[1] if len(places) > 1 else 0

    def _skip(self, offset: int) -> int:
        return _SPACE.match(self.text, offset).end()  # type: ignore[union-attr]  # it matches the empty string too

    def _child(self, offset: int, step: str | int) -> int | None:
        """Return where a part of the container at an offset starts."""
        if offset not in self._children:
            self._children[offset] = {}, self._parts(offset)
        found, rest = self._children[offset]
        if not (self._unique and step in found):
            for part, start in rest:
                found[part] = start
                if self._unique and part == step:
                    break
        return found.get(step)

    def _parts(self, offset: int) -> Iterator[tuple[str | int, int]]:
        """Yield every key or number with where its value starts, and skip that value when asked for the next."""
        text, opener = self.text, self.text[offset]
        offset = self._skip(offset + 1)
        for number in count() if opener in "{[" else ():
            if text[offset] in "}]":
                break
            part: str | int = number
            if opener == "{":
                part, offset = scanstring(text, offset + 1, True)
                offset = _COLON.match(text, offset).end()  # type: ignore[union-attr]  # what is read is JSON
            yield part, offset
            offset = _COMMA.match(text, _scan_once(text, offset)[1]).end()  # type: ignore[union-attr]  # as in _skip


class YamlPositions(LineIndex):
    """Positions in a YAML text, from the marks that its nodes carry."""

    def __init__(self, text: str, spans: dict[Pointer, tuple[int, int]]) -> None:
        super().__init__(text)
        self._spans = spans

    def span(self, pointer: Pointer) -> tuple[int, int]:
        """Give start and end of the value at a pointer, or of the nearest one above it that exists."""
        while pointer and pointer not in self._spans:
            pointer = pointer[:-1]
        return self._spans.get(pointer, (0, 0))

    def offset(self, pointer: Pointer) -> int:
        """Give where the value at a pointer starts."""
        return self.span(pointer)[0]


_ESCAPED = re.compile(r"[^\\\s]+|\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)|\s+", re.DOTALL)
_SINGLE = re.compile(r"[^'\s]+|''|'|\s+")
_LITERAL = re.compile(r"\S+|\s+")
_BLANK = frozenset({"\\n", "\\t", "\\r", "\\ ", "\\\n"})


def within(written: str, text: str, offset: int) -> int:
    """Return where in a scalar, as JSON or YAML writes it, the character of its text at `offset` stands.

    White space is left out of the count: YAML folds and indents it as it likes.
    """
    ends, blanks = _blanks(text)
    run = bisect(ends, offset)
    before = offset - (blanks[run - 1] if run else 0)
    if run < len(ends):  # the offset may be within the next run of white space
        before -= max(0, offset - (ends[run] - (blanks[run] - (blanks[run - 1] if run else 0))))
    counts, starts = _pieces(written)
    piece = bisect(counts, before) - 1
    if piece < 0 or before >= counts[-1]:
        return max(0, len(written.rstrip()) - 1)
    return starts[piece] + before - counts[piece]


@lru_cache(maxsize=4)
def _blanks(text: str) -> tuple[list[int], list[int]]:
    """Return where each run of white space ends, and how much there is up to there."""
    runs = [found.span() for found in re.finditer(r"\s+", text)]
    return [end for _, end in runs], list(accumulate(end - start for start, end in runs))


@lru_cache(maxsize=4)
def _pieces(written: str) -> tuple[list[int], list[int]]:
    """Return how many characters stand before each piece that is no white space, and where it starts; then the sum."""
    style = written[:1]
    start, tokens = {'"': (1, _ESCAPED), "'": (1, _SINGLE)}.get(style, (0, _LITERAL))
    if style in {"|", ">"}:
        start = written.find("\n") + 1
    counts, starts, count = [], [], 0
    for found in tokens.finditer(written, start):
        piece = found[0]
        if piece.isspace() or (tokens is _ESCAPED and piece in _BLANK):
            continue
        counts.append(count)
        starts.append(found.start())
        is_escape = (tokens is _ESCAPED and piece[0] == "\\") or (tokens is _SINGLE and piece == "''")
        count += 1 if is_escape else len(piece)
    return [*counts, count], starts
