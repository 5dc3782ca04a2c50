"""An expression, transformation or override that names a query or field which isn't there.

A table's values are called `Value #A`, by their query; a name of that form without its query is nobody's. Another name
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
    for name, pointer in _renamed(panel):
        value = _VALUE.fullmatch(name)
        if value is not None and value[1] not in known:
            message = f"a transformation renames {name}, and there is no query {value[1]}"
            yield Finding(message, pointer=pointer, severity=Severity.INFO)


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


def _renamed(panel: Panel) -> Iterator[tuple[str, Pointer]]:
    """Yield each name that a transformation replaces; the order and the hidden ones are kept for later by Grafana."""
    for number, raw in enumerate(as_list(panel.raw.get("transformations"))):
        if as_dict(raw).get("id") == "organize":
            for name in as_dict(as_dict(as_dict(raw).get("options")).get("renameByName")):
                yield name, ("transformations", number, "options", "renameByName", name)


def _named(kind: str, expression: str) -> list[str]:
    if kind == "math":
        return re.findall(r"\$\{?(\w+)", expression)
    return [expression.strip("${} ")] if kind in {"reduce", "resample", "threshold"} and expression else []


RULE = Rule(__name__, Severity.ERROR, panel=check)
