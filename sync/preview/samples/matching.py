"""Which element of one vector meets which of the other: arithmetic, comparisons and sets over labels."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sync.preview.samples import functions as fn
from sync.preview.samples.series import Element

if TYPE_CHECKING:
    from collections.abc import Callable

Vector = list[Element]


def key_of(modifier: Any) -> Callable[[dict[str, str]], tuple[tuple[str, str], ...]]:
    """Return what tells by an element's labels which it meets: on or ignoring, else all labels but the name."""
    matching = getattr(modifier, "matching", None)
    if matching is None:
        return lambda labels: tuple(sorted((name, value) for name, value in labels.items() if name != "__name__"))
    names = set(matching.labels)
    # "on" is written include or on by the parser's versions; "ignoring" leaves out.
    if str(matching.type).lower().rpartition(".")[2] in {"include", "on", "by"}:
        return lambda labels: tuple(sorted((name, labels[name]) for name in names if labels.get(name)))
    return lambda labels: tuple(
        sorted((name, value) for name, value in labels.items() if name not in names and name != "__name__")
    )


def combined(name: str, left: Vector, right: Vector, key: Callable[[dict[str, str]], Any]) -> Vector:
    """Return `and`, `or`, `unless`, at each time for itself."""
    others: dict[Any, list[Element]] = defaultdict(list)
    for one in right:
        others[key(one.labels)].append(one)
    found = []
    for one in left:
        here = (
            [_any(row) for row in zip(*(other.values for other in others[key(one.labels)]), strict=True)]
            if key(one.labels) in others
            else None
        )
        if name == "or" or (name == "unless" and here is None):
            found.append(one)
        elif here is not None:
            keep = name == "and"
            values = [value if there == keep else None for value, there in zip(one.values, here, strict=True)]
            found.append(Element(one.labels, values))
    if name == "or":
        found += _fallbacks(left, right, key)
    return [one for one in found if any(value is not None for value in one.values)]


def _any(row: tuple[float | None, ...]) -> bool:
    return any(value is not None for value in row)


def _fallbacks(left: Vector, right: Vector, key: Callable[[dict[str, str]], Any]) -> Vector:
    known: dict[Any, list[Element]] = defaultdict(list)
    for one in left:
        known[key(one.labels)].append(one)
    found = []
    for one in right:
        others = known.get(key(one.labels))
        if others is None:
            found.append(one)
        else:
            here = [_any(row) for row in zip(*(other.values for other in others), strict=True)]
            values = [None if there else value for value, there in zip(one.values, here, strict=True)]
            found.append(Element(one.labels, values))
    return found


def matched(
    left: Vector, right: Vector, change: Callable[[float, float], float | None], modifier: Any, *, comparison: bool
) -> Vector:
    """Return the results of pairs, one to one or with one side's element in many of them."""
    key = key_of(modifier)
    many_right = "OneToMany" in str(getattr(modifier, "card", ""))
    ones: dict[Any, Element] = {}
    for one in left if many_right else right:
        ones.setdefault(key(one.labels), one)
    extra = list(
        getattr(modifier, "group_labels", None) or getattr(getattr(modifier, "card", None), "labels", None) or ()
    )
    grouped = many_right or "ManyToOne" in str(getattr(modifier, "card", ""))
    found = []
    for many in right if many_right else left:
        partner = ones.get(key(many.labels))
        if partner is None:
            continue
        first, second = (partner, many) if many_right else (many, partner)
        values = [
            None if a is None or b is None else change(a, b) for a, b in zip(first.values, second.values, strict=True)
        ]
        labels = many.labels if comparison else fn.unnamed(many.labels)
        if not grouped and getattr(modifier, "matching", None) is not None and not comparison:
            labels = dict(key(many.labels))
        labels = labels | {name: partner.labels[name] for name in extra if name in partner.labels}
        if not comparison or any(value is not None for value in values):
            found.append(Element(labels, values))
    return found
