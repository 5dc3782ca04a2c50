"""Names that Grafana looks up: transformations, calculations, and what an override is for and changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from sync.lint.dashboard import Panel
from sync.lint.known import nearest
from sync.lint.matching import pattern_problem
from sync.lint.misspelling import is_a_letter_apart
from sync.lint.problem import Pointer
from sync.lint.shape import as_dict, as_list, as_text

_TRANSFORMATIONS = frozenset(
    {"calculateField", "concatenate", "configFromData", "convertFieldType", "extractFields", "fieldLookup"}
    | {"filterByRefId", "filterByValue", "filterFieldsByName", "formatString", "formatTime", "groupBy"}
    | {"groupToNestedTable", "groupingToMatrix", "heatmap", "histogram", "joinByField", "joinByLabels"}
    | {"labelsToFields", "limit", "merge", "organize", "partitionByValues", "prepareTimeSeries", "reduce"}
    | {"regression", "renameByRegex", "rowsToFields", "seriesToColumns", "seriesToRows", "smoothing", "sortBy"}
    | {"spatial", "timeSeriesTable", "transpose", "append", "filterFields", "filterFrames", "ensureColumns"}
)
_CALCULATIONS = frozenset(
    {"last", "lastNotNull", "first", "firstNotNull", "min", "max", "mean", "median", "sum", "count", "range", "delta"}
    | {"step", "diff", "diffperc", "logmin", "allIsZero", "allIsNull", "changeCount", "distinctCount", "variance"}
    | {"stdDev", "allValues", "uniqueValues", "countAll", "mode", "current", "avg", "total", "average"}
    | {f"p{number}" for number in range(1, 100)}
)
_MATCHERS = frozenset(
    {"byName", "byNames", "byRegexp", "byRegexpOrNames", "byType", "byTypes", "byFrameRefID", "byValue", "byProperty"}
    | {"numeric", "time", "first", "firstTimeField", "anyOf", "allOf", "not", "always", "never"}
)
_PROPERTIES = frozenset(
    {"unit", "min", "max", "decimals", "displayName", "noValue", "color", "thresholds", "mappings", "links", "actions"}
    | {"description", "filterable", "writeable", "path", "fieldMinMax", "displayNameFromDS", "nullValueMode"}
)
"""What every panel's fields have; those of a kind of panel begin with `custom.`."""


def misnamed(panel: Panel) -> Iterator[tuple[str, Pointer]]:
    """Yield what is said of each name that Grafana doesn't have and that is near to one, with its place."""
    for number, raw in enumerate(as_list(panel.raw.get("transformations"))):
        yield from _slip("transformation", as_dict(raw).get("id"), _TRANSFORMATIONS, ("transformations", number))
    for key in ("reduceOptions", "legend"):
        for name in as_list(as_dict(as_dict(panel.raw.get("options")).get(key)).get("calcs")):
            yield from _slip("calculation", name, _CALCULATIONS, ("options", key, "calcs"))
    for number, raw in enumerate(as_list(as_dict(panel.raw.get("fieldConfig")).get("overrides"))):
        pointer: Pointer = ("fieldConfig", "overrides", number)
        kind = as_dict(as_dict(raw).get("matcher")).get("id")
        yield from _slip("matcher of fields", kind, _MATCHERS, (*pointer, "matcher"))
        written = as_text(as_dict(as_dict(raw).get("matcher")).get("options")) if kind == "byRegexp" else ""
        if problem := pattern_problem(_plain(written)):
            yield f"the override's pattern {written} can't be read: {problem}", (*pointer, "matcher")
        for index, each in enumerate(as_list(as_dict(raw).get("properties"))):
            here = (*pointer, "properties", index)
            yield from _slip("property of fields", as_dict(each).get("id"), _PROPERTIES, here)


def _plain(pattern: str) -> str:
    """Return a pattern without its slashes; one with what JavaScript alone reads, or a variable, is taken for right."""
    pattern = re.sub(r"^/(.*)/[a-z]*$", r"\1", pattern, flags=re.DOTALL)
    return "" if "(?" in pattern or "[^]" in pattern or "$" in pattern[:-1] else pattern


def _slip(what: str, name: object, known: Set[str], pointer: Pointer) -> Iterator[tuple[str, Pointer]]:
    text = as_text(name)
    if text and text not in known and "." not in text:
        near = next(
            (each for each in sorted(known) if text.lower() == each.lower() or is_a_letter_apart(text, each)), ""
        )
        if said := f"; did you mean {near}?" if near else nearest(text, known):
            yield f"Grafana has no {what} {text}{said}", pointer
