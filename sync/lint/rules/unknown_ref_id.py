"""An expression, transformation or override that names a query which isn't there.

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

PASS panel:
    type: timeseries
    title: A
    targets:
      - {expr: up, refId: A}
      - {refId: C, datasource: {type: __expr__, uid: __expr__}, type: reduce, expression: A}
"""

from __future__ import annotations

import re
from string import ascii_uppercase

from sync.lint.dashboard import Panel
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_text


def check(panel: Panel, _project: Project) -> Findings:
    """Look every refId up that the panel names; queries without one are called A, B, C by Grafana."""
    known = {target.ref_id for target in panel.targets} | set(
        ascii_uppercase[: sum(not target.ref_id for target in panel.targets)]
    )
    for number, target in enumerate(panel.targets):
        if target.datasource.kind == "__expr__" or target.datasource.uid in {"__expr__", "-100"}:
            for name in _named(as_text(target.raw.get("type")), as_text(target.raw.get("expression"))):
                if name not in known:
                    yield Finding(
                        f"the expression {target.ref_id} reads {name}, which is no query here",
                        pointer=("targets", number, "expression"),
                    )
    if not panel.targets or panel.is_library:
        return
    for number, raw in enumerate(as_list(as_dict(panel.raw.get("fieldConfig")).get("overrides"))):
        matcher = as_dict(as_dict(raw).get("matcher"))
        name = as_text(matcher.get("options"))
        if matcher.get("id") == "byFrameRefID" and name and name not in known and not _derived(panel):
            yield Finding(
                f"an override is for the query {name}, which isn't there",
                pointer=("fieldConfig", "overrides", number, "matcher"),
                severity=Severity.WARNING,
            )


def _derived(panel: Panel) -> bool:
    """Whether transformations make frames of other names."""
    return bool(as_list(panel.raw.get("transformations")))


def _named(kind: str, expression: str) -> list[str]:
    if kind == "math":
        return re.findall(r"\$\{?(\w+)", expression)
    return [expression.strip("${} ")] if kind in {"reduce", "resample", "threshold"} and expression else []


RULE = Rule(__name__, Severity.ERROR, panel=check)
