"""An expression, transformation or override that names a query or field which isn't there.

A table's values are called `Value #A`, by their query; a name of that form without its query is nobody's, to rename or
to compute with, sort or link by. A filter by query that names one which isn't there leaves nothing of it. Another name
is called unknown in a table whose fields are all certain: its queries say which labels they keep, and no transformation
makes new names. A chart's colours are often those of other charts too: there an override is named that is a slip away
from a series.

FAIL panel:
    type: timeseries
    title: A
    targets:
      - {expr: up, refId: A}
      - {refId: C, datasource: {type: __expr__, uid: __expr__}, type: math, expression: "$A / $B"}

FAIL panel:
    type: timeseries
    title: A
    targets: [{expr: up, refId: A}]
    fieldConfig: {overrides: [{matcher: {id: byFrameRefID, options: B}, properties: []}]}

FAIL panel:
    type: table
    title: A
    targets:
      - {expr: up, refId: A, format: table}
      - {expr: down, refId: B, format: table}
    transformations: [{id: organize, options: {renameByName: {"Value #A": Up, "Value #C": Late}}}]

FAIL panel:
    type: table
    title: A
    targets: [{expr: up, refId: A, format: table}]
    transformations: [{id: filterByRefId, options: {include: Z}}]

FAIL panel:
    type: table
    title: A
    targets:
      - {expr: up, refId: A, format: table}
      - {expr: down, refId: B, format: table}
    transformations:
      - id: calculateField
        options: {mode: binary, binary: {left: {matcher: {id: byName, options: "Value #A"}}, right: "Value #Q"}}

FAIL panel:
    type: table
    title: A
    targets:
      - {expr: sum by (job) (up), refId: A, format: table}
      - {expr: sum by (job) (down), refId: B, format: table}
    transformations: [{id: joinByField, options: {byField: instance, mode: outer}}]

FAIL panel:
    type: timeseries
    title: A
    targets: [{expr: sum(up), refId: A, legendFormat: Requests}]
    fieldConfig: {overrides: [{matcher: {id: byName, options: requests}, properties: [{id: unit, value: s}]}]}

FAIL panel:
    type: table
    title: A
    targets: [{expr: sum by (job) (up), refId: A, format: table}]
    fieldConfig: {defaults: {links: [{title: Pod, url: "/d/pod?var-pod=${__data.fields.pod}"}]}}

FAIL panel:
    type: stat
    title: A
    targets: [{expr: up, refId: A, format: table}]
    options: {reduceOptions: {fields: "/^Value #B$/"}}

PASS panel:
    type: table
    title: A
    targets:
      - {expr: up, refId: A, format: table}
      - {expr: down, refId: B, format: table}
    transformations:
      - {id: filterByRefId, options: {include: "/^(?:A|B)$/"}}
      - {id: calculateField, options: {mode: binary, binary: {left: "Value #A", operator: /, right: "2"}}}

FAIL panel:
    type: table
    title: A
    targets:
      - {expr: sum by (job) (up), refId: A, format: table}
      - {expr: sum by (job) (down), refId: B, format: table}
    transformations: [{id: merge}, {id: organize, options: {renameByName: {"Value #A": Up, "Value #B": Down}}}]
    fieldConfig: {overrides: [{matcher: {id: byName, options: Load}, properties: [{id: unit, value: s}]}]}

PASS panel:
    type: table
    title: A
    targets:
      - {expr: sum by (job) (up), refId: A, format: table}
      - {expr: down, refId: B, format: table}
    transformations:
      - {id: organize, options: {renameByName: {"Value #A (max)": Up, "Value #B": Down}, indexByName: {"Value #C": 3}}}
    fieldConfig:
      overrides:
        - {matcher: {id: byName, options: Up}, properties: [{id: unit, value: s}]}
        - {matcher: {id: byName, options: instance}, properties: [{id: custom.width, value: 90}]}

PASS panel:
    type: table
    title: What another panel asked
    datasource: {type: datasource, uid: -- Dashboard --}
    targets: [{refId: A, panelId: 2}]
    transformations: [{id: organize, options: {renameByName: {"Value #C": Late}}}]

PASS panel:
    type: timeseries
    title: A
    targets:
      - {expr: up, refId: A}
      - {refId: C, datasource: {type: __expr__, uid: __expr__}, type: reduce, expression: A}
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from sync.lint.dashboard import Dashboard, Panel
from sync.lint.fields import ASKING, Fields, asked_for, fields, readable, ref_ids
from sync.lint.known import nearest
from sync.lint.misspelling import is_a_letter_apart, is_swapped
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_text, texts

_VALUE = re.compile(r"Value #(.+?)(?: \(\w+\)| \d+)?")


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Look up every query and field that the panels name; most dashboards have no word of some kinds of names."""
    names_values, names_columns = "Value #" in dashboard.text, "__data.fields" in dashboard.text
    for panel in dashboard.panels:
        for finding in _of(panel, names_values=names_values, names_columns=names_columns):
            yield replace(finding, pointer=panel.place(finding.pointer)[len(dashboard.base) :])


