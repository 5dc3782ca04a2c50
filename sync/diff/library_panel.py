"""Panels that stand in the library: a dashboard holds a reference to one, and what it shows stands elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.diff import edited, words
from sync.diff.change import Change
from sync.diff.tree import edits
from sync.diff.values import Json, mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.diff.model import Panel

KIND = "library panel"
# What the dashboard says of the place where the panel stands; the rest is the library's.
OF_THE_DASHBOARD = ("repeat", "repeatDirection", "maxPerRow")


def tree(source: Json) -> Json:
    """Return the comparable part of a panel that refers to one of the library."""
    reference = mapping(source.get("libraryPanel"))
    own = {key: source[key] for key in OF_THE_DASHBOARD if key in source}
    return {"library": {key: text(reference.get(key)) for key in ("name", "uid")}} | own


def either(old: Panel, new: Panel) -> bool:
    """Whether one of two panels stands in the library."""
    return KIND in {old.kind, new.kind}


def called(panel: Panel) -> str:
    """Return what people call a panel's kind, with the name of one in the library."""
    return f"{KIND} {words.quoted(_name(panel))}" if panel.kind == KIND else panel.kind


def changes(old: Panel, new: Panel, *, where: tuple[str, ...], inside: str) -> Iterator[Change]:
    """Yield the line for another panel of the library, or for a copy in place of a reference and the reverse.

    `inside` is what the panel that isn't in the library asks.
    """
    if _retitled(old, new):
        yield Change(where, "title", "renamed", old.title, new.title, path=(*new.path, "title"))
    if old.kind != new.kind:
        details = (inside,) if inside else ()
        yield Change(where, "kind", "changed", called(old), called(new), details=details, path=_path(new))
    elif old.tree.get("library") != new.tree.get("library"):
        yield _another(old, new, where)
    # What a copy brings along, or leaves behind, comes with its kind.
    own = [{key: panel.tree[key] for key in OF_THE_DASHBOARD if key in panel.tree} for panel in (old, new)]
    for edit in edits(*own):
        yield edited.change(edit, where=where, path=new.path)


def _another(old: Panel, new: Panel, where: tuple[str, ...]) -> Change:
    before, after = (mapping(panel.tree.get("library")) for panel in (old, new))
    if before.get("uid") == after.get("uid"):
        return Change(where, "name in the library", "renamed", _name(old), _name(new), path=(*_path(new), "name"))
    shown = _name(old), _name(new)
    if shown[0] == shown[1]:
        shown = f"{shown[0]} ({text(before.get('uid'))})", f"{shown[1]} ({text(after.get('uid'))})"
    return Change(where, KIND, "changed", *shown, path=(*_path(new), "uid"))


def _retitled(old: Panel, new: Panel) -> bool:
    """Whether somebody wrote another title; one that is the library's goes with what stands there."""
    if old.kind != new.kind:
        return bool(old.title and new.title) and old.title != new.title
    return old.title != new.title and (old.title, new.title) != (_name(old), _name(new))


def likeness(old: Panel, new: Panel) -> float:
    """Return how much speaks for it that two panels, one or both of the library, are one: what each shows is unknown.

    Title, or number and place.
    """
    titles = {panel.title or _name(panel) for panel in (old, new)}
    title = len(titles) == 1 or old.title == new.title != ""
    ident = old.id is not None and old.id == new.id
    place = old.place == new.place and old.section == new.section
    same = old.kind == new.kind and old.tree == new.tree
    return 0.5 * title + 0.3 * ident + 0.2 * place + 0.5 * same


def _name(panel: Panel) -> str:
    library = mapping(panel.tree.get("library"))
    return text(library.get("name")) or text(library.get("uid"))


def _path(panel: Panel) -> tuple[str | int, ...]:
    return (*panel.path, "libraryPanel") if panel.kind == KIND else (*panel.path, "type")
