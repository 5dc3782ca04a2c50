"""Transformations: what happens to the answer before it is drawn. Ids and options are Grafana's."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from panels_lib.panel import Json, JsonObject

Comparison = Literal[
    "greater", "greaterOrEqual", "lower", "lowerOrEqual", "equal", "notEqual", "isNull", "isNotNull", "regex"
]


def transformation(identity: str, options: Mapping[str, Json]) -> JsonObject:
    """Any transformation by Grafana's id."""
    return {"id": identity, "options": dict(options)}


def organize(
    *, hide: Sequence[str] = (), order: Sequence[str] = (), rename: Mapping[str, str] | None = None
) -> JsonObject:
    """Hide, order and rename columns."""
    return transformation(
        "organize",
        {
            "excludeByName": dict.fromkeys(hide, True),
            "includeByName": {},
            "indexByName": {name: place for place, name in enumerate(order)},
            "renameByName": dict(rename or {}),
        },
    )


def keep(*names: str) -> JsonObject:
    """Keep only these fields."""
    return transformation("filterFieldsByName", {"include": {"names": list(names)}})


def merge() -> JsonObject:
    """One table of several answers: rows with equal labels become one row."""
    return transformation("merge", {})


def sort_by(field: str, *, descending: bool = False) -> JsonObject:
    """Sort rows."""
    return transformation("sortBy", {"fields": {}, "sort": [{"field": field, "desc": descending}]})


def limit(rows: int) -> JsonObject:
    """Keep the first rows."""
    return transformation("limit", {"limitField": rows})


def group_by(keys: Sequence[str], aggregations: Mapping[str, Sequence[str]]) -> JsonObject:
    """Group rows by keys; `aggregations` says for each other field which reducers (last, max, sum, …)."""
    fields: dict[str, Any] = {key: {"aggregations": [], "operation": "groupby"} for key in keys}
    fields |= {name: {"aggregations": list(how), "operation": "aggregate"} for name, how in aggregations.items()}
    return transformation("groupBy", {"fields": fields})


def condition(field: str, comparison: Comparison, value: Json = None) -> JsonObject:
    """One condition of filter_by_value."""
    options = {} if value is None else {"value": value}
    return {"fieldName": field, "config": {"id": comparison, "options": options}}


def filter_by_value(*conditions: JsonObject, keep: bool = True, every: bool = True) -> JsonObject:
    """Keep (or drop) the rows for which all (or any) of the conditions hold."""
    return transformation(
        "filterByValue",
        {
            "filters": list(conditions),
            "match": "all" if every else "any",
            "type": "include" if keep else "exclude",
        },
    )


def labels_to_fields(
    *labels: str, mode: Literal["columns", "rows"] = "columns", value_label: str | None = None
) -> JsonObject:
    """Labels become columns or rows."""
    options: dict[str, Json] = {"mode": mode}
    if labels:
        options["keepLabels"] = list(labels)
    if value_label:
        options["valueLabel"] = value_label
    return transformation("labelsToFields", options)


def join_by_field(field: str, *, mode: Literal["outer", "inner", "outerTabular"] = "outer") -> JsonObject:
    """Join answers on one field."""
    return transformation("joinByField", {"byField": field, "mode": mode})


def join_by_labels(value: str, *labels: str) -> JsonObject:
    """Join series on labels; the label `value` names the columns."""
    return transformation("joinByLabels", {"value": value, "join": list(labels)})


def reduce(
    *reducers: str, mode: Literal["seriesToRows", "reduceFields"] = "seriesToRows", labels: bool = False
) -> JsonObject:
    """Each series becomes a row of its reductions (last, mean, max, …)."""
    return transformation(
        "reduce", {"reducers": list(reducers), "mode": mode, "includeTimeField": False, "labelsToFields": labels}
    )


def time_series_table(*ref_ids: str, stat: str = "lastNotNull") -> JsonObject:
    """Each series of these queries becomes a row with its trend, for a sparkline cell."""
    return transformation("timeSeriesTable", {ref: {"stat": stat, "timeField": "Time"} for ref in ref_ids})


def calculate(
    alias: str, left: str, operator: Literal["+", "-", "*", "/"], right: str, *, replace: bool = False
) -> JsonObject:
    """Compute a field from two others."""
    return transformation(
        "calculateField",
        {
            "alias": alias,
            "mode": "binary",
            "reduce": {"reducer": "sum"},
            "binary": {
                "left": {"matcher": {"id": "byName", "options": left}},
                "operator": operator,
                "right": {"matcher": {"id": "byName", "options": right}},
            },
            "replaceFields": replace,
        },
    )


def rename_by_regex(pattern: str, replacement: str) -> JsonObject:
    """Rename fields."""
    return transformation("renameByRegex", {"regex": pattern, "renamePattern": replacement})