def _of(panel: Panel, *, names_values: bool, names_columns: bool) -> Findings:
    known = set(ref_ids(panel))
    yield from _expressions(panel, known)
    elsewhere = (
        any(each.datasource.kind == "datasource" for each in panel.targets) or panel.datasource.kind == "datasource"
    )
    if not panel.targets or panel.is_library or elsewhere:
        return
    overridden = as_list(as_dict(panel.raw.get("fieldConfig")).get("overrides"))
    if not overridden and not names_values and not names_columns and not as_list(panel.raw.get("transformations")):
        return
    yield from _overrides(panel, known)
    for name, pointer, does in _transformed(panel) if names_values else ():
        value = _VALUE.fullmatch(name)
        if value is not None and value[1] not in known:
            message = f"{does} {name}, and there is no query {value[1]}"
            is_left = does in {"a transformation renames", "a transformation still has"}
            yield Finding(message, pointer=pointer, severity=Severity.INFO if is_left else Severity.WARNING)
    yield from _unknown_names(panel)
    yield from _unknown_sorting(panel)
    if names_columns:
        yield from _unknown_columns(panel)
    for number, transformation in _in_use(panel):
        asked = _asked(transformation) if transformation.get("id") == "filterByRefId" else []
        for name in (each for each in asked if each not in known):
            message = f"a transformation keeps the query {name}, which isn't there"
            pointer = ("transformations", number, "options", "include")
            yield Finding(message, pointer=pointer, severity=Severity.WARNING)


def _expressions(panel: Panel, known: set[str]) -> Findings:
    for number, target in enumerate(panel.targets):
        if target.datasource.kind == "__expr__" or target.datasource.uid in {"__expr__", "-100"}:
            for name in _named(target.raw):
                if name not in known or name == target.ref_id:
                    which = "itself" if name == target.ref_id else f"{name}, which is no query here"
                    message = f"the expression {target.ref_id} reads {which}"
                    yield Finding(message, pointer=("targets", number, "expression"))


def _overrides(panel: Panel, known: set[str]) -> Findings:
    transformed, found = bool(as_list(panel.raw.get("transformations"))), None
    for number, raw in enumerate(as_list(as_dict(panel.raw.get("fieldConfig")).get("overrides"))):
        matcher = as_dict(as_dict(raw).get("matcher"))
        name, pointer = as_text(matcher.get("options")), ("fieldConfig", "overrides", number, "matcher")
        if matcher.get("id") == "byFrameRefID" and name and name not in known and not transformed:
            message = f"an override is for the query {name}, which isn't there"
            yield Finding(message, pointer=pointer, severity=Severity.WARNING)
        if several := _several(panel, matcher):
            message = f"an override is for {several}, which no query gives"
            yield Finding(message, pointer=pointer, severity=Severity.INFO)
        if matcher.get("id") == "byName" and name and "$" not in name:
            found = found or fields(panel)
            slip = panel.kind != "table" and name not in found.sources and _slip(name, _wanted(panel, found))
            if slip:
                message = f"an override is for {name}, and the series is called {slip}"
                yield Finding(message, pointer=pointer, severity=Severity.WARNING)
            if panel.kind == "table" and found.complete and not _is_among(name, set(found.sources)):
                message = f"an override is for the field {name}, which no query gives{nearest(name, found.sources)}"
                yield Finding(message, pointer=pointer, severity=Severity.INFO)


