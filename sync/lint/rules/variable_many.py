"""A variable that stands for several values, compared with `=`; or one that repeats and stands for one.

With several values chosen Grafana writes `(a|b)`: `=` looks for a value of just that name. `--fix` makes it =~. Written
as `${job:csv}` they are `a,b`, which to a pattern is one value too: regex and pipe are formats of patterns. A panel
that repeats for a variable without multi and All is drawn once. Variables and annotations are asked once for all values
that are chosen, whatever repeats.

FAIL dashboard:
    templating: {list: [{type: query, name: job, multi: true, query: "label_values(up, job)"}]}
    panels: [{type: stat, title: A, targets: [{expr: 'up{job="$job"}', refId: A}]}]

FAIL dashboard:
    templating: {list: [{type: query, name: job, query: "label_values(up, job)"}]}
    panels: [{type: stat, title: A, repeat: job, targets: [{expr: 'up{job="$job"}', refId: A}]}]

FAIL dashboard:
    templating:
      list:
        - {type: query, name: job, multi: true, query: "label_values(up, job)"}
        - {type: query, name: node, query: {query: 'label_values(up{job="$job"}, instance)'}}

FAIL dashboard:
    templating: {list: [{type: query, name: job, includeAll: true, query: "label_values(up, job)"}]}
    annotations: {list: [{name: Restarts, expr: 'changes(process_start_time_seconds{job="$job"}[5m]) > 0'}]}

FAIL dashboard:
    templating: {list: [{type: query, name: job, multi: true, query: "label_values(up, job)"}]}
    panels: [{type: stat, title: A, targets: [{expr: "up{job='prod-${job}'}", refId: A}]}]

FAIL dashboard:
    templating: {list: [{type: query, name: job, multi: true, query: "label_values(up, job)"}]}
    panels: [{type: stat, title: A, targets: [{expr: 'sum(up{job=~"${job:csv}"})', refId: A}]}]

PASS dashboard:
    templating:
      list:
        - {type: query, name: job, multi: true, query: "label_values(up, job)"}
        - {type: query, name: zone, query: "label_values(up, zone)"}
    panels: [{type: stat, title: A, targets: [{expr: 'up{job=~"${job:pipe}|x", zone=~"${zone:raw}"}', refId: A}]}]

PASS dashboard:
    templating: {list: [{type: query, name: job, multi: true, includeAll: true, query: "label_values(up, job)"}]}
    panels: [{type: stat, title: A, targets: [{expr: 'up{job=~"$job"}', refId: A}]}]

PASS dashboard:
    templating: {list: [{type: query, name: job, multi: true, query: "label_values(up, job)"}]}
    panels: [{type: stat, title: A, repeat: job, targets: [{expr: 'up{job="$job"}', refId: A}]}]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sync.lint.dashboard import Dashboard, Panel, Variable
from sync.lint.lexical import replaced
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.query import Language
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_text


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Look at equality matchers and at repeats."""
    base = len(dashboard.base)
    variables = {variable.name: variable for variable in dashboard.variables}
    many = {name for name, variable in variables.items() if variable.many and variable.kind in {"query", "custom"}}
    rows_repeat = {as_text(as_dict(row).get("repeat")) for row in as_list(dashboard.raw.get("rows"))}
    above = _repeated_above(dashboard)
    for target in dashboard.targets:
        if target.query is None or target.query.language is Language.TRACEQL:
            continue
        several = target.query.variables & many - rows_repeat - above[target.panel.pointer]
        pointer = (*target.pointer[base:], target.key)
        yield from _compared_with_one(target.query.text, several, pointer, repr(target.panel.name), variables)
    for variable in dashboard.variables:
        if variable.kind == "query" and (pointer := _query_of(variable)):
            yield from _compared_with_one(
                variable.text, many, (*variable.pointer[base:], *pointer), f"the variable {variable.name}", variables
            )
    for pointer, query in dashboard.annotations:
        yield from _compared_with_one(query.text, query.variables & many, pointer[base:], "an annotation", variables)
    for name, title, pointer in _repeats(dashboard):
        repeat = variables.get(name)
        if repeat is not None and repeat.name and not repeat.many and repeat.kind in {"query", "custom"}:
            message = f"{title!r} repeats for {name}, which stands for one value: give it multi or All"
            yield Finding(message, pointer=pointer[base:])


def _repeats(dashboard: Dashboard) -> Iterator[tuple[str, str, Pointer]]:
    """Yield the variable that each panel or row repeats for, with the title and the place."""
    for panel in dashboard.panels:
        yield as_text(panel.raw.get("repeat")), panel.name, panel.place(("repeat",))
    for number, row in enumerate(map(as_dict, as_list(dashboard.raw.get("rows")))):
        yield as_text(row.get("repeat")), as_text(row.get("title")), (*dashboard.base, "rows", number, "repeat")


