"""Which panel of one dashboard is which of the other: by title, kind and queries, not by position or id."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.diff import library_panel
from sync.diff.assign import pair
from sync.diff.tree import leaves, likeness

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sync.diff.model import Panel

# What of a panel counts how much; together 1. Below `PAIRED_FROM` two panels are two panels.
TITLE, QUERIES, CONTENT, KIND, IDENT, PLACE = 0.3, 0.3, 0.15, 0.1, 0.1, 0.05
PAIRED_FROM = 0.45
LARGEST_BUCKET = 60


@dataclass(frozen=True)
class _Feature:
    """What a panel is recognised by."""

    panel: Panel
    words: frozenset[str]
    queries: Counter[str]
    content: Counter[tuple[str, str]]

    @property
    def keys(self) -> Iterable[tuple[str, object]]:
        """What two panels that may be one have at least one of in common."""
        if self.panel.title:
            yield "title", self.panel.title
        if self.panel.id is not None:
            yield "id", self.panel.id
        yield "place", (self.panel.section, self.panel.place)
        for query in self.panel.queries:
            yield "query", query.text
        yield from (("word", word) for word in self.queries if len(word) > 5)
        if not self.panel.queries:
            yield from (("leaf", leaf) for leaf in self.content if len(leaf[1]) > 20)


def match(before: Sequence[Panel], after: Sequence[Panel]) -> list[tuple[int, int]]:
    """Return the pairs of positions of panels that are the same panel."""
    pairs = _alike(before, after)
    lefts, rights = {left for left, _ in pairs}, {right for _, right in pairs}
    old = {index: _feature(panel) for index, panel in enumerate(before) if index not in lefts}
    new = {index: _feature(panel) for index, panel in enumerate(after) if index not in rights}
    candidates = []
    for left, right in _plausible(old, new):
        value = _likeness(old[left], new[right])
        if value >= PAIRED_FROM:
            candidates.append((left, right, value))
    return sorted(pairs + pair(candidates))


def _alike(before: Sequence[Panel], after: Sequence[Panel]) -> list[tuple[int, int]]:
    """Pair panels that say the same; of several such, those in one place first, then in order."""
    same: dict[object, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, panels in enumerate((before, after)):
        for index, panel in enumerate(panels):
            said = (
                panel.title,
                panel.kind,
                tuple((query.ref, query.text) for query in panel.queries),
                repr(panel.tree),
            )
            same[said][side].append(index)
    pairs = []
    for old, new in same.values():
        where = {(after[index].section, after[index].place, after[index].id): index for index in reversed(new)}
        rest = []
        for index in old:
            found = where.pop((before[index].section, before[index].place, before[index].id), None)
            if found is None:
                rest.append(index)
            else:
                pairs.append((index, found))
                new.remove(found)
        pairs += list(zip(rest, new, strict=False))
    return pairs


def _feature(panel: Panel) -> _Feature:
    queries: Counter[str] = Counter()
    for query in panel.queries:
        queries.update(re.findall(r"[\w.]+", query.text))
        if not query.text:
            queries.update(f"{key}={value}" for key, value in leaves(query.tree))
    return _Feature(panel, frozenset(re.findall(r"\w+", panel.title.lower())), queries, leaves(panel.tree))


def _plausible(old: dict[int, _Feature], new: dict[int, _Feature]) -> set[tuple[int, int]]:
    if len(old) * len(new) <= 2500:
        return {(left, right) for left in old for right in new}
    buckets: dict[tuple[str, object], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, features in enumerate((old, new)):
        for index, feature in features.items():
            for key in set(feature.keys):
                buckets[key][side].append(index)
    found: set[tuple[int, int]] = set()
    for lefts, rights in buckets.values():
        if len(lefts) <= LARGEST_BUCKET and len(rights) <= LARGEST_BUCKET:
            found.update((left, right) for left in lefts for right in rights)
        else:
            found.update(zip(lefts, rights, strict=False))
    return found


def _likeness(old: _Feature, new: _Feature) -> float:
    left, right = old.panel, new.panel
    if library_panel.either(left, right):
        return library_panel.likeness(left, right)
    title = 1.0 if left.title == right.title else _jaccard(old.words, new.words)
    total = old.queries.total() + new.queries.total()
    queries = 2 * (old.queries & new.queries).total() / total if total else None
    content = likeness(old.content, new.content)
    kind = float(left.kind == right.kind)
    ident = float(left.id is not None and left.id == right.id)
    place = float(left.place == right.place and left.section == right.section)
    if queries is None:
        # A panel without queries is what it says.
        queries = content
    if title == 0 and queries < 0.2 and content < 0.5:
        return 0.0
    return TITLE * title + QUERIES * queries + CONTENT * content + KIND * kind + IDENT * ident + PLACE * place


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    together = left | right
    return len(left & right) / len(together) if together else 1.0