def _several(panel: Panel, matcher: dict[str, Any]) -> str:
    """Say that an override for a pattern or a list of names matches no column of a table whose columns are certain."""
    kind, options = as_text(matcher.get("id")), matcher.get("options")
    if panel.kind != "table" or kind not in {"byRegexp", "byNames"} or not (found := fields(panel)).complete:
        return ""
    if kind == "byNames":
        wanted = [as_text(each) for each in as_list(as_dict(options).get("names"))]
        kept = as_dict(options).get("mode") == "exclude" or any(_is_among(each, set(found.sources)) for each in wanted)
        return f"the fields {', '.join(wanted)}" if wanted and not kept else ""
    pattern = readable(as_text(options))
    numbered = [f"{name}{end}" for name in found.sources for end in ("", " 1", " 2")]
    is_lost = pattern is not None and "${" not in as_text(options) and not any(map(pattern.search, numbered))
    return f"fields like {options}" if is_lost else ""


def _wanted(panel: Panel, found: Fields) -> set[str]:
    """Return the series that a name in a chart may be meant for; beside series named by labels, those without override.

    What a label calls a series may be as near to another's name.
    """
    if found.complete:
        return set(found.sources)
    if as_list(panel.raw.get("transformations")) or "displayName" in panel.defaults:
        return set()
    overrides = map(as_dict, as_list(as_dict(panel.raw.get("fieldConfig")).get("overrides")))
    named = {as_text(as_dict(each.get("matcher")).get("options")) for each in overrides}
    return found.sources.keys() - named - {"Time"}


def _slip(name: str, names: Iterable[str]) -> str:
    """Return the series that a name is a slip of the hand away from, '' for none."""
    alike = (each for each in names if each.lower() == name.lower() or _is_letter_off(name, each))
    return next(alike, "")


def _is_letter_off(one: str, other: str) -> bool:
    """Whether two long names differ by a letter, and not by a digit or what is one of several."""
    if min(len(one), len(other)) < 5 or re.sub(r"\D", "", one) != re.sub(r"\D", "", other):
        return False
    return (is_a_letter_apart(one, other) or is_swapped(one, other)) and one[:1].lower() == other[:1].lower()


_ROW = re.compile(r"\$\{__data\.fields(?:\.(\w+)|\[[\"']([^\"']+)[\"']\])(?::\w+)?\}")


def _unknown_columns(panel: Panel) -> Findings:
    """Look up the columns that a table's links take from their row."""
    config = panel.raw.get("fieldConfig")
    if panel.kind != "table" or "__data.fields" not in str(config):
        return
    found = fields(panel)
    for text, pointer in texts(config, ("fieldConfig",)) if found.complete else ():
        for name in (one or other for one, other in _ROW.findall(text)):
            if not _is_among(name, set(found.sources)) and _VALUE.fullmatch(name) is None:
                message = f"a link takes the field {name}, which no query gives{nearest(name, found.sources)}"
                yield Finding(message, pointer=pointer, piece=name, severity=Severity.WARNING)


def _unknown_sorting(panel: Panel) -> Findings:
    """Look up the columns that a table is sorted by at first."""
    listed = as_list(as_dict(panel.raw.get("options")).get("sortBy")) if panel.kind == "table" else []
    found = fields(panel) if listed else None
    for number, raw in enumerate(listed):
        name = as_text(as_dict(raw).get("displayName"))
        if found and found.complete and name and not _is_among(name, set(found.sources)):
            message = f"the table is sorted by {name}, which no query gives{nearest(name, found.sources)}"
            yield Finding(message, pointer=("options", "sortBy", number), severity=Severity.INFO)


