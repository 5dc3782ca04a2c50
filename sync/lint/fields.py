"""The fields that a panel has once its transformations are done: their names, and the query that each comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any

from sync.lint.dashboard import Panel, Target
from sync.lint.matching import WITHOUT_END
from sync.lint.promql.labels import result_labels
from sync.lint.shape import as_dict, as_list, as_text

_KEEPING = frozenset(
    {"merge", "joinByField", "seriesToColumns", "sortBy", "filterFieldsByName", "filterByValue", "filterByRefId"}
    | {"convertFieldType", "limit", "formatTime"}
)
"""Transformations that give no field another name, and no number another unit."""
_SAME_UNIT = frozenset(
    {"last", "lastNotNull", "first", "firstNotNull", "min", "max", "mean", "median", "sum", "range", "delta"}
)
"""Grafana's calculations whose result has the unit of what they are made of."""


@dataclass(slots=True)
class Fields:
    """Each name with the query that it shows, None where it is none's alone; `complete` when there are no others."""

    sources: dict[str, Target | None] = field(default_factory=dict)
    complete: bool = True
    alone: Target | None = None
    """The query, where the panel sends no other."""

    def add(self, name: str, source: Target | None) -> None:
        """Take a field; one name for two queries is neither's."""
        self.sources[name] = source if self.sources.get(name, source) is source else None


def ref_ids(panel: Panel) -> list[str]:
    """Return the refId of each query; one without gets the first letter that is free, as Grafana does it."""
    given = {target.ref_id for target in panel.targets}
    free = (letter for letter in ascii_uppercase if letter not in given)
    return [target.ref_id or next(free, "") for target in panel.targets]


def fields(panel: Panel) -> Fields:
    """Return the fields of a panel, as far as they are certain."""
    found = _asked(panel)
    for raw in as_list(panel.raw.get("transformations")):
        transformation = as_dict(raw)
        if transformation.get("disabled") is not True:
            _transform(found, as_text(transformation.get("id")), transformation)
    for raw in as_list(as_dict(panel.raw.get("fieldConfig")).get("overrides")):
        for each in as_list(as_dict(raw).get("properties")):
            if as_dict(each).get("id") == "displayName":
                matcher = as_dict(as_dict(raw).get("matcher"))
                own = found.sources.get(as_text(matcher.get("options"))) if matcher.get("id") == "byName" else None
                found.sources.setdefault(as_text(as_dict(each).get("value")), own)
    found.complete = found.complete and "displayName" not in panel.defaults
    return found


ASKING = frozenset({"joinByField", "seriesToColumns", "sortBy", "groupBy", "filterByValue", "calculateField"})
"""Transformations that do nothing, or something else, without the fields that they name."""


def asked_for(panel: Panel) -> Iterator[tuple[int, str, dict[str, Target | None]]]:
    """Yield each field that a transformation needs, with its number and the fields there, while all are certain.

    Grafana keeps names of fields that are no more in groupings and sums; they matter where none of them is left.
    """
    found = _asked(panel)
    for number, raw in enumerate(as_list(panel.raw.get("transformations"))):
        transformation = as_dict(raw)
        if transformation.get("disabled") is True:
            continue
        if not found.complete:
            return
        kind = as_text(transformation.get("id"))
        options = as_dict(transformation.get("options"))
        needed = [each for each in _needed(kind, options) if each and "$" not in each] if kind in ASKING else []
        if (kind == "groupBy" or options.get("mode") == "reduceRow") and any(each in found.sources for each in needed):
            needed = []
        yield from ((number, name, dict(found.sources)) for name in needed)
        _transform(found, kind, transformation)


def _needed(kind: str, options: dict[str, Any]) -> Iterator[str]:
    match kind:
        case "joinByField" | "seriesToColumns":
            yield as_text(options.get("byField"))
        case "sortBy":
            yield from (as_text(as_dict(each).get("field")) for each in as_list(options.get("sort")))
        case "groupBy":
            wanted = as_dict(options.get("fields")).items()
            yield from (name for name, how in wanted if as_dict(how).get("operation") == "groupby")
        case "filterByValue":
            yield from (as_text(as_dict(each).get("fieldName")) for each in as_list(options.get("filters")))
        case "calculateField":
            yield from _computed_with(options)
        case _:
            return


def _computed_with(options: dict[str, Any]) -> Iterator[str]:
    """Yield the fields that a calculation is of; numbers of an operation aren't any."""
    match options.get("mode"):
        case "binary":
            for side in ("left", "right"):
                value = as_dict(options.get("binary")).get(side)
                matcher = as_dict(as_dict(value).get("matcher"))
                name = as_text(value) or (as_text(matcher.get("options")) if matcher.get("id") == "byName" else "")
                if not re.fullmatch(r"[\d.eE+-]*", name):
                    yield name
        case "unary":
            yield as_text(as_dict(options.get("unary")).get("fieldName"))
        case _:
            yield from map(as_text, as_list(as_dict(options.get("reduce")).get("include")))


