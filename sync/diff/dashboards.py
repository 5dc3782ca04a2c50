"""Two dashboards in comparable form into the changes between them, and the counts of what was noise."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sync.diff import defaults, edited, layout, library_panel, matching, words
from sync.diff.assign import pair
from sync.diff.change import Change
from sync.diff.panels import PanelPair, panel_changes, panel_summary
from sync.diff.tree import Name, edits, entries
from sync.diff.values import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sync.diff.model import Dashboard, Panel, Section
    from sync.diff.read import Path
    from sync.diff.values import Json

LISTS = {"variable": "variables", "annotation": "annotations", "link": "links"}
DEFAULTS = {"variable": defaults.VARIABLE, "annotation": defaults.ANNOTATION, "link": defaults.LINK}


@dataclass
class Comparison:
    """Changes of one dashboard, in the order of a page: the dashboard, its frame, rows, panels."""

    before: Dashboard
    after: Dashboard
    changes: list[Change] = field(default_factory=list)
    hidden: Counter[str] = field(default_factory=Counter)

    def crosses(self, schema: int) -> bool:
        """Whether one side is from before a version of the schema and the other is not."""
        return min(self.before.schema, self.after.schema) < schema <= max(self.before.schema, self.after.schema)


def compare(before: Dashboard, after: Dashboard) -> Comparison:
    """Return what differs between two dashboards."""
    found = Comparison(before, after)
    pairs = matching.match(before.panels, after.panels)
    sections = _sections(before, after, pairs)
    found.changes += _identity(before, after)
    found.changes += [
        edited.change(edit, path=after.root, defaults=defaults.DASHBOARD)
        for edit in edits(before.settings, after.settings)
    ]
    for kind, name in LISTS.items():
        lines = list(_listed(kind, getattr(before, name), getattr(after, name), root=after.root))
        # When a variable refreshes follows from its type, and from schema 29 on from the migration to it.
        retyped = {line.where for line in lines if line.what == "type"}
        follows = [
            line for line in lines if line.what == "auto refresh" and (found.crosses(29) or line.where in retyped)
        ]
        found.hidden["migrations"] += len(follows)
        # Grafana fills a variable's value in when it is shown; only one value in place of another was chosen.
        filled = [line for line in lines if line.what == "default value" and "default" in {line.before, line.after}]
        found.hidden["defaults"] += len(filled)
        found.changes += [line for line in lines if line not in follows and line not in filled]
    gone = _gone(before, pairs, sections)
    found.changes += _removed_sections(before, sections, gone)
    found.changes += _section_changes(before, after, sections)
    _panels(found, pairs, sections, gone)
    _library(found)
    _count_noise(found, pairs)
    return found


def _identity(before: Dashboard, after: Dashboard) -> Iterator[Change]:
    if before.title != after.title:
        yield Change((), "title", "renamed", before.title, after.title, path=(*after.root, "title"))
    if before.uid and after.uid and before.uid != after.uid:
        yield Change((), "uid", "changed", before.uid, after.uid, path=(*after.root, "uid"))


def _listed(kind: str, before: Sequence[Json], after: Sequence[Json], *, root: Path) -> Iterator[Change]:
    """Yield changes of variables, annotations and links, each named in `where`."""
    home: Path = {"variable": ("templating", "list"), "annotation": ("annotations", "list")}.get(kind, ("links",))
    for edit in entries(before, after):
        if not edit.path:
            yield Change((), f"order of {kind}s", "reordered", edit.before, edit.after, path=(*root, *home))
            continue
        entry, *rest = edit.path
        name = f"{kind} {words.quoted(entry.text if isinstance(entry, Name) else str(entry))}"
        position = entry.after if isinstance(entry, Name) and entry.after >= 0 else 0
        path = (*root, *home, position)
        if rest:
            yield edited.change(replace(edit, path=tuple(rest)), where=(name,), path=path, defaults=DEFAULTS[kind])
        else:
            said = words.gist(edit.after or edit.before)
            yield Change((), name, edit.op, details=(said,) if said else (), path=path)


def _sections(before: Dashboard, after: Dashboard, pairs: list[tuple[int, int]]) -> dict[int, int]:
    """Return which row or tab is which: by title, else by the panels in it."""
    shared: Counter[tuple[int, int]] = Counter()
    for left, right in pairs:
        shared[before.panels[left].section, after.panels[right].section] += 1
    sizes = Counter(panel.section for panel in before.panels) + Counter()
    candidates = []
    for left, old in enumerate(before.sections):
        for right, new in enumerate(after.sections):
            titled = old.title == new.title and old.kind == new.kind
            part = shared[left, right] / max(sizes[left], 1)
            alone = (not sizes[left]) and len(before.sections) == len(after.sections) and left == right
            if titled or part >= 0.5 or alone:
                candidates.append((left, right, titled * 0.6 + part * 0.4 + (left == right) * 0.01))
    return dict(pair(candidates))


def _gone(before: Dashboard, pairs: list[tuple[int, int]], sections: dict[int, int]) -> dict[int, list[int]]:
    """Return the panels of the rows and tabs that were removed with all that was in them."""
    kept = {before.panels[left].section for left, _ in pairs} | set(sections)
    found: dict[int, list[int]] = {}
    for index, panel in enumerate(before.panels):
        if panel.section >= 0 and panel.section not in kept:
            found.setdefault(panel.section, []).append(index)
    return found


def _removed_sections(before: Dashboard, sections: dict[int, int], gone: dict[int, list[int]]) -> Iterator[Change]:
    names = _names(before)
    for left, old in enumerate(before.sections):
        if left in gone:
            inside = words.listed([names[index].removeprefix("panel ") for index in gone[left]])
            said = f"{plural(len(gone[left]), 'panel')} with it ({inside})"
            yield Change((), _called(old), "removed", details=(said,), path=old.path)
        elif left not in sections:
            yield Change((), _called(old), "removed", path=old.path)


def _section_changes(before: Dashboard, after: Dashboard, sections: dict[int, int]) -> Iterator[Change]:
    pairs = sorted(sections.items(), key=lambda pair: pair[1])
    moved = {pairs[index][1] for index in layout.reordered([left for left, _ in pairs])}
    for left, right in pairs:
        old, new = before.sections[left], after.sections[right]
        if right in moved:
            yield Change((), _called(new), "moved", path=new.path)
        if old.title != new.title:
            yield Change((_called(new),), "title", "renamed", old.title, new.title, path=(*new.path, "title"))
        for edit in edits(old.tree, new.tree):
            yield edited.change(edit, where=(_called(new),), path=new.path)
        if old.kind != new.kind:
            yield Change((_called(new),), "kind", "changed", old.kind, new.kind, path=new.path)
    for right, new in enumerate(after.sections):
        if right not in sections.values():
            yield Change((), _called(new), "added", path=new.path)


def _called(section: Section) -> str:
    return f"{section.kind} {words.quoted(section.title)}" if section.title else f"{section.kind} without title"


def _panels(
    found: Comparison, pairs: list[tuple[int, int]], sections: dict[int, int], gone: dict[int, list[int]]
) -> None:
    before, after = found.before, found.after
    names = _names(before), _names(after)
    lefts, rights = {left for left, _ in pairs}.union(*gone.values()), {right for _, right in pairs}
    found.changes += [
        Change((), names[0][left], "removed", details=(panel_summary(panel),), path=panel.path)
        for left, panel in enumerate(before.panels)
        if left not in lefts
    ]
    moves = layout.moves(before, after, pairs, sections)
    found.hidden["layout"] += moves.shifted
    aliases = _aliases(before, after, pairs)
    for index, (left, right) in sorted(enumerate(pairs), key=lambda item: item[1][1]):
        old, new = before.panels[left], after.panels[right]
        where = (names[1][right],)
        if found.crosses(16) and (index in moves.moved or index in moves.resized):
            # Rows of old became a grid: sizes were worked out, not chosen.
            found.hidden["migrations"] += 1
        elif index in moves.moved:
            found.changes.append(
                Change((), where[0], "moved", details=(moves.moved[index],), path=(*new.path, "gridPos"))
            )
        if index in moves.resized and old.place and new.place and not found.crosses(16):
            sizes = tuple(f"{place.w} × {place.h}" for place in (old.place, new.place))
            found.changes.append(Change(where, "size", "resized", sizes[0], sizes[1], path=(*new.path, "gridPos")))
        pair = PanelPair(old, new, where, aliases, before.schema == after.schema)
        found.changes += panel_changes(pair)
        found.hidden.update(pair.hidden)
    for right, panel in enumerate(after.panels):
        if right not in rights:
            found.changes.append(Change((), names[1][right], "added", details=(panel_summary(panel),), path=panel.path))


def _library(found: Comparison) -> None:
    """Compare the panels of the library that exports bring along; which of them a page shows, its panels say."""
    before, after = found.before.library, found.after.library
    for uid, new in after.items():
        if uid in before:
            named = f" {words.quoted(new.title or uid)}" if new.title or uid else ""
            pair = PanelPair(
                before[uid], new, (f"{library_panel.KIND}{named}",), {}, found.before.schema == found.after.schema
            )
            found.changes += panel_changes(pair)
            found.hidden.update(pair.hidden)


def _names(dashboard: Dashboard) -> list[str]:
    """Return a name for each panel; where titles are shared, with the row, or the place in reading order."""
    titles = Counter(panel.title for panel in dashboard.panels)
    seen: Counter[str] = Counter()
    found = []
    for panel in dashboard.panels:
        seen[panel.title] += 1
        name = f"panel {words.quoted(panel.title)}" if panel.title else _untitled(panel)
        if titles[panel.title] > 1:
            name += f" ({seen[panel.title]} of {titles[panel.title]})"
        found.append(name)
    return found


def _untitled(panel: Panel) -> str:
    return library_panel.called(panel) if panel.kind == library_panel.KIND else f"{panel.kind} panel without title"


def _aliases(before: Dashboard, after: Dashboard, pairs: list[tuple[int, int]]) -> dict[str, str]:
    """Return the name each data source of old got when references became uids (schemas 33 and 36), by majority."""
    if not Comparison(before, after).crosses(36):
        return {}
    votes: dict[str, Counter[str]] = {}
    for left, right in pairs:
        for old, new in zip(before.panels[left].queries, after.panels[right].queries, strict=False):
            older, newer = (old.source, new.source) if before.schema < 36 else (new.source, old.source)
            if not older.get("type"):
                votes.setdefault(repr(older), Counter())[repr(newer)] += 1
    return {older: counts.most_common(1)[0][0] for older, counts in votes.items()}


def _count_noise(found: Comparison, pairs: list[tuple[int, int]]) -> None:
    before, after = found.before, found.after
    found.hidden["ids"] += sum(before.panels[left].id != after.panels[right].id for left, right in pairs)
    dropped = Counter(before.notes.defaults), Counter(after.notes.defaults)
    found.hidden["defaults"] += ((dropped[0] - dropped[1]) + (dropped[1] - dropped[0])).total()
    found.hidden["migrations"] += len(before.notes.migrations ^ after.notes.migrations)
    found.hidden["order"] += len(layout.reordered([right for _, right in pairs])) if not found.changes else 0
    for name in [name for name, count in found.hidden.items() if not count]:
        del found.hidden[name]


def summary(dashboard: Dashboard) -> str:
    """Return what a dashboard holds, for one that is new or gone."""
    parts: list[Any] = [
        plural(len(dashboard.panels), "panel"),
        plural(sum(len(panel.queries) for panel in dashboard.panels), "query"),
    ]
    rows = Counter(section.kind for section in dashboard.sections)
    parts += [plural(count, kind) for kind, count in sorted(rows.items())]
    if dashboard.variables:
        parts.append(plural(len(dashboard.variables), "variable"))
    return ", ".join(parts)