def _unknown_names(panel: Panel) -> Findings:
    """Look up the fields that transformations join, sort and compute by, where all fields are certain."""
    if not any(as_text(raw.get("id")) in ASKING for _, raw in _in_use(panel)):
        return
    for number, name, found in asked_for(panel):
        if not _is_among(name, set(found)) and _VALUE.fullmatch(name) is None:
            message = f"a transformation uses the field {name}, which no query gives{nearest(name, found)}"
            yield Finding(message, pointer=("transformations", number, "options"), severity=Severity.WARNING)


def _is_among(name: str, names: set[str]) -> bool:
    """Whether a field may have the name; a label of two tables has a number after its name when they are joined."""
    return name in names or re.sub(r" \d+$", "", name) in names


def _in_use(panel: Panel) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, raw in enumerate(as_list(panel.raw.get("transformations"))):
        if as_dict(raw).get("disabled") is not True:
            yield number, as_dict(raw)


_DOES = {"calculateField": "computes with"} | dict.fromkeys(
    ("groupBy", "filterFieldsByName", "convertFieldType"), "still has"
)
"""What a transformation does with the fields that it names."""


def _transformed(panel: Panel) -> Iterator[tuple[str, Pointer, str]]:
    """Yield each name that a transformation or an option of the panel uses.

    The order of fields and the hidden ones are kept for later by Grafana.
    """
    for number, raw in _in_use(panel):
        options, here = as_dict(raw.get("options")), ("transformations", number, "options")
        if raw.get("id") == "organize":
            for name in as_dict(options.get("renameByName")):
                yield name, (*here, "renameByName", name), "a transformation renames"
        elif raw.get("id") != "filterByRefId":
            does = _DOES.get(as_text(raw.get("id")), "uses")
            yield from ((name, pointer, f"a transformation {does}") for name, pointer in _values(options, here))
    yield from (
        (name, pointer, "an option of the panel names")
        for name, pointer in _values(panel.raw.get("options"), ("options",))
    )
    for number, raw in enumerate(as_list(panel.raw.get("styles"))):
        yield as_text(as_dict(raw).get("pattern")), ("styles", number, "pattern"), "a style is for"
    for text, pointer in texts(panel.raw.get("fieldConfig"), ("fieldConfig",)):
        yield from ((name, pointer, "a link names") for _, name in _ROW.findall(text))


_NAMED_VALUE = re.compile(r"/?\^?(Value #[A-Z][A-Za-z0-9]*(?: \(\w+\))?)\$?/?")


def _values(value: Any, pointer: Pointer) -> Iterator[tuple[str, Pointer]]:
    """Yield what is called as the values of a query, among the keys and texts of options."""
    if isinstance(value, str):
        if value.startswith(("Value #", "/^Value #")) and (found := _NAMED_VALUE.fullmatch(value)):
            yield found[1], pointer
    elif isinstance(value, dict):
        for key, each in value.items():
            if key.startswith("Value #"):
                yield key, (*pointer, key)
            yield from _values(each, (*pointer, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _values(each, (*pointer, number))


def _asked(transformation: dict[str, Any]) -> list[str]:
    """Return the queries that a filter names: one, or several as Grafana writes them, `/^(?:A|B)$/` or `A|B`."""
    include = as_text(as_dict(transformation.get("options")).get("include"))
    several = re.fullmatch(r"/\^\(\?:([\w|]+)\)\$/|(\w+(?:\|\w+)*)", include)
    return (several[1] or several[2]).split("|") if several else []


def _named(raw: dict[str, Any]) -> list[str]:
    """Return the queries that an expression reads."""
    kind, expression = as_text(raw.get("type")), as_text(raw.get("expression"))
    if kind == "math":
        return re.findall(r"\$\{?(\w+)", expression)
    if kind == "sql":
        return re.findall(r"(?i:\b(?:FROM|JOIN))\s+`?([A-Z])`?(?!\w)", expression)
    if kind == "classic_conditions":
        asked = (as_list(as_dict(as_dict(each).get("query")).get("params")) for each in as_list(raw.get("conditions")))
        return [as_text(each[0]) for each in asked if each]
    return [expression.strip("${} ")] if kind in {"reduce", "resample", "threshold"} and expression else []


RULE = Rule(__name__, Severity.ERROR, dashboard=check)
