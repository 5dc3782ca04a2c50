"""Mends that are certain, put into the file's own text: nothing else of it changes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sync.lint.loading import load
from sync.lint.positions import JsonPositions, YamlPositions
from sync.lint.problem import Pointer, Problem
from sync.lint.query import Queries
from sync.lint.settings import Settings
from sync.lint.templating import unescaped

ROUNDS = 10
"""A query may need several mends, one after the other: each round finds those that are left."""


def mended(contents: Mapping[str, bytes], settings: Settings, *, knowledge: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the new bytes of the files that a mend changes."""
    from sync.lint import check

    now = dict(contents)
    for _ in range(ROUNDS):
        problems = [
            problem for problem in check(now, settings=settings, knowledge=knowledge) if problem.fix is not None
        ]
        changed = {path: _with(path, now[path], problems) for path in {problem.path for problem in problems}}
        changed = {path: content for path, content in changed.items() if content != now[path]}
        if not changed:
            break
        now |= changed
    return {path: content for path, content in now.items() if content != contents[path]}


def _with(path: str, content: bytes, problems: Sequence[Problem]) -> bytes:
    loaded = load(path, content, Queries())
    text, positions = content.decode("utf-8-sig"), loaded.positions
    edits: dict[int, tuple[int, str]] = {}
    for problem in problems:
        if problem.path != path or not isinstance(positions, (JsonPositions, YamlPositions)):
            continue
        start, end = positions.span(problem.pointer)
        written = text[start:end]
        if unescaped(written)[1] is not None:
            continue  # the mend was made of what Helm writes
        new = (
            _in_json(written, problem.fix)
            if isinstance(positions, JsonPositions)
            else _in_yaml(written, _at(loaded.value, problem.pointer), problem.fix)
        )
        if new is not None and not any(a < end and start < b for a, (b, _) in edits.items()):
            edits[start] = (end, new)
    for start in sorted(edits, reverse=True):
        end, new = edits[start]
        text = text[:start] + new + text[end:]
    mark = b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b""
    return mark + text.encode()


def _in_json(written: str, value: Any) -> str | None:
    """Return how JSON writes the new value; None when what stands there is of another kind."""
    old = json.loads(written)
    return json.dumps(value, ensure_ascii=written.isascii()) if type(old) is type(value) else None


def _at(value: Any, pointer: Pointer) -> Any:
    for step in pointer:
        fits = isinstance(value, dict) or (isinstance(value, list) and isinstance(step, int) and step < len(value))
        value = value[step] if fits and (not isinstance(value, dict) or step in value) else None
    return value


def _in_yaml(written: str, old: Any, new: Any) -> str | None:
    """Return the scalar as it is written, with the one piece of it changed; None where that isn't plain to see.

    The old and the new text are compared by what they have in common at both ends, so the style of the scalar stays.
    """
    if not isinstance(old, str) or not isinstance(new, str):
        return None
    head = _common(old, new)
    tail = _common(old[len(head) :][::-1], new[len(head) :][::-1])[::-1]
    gone, come = (text[len(head) : len(text) - len(tail)] for text in (old, new))
    before, after = head[-12:].rpartition("\n")[2], tail[:12].partition("\n")[0]
    if written.count(before + gone + after) != 1 or any(quote in come for quote in "\"'\\\n"):
        return None
    return written.replace(before + gone + after, before + come + after)


def _common(one: str, other: str) -> str:
    """Return what both begin with."""
    length = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return one[:length]
