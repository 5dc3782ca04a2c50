"""Two states of one panel into the changes between them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sync.diff import datasources, defaults, edited, library_panel, promql, words
from sync.diff.assign import pair
from sync.diff.change import Change
from sync.diff.tree import Edit, edits
from sync.diff.values import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.diff.model import Panel, Query
    from sync.diff.read import Path

# What every kind of panel draws from; the rest belongs to the kind and changes with it.
SHARED = frozenset({"unit", "decimals", "min", "max", "thresholds", "mappings", "links", "noValue", "displayName"})

MIXED = "-- Mixed --"
# What a panel has whatever its kind.
KEPT = frozenset({
    "description", "links", "repeat", "repeatDirection", "maxPerRow", "transparent", "timeFrom", "timeShift",
    "interval", "maxDataPoints", "conditionalRendering",
})  # fmt: skip


@dataclass
class PanelPair:
    """A panel before and after, how its lines begin, and what its data sources of old are called now.

    `one_era` says that both are of one version of the schema.
    """

    before: Panel
    after: Panel
    where: tuple[str, ...]
    aliases: dict[str, str]
    one_era: bool = True
    hidden: Counter[str] = field(default_factory=Counter)

    @property
    def kind_changed(self) -> bool:
        """Whether somebody made it a panel of another kind."""
        return self.before.kind != self.after.kind

    @property
    def migrated(self) -> bool:
        """Whether Grafana made one of a living kind of a panel of a dead one."""
        return self.before.was != self.after.was


def panel_changes(pair: PanelPair) -> Iterator[Change]:
    """Yield what differs between two states of a panel, but for its place."""
    old, new = pair.before, pair.after
    if library_panel.either(old, new):
        inside = "; ".join(_contents(panel) for panel in (old, new) if panel.queries)
        yield from library_panel.changes(old, new, where=pair.where, inside=inside)
        return
    if old.title != new.title:
        yield Change(pair.where, "title", "renamed", old.title, new.title, path=(*new.path, "title"))
    found = list(edits(old.tree, new.tree))
    if pair.kind_changed:
        # Of a dead kind that became another nothing is said in common.
        own = [edit for edit in found if _of_kind(edit) or (pair.migrated and edit.path[0] not in KEPT)]
        details = (f"with {plural(len(own), 'option')} of its kind",) if own else ()
        yield Change(pair.where, "kind", "changed", old.kind, new.kind, details=details, path=(*new.path, "type"))
        found = [edit for edit in found if edit not in own]
    elif pair.migrated:
        own = [edit for edit in found if _of_kind(edit)]
        pair.hidden["migrations"] += len(own)
        found = [edit for edit in found if not _of_kind(edit)]
    elif old.was and pair.one_era:
        raw = list(edits(old.raw, new.raw))
        # One setting of a dead kind may be several of the living one.
        if not found:
            # What means nothing to Grafana today was still written by someone; what it fills in was not.
            found = [edit for edit in raw if edit.before is not None and edit.after is not None]
        elif 0 < len(raw) < len(found):
            found = raw
    yield from _queries(pair)
    for edit in _without_consequences(found):
        yield edited.change(edit, where=pair.where, path=new.path, defaults=defaults.panel(new.kind))


def _without_consequences(found: list[Edit]) -> list[Edit]:
    """Leave out how a legend is drawn where it comes or goes."""
    keys = {edit.path for edit in found}
    if ("options", "legend", "showLegend") in keys:
        return [edit for edit in found if edit.path != ("options", "legend", "displayMode")]
    return found


def _of_kind(edit: Edit) -> bool:
    """Whether an edit is of what belongs to the kind of a panel: its options and how it draws a field."""
    keys = [step for step in edit.path if isinstance(step, str)]
    if keys[:2] == ["fieldConfig", "defaults"]:
        return keys[2] not in SHARED
    return keys[0] in {"options", "fieldConfig", "transformations"} or keys[0] not in KEPT


def _queries(panels: PanelPair) -> Iterator[Change]:
    old, new = panels.before.queries, panels.after.queries
    pairs = _paired(old, new)
    lefts, rights = {left for left, _ in pairs}, {right for _, right in pairs}
    for index, query in enumerate(old):
        if index not in lefts:
            yield Change(panels.where, f"query {query.ref}", "removed", details=(_gist(query),), path=panels.after.path)
    sources = [(old[left], new[right]) for left, right in pairs if not _one_source(panels, old[left], new[right])]
    together = len(sources) == len(pairs) and len({(repr(a.source), repr(b.source)) for a, b in sources}) == 1
    own = None if _one_own_source(panels) else (panels.before.source, panels.after.source)
    change = (sources[0][0].source, sources[0][1].source) if sources and together else own
    if change is not None:
        shown = datasources.shown(change[0]), datasources.shown(change[1])
        yield Change(panels.where, "data source", "changed", *shown, path=(*panels.after.path, "datasource"))
        together = together or all((a.source, b.source) == change for a, b in sources)
    for left, right in sorted(pairs, key=lambda item: item[1]):
        yield from _query(panels, old[left], new[right])
        if not together and (old[left], new[right]) in sources:
            shown = datasources.shown(old[left].source), datasources.shown(new[right].source)
            where = (*panels.where, f"query {new[right].ref}")
            yield Change(where, "data source", "changed", *shown, path=(*new[right].path, "datasource"))
    for index, query in enumerate(new):
        if index not in rights:
            yield Change(panels.where, f"query {query.ref}", "added", details=(_gist(query),), path=query.path)
    order = [right for _, right in sorted(pairs)]
    if order != sorted(order):
        shown = ", ".join(query.ref for query in old), ", ".join(query.ref for query in new)
        yield Change(panels.where, "order of queries", "reordered", *shown, path=(*panels.after.path, "targets"))


def _one_own_source(panels: PanelPair) -> bool:
    """Whether the data source of the panel itself is still the one; a mixed one says nothing about its queries."""
    old, new = panels.before.source, panels.after.source
    if not old or not new or MIXED in {old.get("uid"), new.get("uid")} or datasources.same(old, new):
        return True
    return panels.aliases.get(repr(old)) == repr(new) or panels.aliases.get(repr(new)) == repr(old)


def _one_source(panels: PanelPair, old: Query, new: Query) -> bool:
    if datasources.same(old.source, new.source):
        return True
    for older, newer in ((old.source, new.source), (new.source, old.source)):
        if panels.aliases.get(repr(older)) == repr(newer):
            panels.hidden["migrations"] += 1
            return True
    return False


def _paired(old: tuple[Query, ...], new: tuple[Query, ...]) -> list[tuple[int, int]]:
    """Return which query is which: by its text, then by its letter."""
    candidates = []
    said = [[Counter(re.findall(r"\w+", query.text)) for query in queries] for queries in (old, new)]
    for left, before in enumerate(old):
        for right, after in enumerate(new):
            total = said[0][left].total() + said[1][right].total()
            words_alike = 2 * (said[0][left] & said[1][right]).total() / total if total else 1.0
            value = words_alike + 0.5 * (before.ref == after.ref) + 0.5 * (before.text == after.text)
            alone = len(old) == len(new) == 1
            if value >= 0.5 or alone:
                candidates.append((left, right, value + 0.01 * (left == right)))
    return pair(candidates)


def _query(panels: PanelPair, old: Query, new: Query) -> Iterator[Change]:
    where = (*panels.where, f"query {new.ref}")
    if old.text != new.text:
        details = _explained(old, new)
        if details == ():
            panels.hidden["formatting"] += 1
        else:
            yield Change(
                where,
                "query",
                "changed",
                *words.excerpt(old.text, new.text, length=400),
                details=details or (),
                path=_text_path(new),
            )
    elif old.ref != new.ref and (old.named or new.named):
        yield Change(where, "name", "renamed", old.ref, new.ref, path=(*new.path, "refId"))
    for edit in edits(old.tree, new.tree):
        yield edited.change(edit, where=where, path=new.path, defaults=defaults.QUERY)


def _text_path(query: Query) -> Path:
    return (*query.path, "expr") if query.language in {"promql", "logql"} else query.path


def _explained(old: Query, new: Query) -> tuple[str, ...] | None:
    """Return what changed in a query, () when only its spelling did, None when that can't be told."""
    if old.language == new.language == "promql":
        found = promql.explain(old.text, new.text)
        if found is not None:
            return tuple(found)
    return () if squeezed(old.text) == squeezed(new.text) else None


def squeezed(text: str) -> str:
    """Return a text with the space outside of its quotes that means nothing taken out."""
    parts = re.split(r'("(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`)', text)
    return "".join(
        part if index % 2 else re.sub(r"\s+(?=\W)|(?<=\W)\s+", "", re.sub(r"\s+", " ", part))
        for index, part in enumerate(parts)
    ).strip()


def _gist(query: Query) -> str:
    return words.clipped(re.sub(r"\s+", " ", query.text), 160) or words.gist(query.tree)


def panel_summary(panel: Panel) -> str:
    """Return what a panel is, for one that is new or gone."""
    return ", ".join(part for part in (library_panel.called(panel), _contents(panel)) if part)


def _contents(panel: Panel) -> str:
    """Return how much a panel asks, and what first."""
    if not panel.queries:
        return ""
    return ", ".join(part for part in (plural(len(panel.queries), "query"), _gist(panel.queries[0])) if part)
