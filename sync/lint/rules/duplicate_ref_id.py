"""Two queries of a panel with one refId, or one query under two names.

Grafana keeps the answers by refId: one of the two is never seen. `--fix` renames the later one. The same query under
two legends was copied to be changed: what the second is called is shown nowhere.

FAIL panel:
    {type: timeseries, title: A, targets: [{expr: up, refId: A}, {expr: up == 0, refId: A}]}

FAIL panel:
    type: timeseries
    title: Keyspace
    targets:
      - {expr: 'rate(cache_hits_total[5m])', refId: A, legendFormat: hits}
      - {expr: 'rate(cache_hits_total[5m])', refId: B, legendFormat: misses}

PASS panel:
    type: timeseries
    title: Keyspace
    targets:
      - {expr: 'rate(cache_hits_total[5m])', refId: A, legendFormat: hits}
      - {expr: 'rate(cache_hits_total[5m])', refId: B, legendFormat: now, instant: true}

PASS panel:
    {type: timeseries, title: A, targets: [{expr: up, refId: A}, {expr: up == 0, refId: B}]}
"""

from __future__ import annotations

import re
from string import ascii_uppercase

from sync.lint.dashboard import Panel, Target
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule


def check(panel: Panel, _project: Project) -> Findings:
    """Collect the refIds."""
    seen, asked = set[str](), dict[tuple[str, ...], Target]()
    for number, target in enumerate(panel.targets if len(panel.targets) > 1 else ()):
        if target.ref_id and target.ref_id in seen:
            message = f"two queries have the refId {target.ref_id}: one of them is never seen"
            yield Finding(message, pointer=("targets", number, "refId"), fix=_free(panel))
        seen.add(target.ref_id)
        first = asked.setdefault(_asks(target), target)
        told = [_TEMPLATE.sub("", each.legend).strip() for each in (first, target)]
        if (
            first is not target
            and target.query is not None
            and panel.kind in _DRAWN
            and all(told)
            and told[0] != told[1]
        ):
            said = f"{target.ref_id or 'a query'} asks the same as one before it under another name: {target.legend}"
            yield Finding(said, pointer=("targets", number, target.key), severity=Severity.INFO)


_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
_DRAWN = frozenset({"timeseries", "graph", "barchart", "bargauge", "piechart"})
"""Kinds of panels that draw a series under its legend; a table's columns may be several of one answer's."""


def _asks(target: Target) -> tuple[str, ...]:
    """Return what a query asks for, and how."""
    how = (target.raw.get(key) for key in ("datasource", "instant", "range", "format", "interval", "hide", "queryType"))
    return ("".join(target.query.text.split()) if target.query is not None else target.ref_id, *map(str, how))


def _free(panel: Panel) -> str | None:
    taken = {target.ref_id for target in panel.targets}
    return next((letter for letter in ascii_uppercase if letter not in taken), None)


RULE = Rule(__name__, Severity.ERROR, panel=check)
