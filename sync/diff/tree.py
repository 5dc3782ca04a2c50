"""The difference of two trees of JSON in as few edits as it takes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sync.diff import datasources
from sync.diff.assign import pair
from sync.diff.values import Json, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ABSENT: Any = None
# What tells entries of one list apart, best first.
IDENTITY = ("name", "matcher", "when", "id", "title", "uid", "key", "refId", "url", "text")
PAIRED_FROM = 0.3


@dataclass(frozen=True, slots=True)
class Name:
    """A step into a list: the entry that people call so, and where it stands before and after (-1 where it isn't)."""

    text: str
    before: int
    after: int


Step = str | Name


@dataclass(frozen=True, slots=True)
class Edit:
    """A value that differs; `op` is added or removed for whole entries of lists, else changed; or order."""

    path: tuple[Step, ...]
    op: str
    before: Any
    after: Any


def edits(before: Json, after: Json, *, path: tuple[Step, ...] = ()) -> Iterator[Edit]:
    """Yield what differs between two objects; a key that alone has another name is one edit."""
    gone = [key for key in before if key not in after]
    new_keys = [key for key in after if key not in before]
    if len(gone) == len(new_keys) == 1 and before[gone[0]] == after[new_keys[0]] and before[gone[0]] is not True:
        yield Edit((*path, new_keys[0]), "renamed", gone[0], new_keys[0])
        before = {key: value for key, value in before.items() if key != gone[0]}
        after = {key: value for key, value in after.items() if key != new_keys[0]}
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key), after.get(key)
        if old is not new and not _equal(old, new):
            yield from _value(old, new, key=key, path=(*path, key))


def _equal(old: Any, new: Any) -> bool:
    return bool(old == new) and isinstance(old, bool) == isinstance(new, bool)


def _value(old: Any, new: Any, *, key: str, path: tuple[Step, ...]) -> Iterator[Edit]:
    if key == "datasource":
        before, after = (value if isinstance(value, dict) else {} for value in (old, new))
        if not datasources.same(before, after):
            yield Edit(path, "changed", datasources.shown(before), datasources.shown(after))
    elif _objects(old) and _objects(new) and (old or new):
        yield from entries(old or [], new or [], path=path)
    elif isinstance(old, dict) and isinstance(new, dict):
        yield from edits(old, new, path=path)
    elif isinstance(old, dict) and new is ABSENT:
        yield from edits(old, {}, path=path)
    elif isinstance(new, dict) and old is ABSENT:
        yield from edits({}, new, path=path)
    else:
        yield Edit(path, "changed", old, new)


def _objects(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(item, dict) for item in value))


def entries(before: Sequence[Json], after: Sequence[Json], *, path: tuple[Step, ...] = ()) -> Iterator[Edit]:
    """Yield what differs between two lists of objects: entries are paired by what they say, not by position."""
    pairs = aligned(before, after)
    lefts, rights = {left for left, _ in pairs}, {right for _, right in pairs}
    for index, item in enumerate(before):
        if index not in lefts:
            yield Edit((*path, Name(called(item, index), index, -1)), "removed", item, None)
    for left, right in sorted(pairs, key=lambda pair: pair[1]):
        step = Name(called(before[left], left), left, right)
        yield from edits(before[left], after[right], path=(*path, step))
    for index, item in enumerate(after):
        if index not in rights:
            yield Edit((*path, Name(called(item, index), -1, index)), "added", None, item)
    order = [right for _, right in sorted(pairs)]
    if order != sorted(order):
        names = [[called(item, index) for index, item in enumerate(items)] for items in (before, after)]
        yield Edit(path, "order", ", ".join(names[0]), ", ".join(names[1]))


def called(item: Json, index: int) -> str:
    """Return what people would call an entry of a list."""
    for key in IDENTITY:
        if isinstance(item.get(key), str | int | float) and text(item[key]):
            return text(item[key])
    return str(index + 1)


def aligned(before: Sequence[Json], after: Sequence[Json]) -> list[tuple[int, int]]:
    """Return which entry of one list is which of the other, as pairs of positions."""
    pairs = _same(before, after)
    lefts, rights = {left for left, _ in pairs}, {right for _, right in pairs}
    old = [index for index in range(len(before)) if index not in lefts]
    new = [index for index in range(len(after)) if index not in rights]
    if len(old) * len(new) > 10_000:
        return pairs + _by_name(before, after, old, new)
    said = {("old", index): leaves(before[index]) for index in old} | {
        ("new", index): leaves(after[index]) for index in new
    }
    candidates = []
    for left in old:
        for right in new:
            value = likeness(said["old", left], said["new", right])
            named = called(before[left], left) == called(after[right], right)
            if named or value >= PAIRED_FROM:
                candidates.append((left, right, value + named + 0.01 * (left == right)))
    pairs += pair(candidates)
    lefts, rights = {left for left, _ in pairs}, {right for _, right in pairs}
    # An entry that stands alone where another stood alone is that one, edited.
    left_over = ([index for index in old if index not in lefts], [index for index in new if index not in rights])
    if len(left_over[0]) == len(left_over[1]) == 1 and len(before) == len(after):
        left, right = left_over[0][0], left_over[1][0]
        if left == right and len(list(edits(before[left], after[right]))) == 1:
            pairs.append((left, right))
    return pairs


def _same(before: Sequence[Json], after: Sequence[Json]) -> list[tuple[int, int]]:
    """Pair equal entries, those at the same position first, then in order."""
    pairs = [(index, index) for index, (old, new) in enumerate(zip(before, after, strict=False)) if old == new]
    taken = {index for index, _ in pairs}
    free = [index for index in range(len(after)) if index not in taken]
    for left, item in enumerate(before):
        if left not in taken:
            right = next((index for index in free if after[index] == item), None)
            if right is not None:
                free.remove(right)
                pairs.append((left, right))
    return pairs


def _by_name(before: Sequence[Json], after: Sequence[Json], old: list[int], new: list[int]) -> list[tuple[int, int]]:
    names: dict[str, list[int]] = {}
    for index in new:
        names.setdefault(called(after[index], index), []).append(index)
    return [(left, found.pop(0)) for left in old if (found := names.get(called(before[left], left), []))]


def leaves(value: Any) -> Counter[tuple[str, str]]:
    """Return the leaves of a tree, each with the key it stands under."""
    found: Counter[tuple[str, str]] = Counter()
    stack = [("", value)]
    while stack:
        key, current = stack.pop()
        if isinstance(current, dict):
            stack += current.items()
        elif isinstance(current, list):
            stack += [(key, item) for item in current]
        else:
            found[key, repr(current)] += 1
    return found


def likeness(left: Counter[tuple[str, str]], right: Counter[tuple[str, str]]) -> float:
    """Return the share of leaves that two trees have in common, 0 to 1."""
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 1.0