def _asked(panel: Panel) -> Fields:
    """Return the fields that the queries give: a table's values are called by refId, where there are several."""
    found = Fields({"Time": None})
    sent = [each for each in zip(panel.targets, ref_ids(panel), strict=True) if not each[0].hidden]
    found.alone = sent[0][0] if len(sent) == 1 else None
    tables = sum(_is_table(target) for target, _ in sent)
    for target, ref_id in sent:
        tree = target.query.tree if target.query else None
        if tree is None:
            found.complete = False
        elif _is_table(target):
            for name in {f"Value #{ref_id}"} if tables > 1 else {f"Value #{ref_id}", "Value"}:
                found.add(name, target)
            labels = result_labels(tree)
            found.complete = found.complete and labels.exact
            found.sources |= dict.fromkeys(labels.possible)
        elif target.legend and not re.search(r"\{\{|\$|\[\[|^__auto$", target.legend):
            found.add(target.legend, target)
        else:
            found.complete = False
    return found


def _is_table(target: Target) -> bool:
    return target.raw.get("format") == "table"


def _transform(found: Fields, kind: str, raw: dict[str, Any]) -> None:
    options = as_dict(raw.get("options"))
    if kind == "organize":
        for name, new in as_dict(options.get("renameByName")).items():
            known = name if name in found.sources else re.sub(r" \d+$", "", name)  # a label of two joined tables
            if known in found.sources and as_text(new):
                found.add(as_text(new), found.sources[known])
    elif kind == "groupBy" and "filter" not in raw:
        _group(found, as_dict(options.get("fields")))
    elif kind == "calculateField" and "filter" not in raw:
        found.complete = found.complete and bool(as_text(options.get("alias")))
        found.sources[as_text(options.get("alias"))] = None
    elif kind == "reduce" and options.get("mode") != "reduceFields":
        _reduce(found, as_list(options.get("reducers")))
    elif kind in {"labelsToFields", "timeSeriesTable"} and found.alone is not None:
        name = "Value" if kind == "labelsToFields" else f"Trend #{found.alone.ref_id}"
        found.sources, found.complete = {name: found.alone}, False
    elif kind == "renameByRegex":
        found.complete = False
    elif kind not in _KEEPING:
        found.sources.clear()
        found.complete = False


_REDUCED = {"max": "Max", "min": "Min", "mean": "Mean", "last": "Last", "lastNotNull": "Last *", "first": "First"}
_REDUCED |= {"firstNotNull": "First *", "sum": "Total", "median": "Median", "range": "Range"}


def _reduce(found: Fields, reducers: list[Any]) -> None:
    """Make a row of each series: a column a calculation, which is one query's where there is one alone."""
    found.sources.clear()
    found.complete = False
    if found.alone is not None:
        found.sources |= {_REDUCED[name]: found.alone for name in map(as_text, reducers) if name in _REDUCED}


def _group(found: Fields, wanted: dict[str, Any]) -> None:
    before, found.sources = found.sources, {}
    for name, how in wanted.items():
        if as_dict(how).get("operation") == "groupby":
            found.sources[name] = None
        for calculation in as_list(as_dict(how).get("aggregations")):
            found.sources[f"{name} ({calculation})"] = before.get(name) if calculation in _SAME_UNIT else None


def overridden(panel: Panel, matcher: dict[str, Any], found: Fields) -> Iterator[Target]:
    """Yield the queries whose fields an override certainly matches."""
    kind, options = matcher.get("id"), as_text(matcher.get("options"))
    if kind == "byFrameRefID" and not as_list(panel.raw.get("transformations")):
        yield from (each for each, name in zip(panel.targets, ref_ids(panel), strict=True) if name == options)
    elif kind == "byName" and (source := found.sources.get(options)) is not None:
        yield source
    elif kind == "byType" and options == "number" and not as_list(panel.raw.get("transformations")):
        yield from panel.targets
    elif kind == "byNames" and as_dict(matcher.get("options")).get("mode") != "exclude":
        names = as_list(as_dict(matcher.get("options")).get("names"))
        yield from (source for name, source in found.sources.items() if source is not None and name in names)
    elif kind == "byRegexp" and (pattern := readable(options)) is not None:
        yield from (source for name, source in found.sources.items() if source is not None and pattern.search(name))
        if not as_list(panel.raw.get("transformations")):
            yield from (each for each in panel.targets if "{{" in each.legend and _fits_any_label(each.legend, pattern))


def _fits_any_label(legend: str, pattern: re.Pattern[str]) -> bool:
    """Whether a pattern matches a legend whatever its labels are: by the words between them."""
    written = (re.sub(r"\{\{[^{}]*\}\}", value, legend) for value in ("", "10.0.0.1:9100", "eth0"))
    return all(pattern.search(each) for each in written)


def readable(written: str) -> re.Pattern[str] | None:
    """Read a pattern as Grafana does: between slashes it may match a part, else it is the whole name."""
    slashed = re.fullmatch(r"/(.*)/([gimsuy]*)", written, re.DOTALL)
    pattern, flags = (f"^{written}$", "") if slashed is None else (slashed[1], slashed[2])
    if "[[" in pattern or WITHOUT_END.search(pattern):
        return None  # a set within a set to Python alone, which warns of it, and what it might try without end
    try:
        return re.compile(pattern, re.IGNORECASE if "i" in flags else 0)
    except (re.error, OverflowError, RecursionError):
        return None
