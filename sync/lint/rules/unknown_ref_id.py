"""An expression, transformation or override that names a query or field which isn't there.

A table's values are called `Value #A`, by their query; a name of that form without its query is nobody's, to rename or
to compute with. A filter by query that names one which isn't there leaves nothing of it. Another name
is called unknown in a table whose fields are all certain: its queries say which labels they keep, and no transformation
makes new names. A chart's colours are often those of other charts too.

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
from collections.abc import Iterator
from typing import Any

from sync.lint.dashboard import Panel
from sync.lint.fields import fields, ref_ids
from sync.lint.known import nearest
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_text

_VALUE = re.compile(r"Value #(.+?)(?: \(\w+\)| \d+)?")


def check(panel: Panel, _project: Project) -> Findings:
    """Look up every query and field that the panel names."""
    known = set(ref_ids(panel))
    for number, target in enumerate(panel.targets):
        if target.datasource.kind == "__expr__" or target.datasource.uid in {"__expr__", "-100"}:
            for name in _named(as_text(target.raw.get("type")), as_text(target.raw.get("expression"))):
                if name not in known:
                    yield Finding(
                        f"the expression {target.ref_id} reads {name}, which is no query here",
                        pointer=("targets", number, "expression"),
                    )
    elsewhere = (
        any(each.datasource.kind == "datasource" for each in panel.targets) or panel.datasource.kind == "datasource"
    )
    if not panel.targets or panel.is_library or elsewhere:
        return
    yield from _overrides(panel, known)
    for name, pointer, does in _transformed(panel):
        value = _VALUE.fullmatch(name)
        if value is not None and value[1] not in known:
            message = f"a transformation {does} {name}, and there is no query {value[1]}"
            yield Finding(message, pointer=pointer, severity=Severity.INFO if does == "renames" else Severity.WARNING)
    for number, transformation in _in_use(panel):
        asked = _asked(transformation) if transformation.get("id") == "filterByRefId" else []
        for name in (each for each in asked if each not in known):
            message = f"a transformation keeps the query {name}, which isn't there"
            pointer = ("transformations", number, "options", "include")
            yield Finding(message, pointer=pointer, severity=Severity.WARNING)


def _overrides(panel: Panel, known: set[str]) -> Findings:
    transformed, found = bool(as_list(panel.raw.get("transformations"))), None
    for number, raw in enumerate(as_list(as_dict(panel.raw.get("fieldConfig")).get("overrides"))):
        matcher = as_dict(as_dict(raw).get("matcher"))
        name, pointer = as_text(matcher.get("options")), ("fieldConfig", "overrides", number, "matcher")
        if matcher.get("id") == "byFrameRefID" and name and name not in known and not transformed:
            message = f"an override is for the query {name}, which isn't there"
            yield Finding(message, pointer=pointer, severity=Severity.WARNING)
        if panel.kind == "table" and matcher.get("id") == "byName" and name and "$" not in name:
            found = found or fields(panel)
            if found.complete and not _is_among(name, set(found.sources)):
                message = f"an override is for the field {name}, which no query gives{nearest(name, found.sources)}"
                yield Finding(message, pointer=pointer, severity=Severity.INFO)


def _is_among(name: str, names: set[str]) -> bool:
    """Whether a field may have the name; a label of two tables has a number after its name when they are joined."""
    return name in names or re.sub(r" \d+$", "", name) in names


def _in_use(panel: Panel) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, raw in enumerate(as_list(panel.raw.get("transformations"))):
        if as_dict(raw).get("disabled") is not True:
            yield number, as_dict(raw)


def _transformed(panel: Panel) -> Iterator[tuple[str, Pointer, str]]:
    """Yield each name that a transformation replaces or computes with.

    The order of fields and the hidden ones are kept for later by Grafana.
    """
    for number, raw in _in_use(panel):
        options, here = as_dict(raw.get("options")), ("transformations", number, "options")
        if raw.get("id") == "organize":
            for name in as_dict(options.get("renameByName")):
                yield name, (*here, "renameByName", name), "renames"
        elif raw.get("id") == "calculateField" and options.get("mode") == "binary":
            for side in ("left", "right"):
                value = as_dict(options.get("binary")).get(side)
                matcher = as_dict(as_dict(value).get("matcher"))
                name = as_text(value) or (as_text(matcher.get("options")) if matcher.get("id") == "byName" else "")
                yield name, (*here, "binary", side), "computes with"


def _asked(transformation: dict[str, Any]) -> list[str]:
    """Return the queries that a filter names: one, or several as Grafana writes them, `/^(?:A|B)$/`."""
    include = as_text(as_dict(transformation.get("options")).get("include"))
    several = re.fullmatch(r"/\^\(\?:([\w|]+)\)\$/", include)
    return several[1].split("|") if several else re.findall(r"^\w+$", include)


def _named(kind: str, expression: str) -> list[str]:
    if kind == "math":
        return re.findall(r"\$\{?(\w+)", expression)
    return [expression.strip("${} ")] if kind in {"reduce", "resample", "threshold"} and expression else []


RULE = Rule(__name__, Severity.ERROR, panel=check)