def _compared_with_one(
    text: str, many: Iterable[str], pointer: Pointer, where: str, variables: Mapping[str, Variable]
) -> Findings:
    """Find where a query compares variables that can be several values with one."""
    for name in sorted(many):
        found = _compared(text, name)
        if found is not None:
            pattern = _PATTERNS[found[1]]
            message = f"{where}: {name} can be several values, {found[1]} compares with one: use {pattern}"
            yield Finding(message, pointer=pointer, piece=found[0], fix=_mended(text, name))
        elif _is_listed(variables[name]) and (written := _written(text, name)) is not None:
            message = f"{where}: {name} can be several values, and {written[1]} writes them as no pattern: use :regex"
            yield Finding(message, pointer=pointer, piece=written[0])


def _query_of(variable: Variable) -> Pointer:
    """Return where in a variable its query stands as text: in `query`, or deeper; () where it is another kind's."""
    if variable.datasource.kind not in {"prometheus", "loki", ""} or not variable.text:
        return ()
    for pointer in (("query",), ("query", "query"), ("query", "spec", "query")):
        value: Any = variable.raw
        for key in pointer:
            value = as_dict(value).get(key)
        if value == variable.text:
            return pointer
    return ()


def _compared(text: str, name: str) -> re.Match[str] | None:
    """Find `="$name"`, `!='${name}'`, `="[[name]]"` and `="${name:raw}"`, also among other letters of the value."""
    if not name or name not in text or "=" not in text:
        return None
    code = _ASSIGNED.sub(lambda found: " " * len(found[0]), text)
    return re.search(rf"([!|]?=)\s*(?:\"[^\"\n]*?{_once(name)}|'[^'\n]*?{_once(name)}|`[^`\n]*?{_once(name)})", code)


def _is_listed(variable: Variable) -> bool:
    """Whether what it stands for is written as a list: several that are chosen, or all where All has no value."""
    return variable.raw.get("multi") is True or not as_text(variable.raw.get("allValue"))


def _written(text: str, name: str) -> re.Match[str] | None:
    """Find a variable within a pattern in a format that is made for other languages: `=~"${name:csv}"`."""
    if f"{name}:" not in text and f"{name}.text" not in text:
        return None
    variable = rf"(?:\$\{{{re.escape(name)}[:.]({_FORMATS})\}}|\[\[{re.escape(name)}:({_FORMATS})\]\])"
    return re.search(rf"[!=|]~\s*(?:\"[^\"\n]*?{variable}|'[^'\n]*?{variable}|`[^`\n]*?{variable})", text)


_FORMATS = "csv|raw|glob|json|singlequote|doublequote|sqlstring|lucene|distributed|text|percentencode|queryparam"
"""Formats of several values that no pattern reads; a text joins what is shown by +."""

_ASSIGNED = re.compile(r"\|\s*(?:json|logfmt|label_format)\b[^|]*")
"""Stages of a query of logs in which = gives a label its value."""


def _once(name: str) -> str:
    """Match a variable in any of its spellings."""
    name = re.escape(name)
    return rf"(?:\$\{{{name}(?:[:.][\w.]+)?\}}|\${name}\b|\[\[{name}(?::\w+)?\]\])"


def _mended(text: str, name: str) -> str | None:
    """Make a pattern of a comparison with the variable alone; what else stands there may hold dots."""
    if _ASSIGNED.search(text):
        return None
    name = re.escape(name)
    equal = re.compile(rf"(?<![!~=<>|])([!|]?=)(\s*([\"'`])(?:\$\{{{name}\}}|\${name}\b|\[\[{name}\]\])\3)")
    return replaced(equal, lambda found: _PATTERNS[found[1]] + found[2], text)


_PATTERNS = {"=": "=~", "!=": "!~", "|=": "|~"}


def _repeated_above(dashboard: Dashboard) -> dict[tuple[str | int, ...], set[str]]:
    """Return for each panel the variables that have one value in it: its own repeat and those of what it is in."""
    single: dict[tuple[str | int, ...], set[str]] = {}
    row: Panel | None = None
    for panel in dashboard.panels:
        if panel.kind == "row" and panel.row is None:
            row = panel
        over = panel.row or row
        single[panel.pointer] = {as_text(panel.raw.get("repeat"))}
        while over is not None:
            single[panel.pointer].add(as_text(over.raw.get("repeat")))
            over = over.row
    return single


RULE = Rule(__name__, Severity.ERROR, dashboard=check)
