"""An edit of a tree as the line that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sync.diff import words
from sync.diff.change import Change
from sync.diff.tree import Edit, Name
from sync.diff.values import Json

if TYPE_CHECKING:
    from sync.diff.read import Path


def change(edit: Edit, *, where: tuple[str, ...] = (), path: Path = (), defaults: Json | None = None) -> Change:
    """Return the line of an edit below `path`; `defaults` are the values that count where one side says nothing."""
    what = words.phrase(edit.path)
    place = (*path, *(_step(step) for step in edit.path))
    if edit.op in {"added", "removed"}:
        said = words.gist(edit.after if edit.op == "added" else edit.before)
        # What is gone has no line; what held it has one.
        return Change(
            where, what, edit.op, details=(said,) if said else (), path=place if edit.op == "added" else place[:-1]
        )
    if edit.op == "renamed":
        return Change(where, words.phrase(edit.path), "renamed", edit.before, edit.after, path=place)
    before, after = _values(edit, defaults or {})
    return Change(where, what, "reordered" if edit.op == "order" else "changed", before, after, path=place)


def _step(step: str | Name) -> str | int:
    return step if isinstance(step, str) else step.after if step.after >= 0 else step.before


def _values(edit: Edit, defaults: Json) -> tuple[str, str]:
    last = edit.path[-1] if edit.path else ""
    key = last if isinstance(last, str) else ""
    default: Any = defaults
    for step in edit.path:
        default = default.get(step) if isinstance(default, dict) and isinstance(step, str) else None
    old, new = (default if value is None else value for value in (edit.before, edit.after))
    before, after = words.value(old, key=key, other=new), words.value(new, key=key, other=old)
    return words.excerpt(before, after) if isinstance(old, str) and isinstance(new, str) else (before, after)
