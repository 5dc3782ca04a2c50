"""Alerts that stand in old graphs, as Grafana had them before 9."""

from __future__ import annotations

from collections.abc import Iterator

from sync.lint.dashboard import Dashboard
from sync.lint.promql.tree import Node
from sync.lint.shape import as_dict, as_list, as_number, as_text

_COMPARISONS = {"gt": ">", "lt": "<"}
_SAME_UNIT = frozenset({"avg", "min", "max", "last", "median", ""})
"""Reducers that leave a number of the size that the graph shows."""


def old_alerts(dashboard: Dashboard) -> Iterator[tuple[Node, str, float, str]]:
    """Yield what each of a dashboard's own alerts watches: expression, comparison, number, and the alert's name."""
    for panel in dashboard.panels if '"evaluator"' in dashboard.text else ():
        alert = as_dict(panel.raw.get("alert"))
        for condition in map(as_dict, as_list(alert.get("conditions"))):
            evaluator = as_dict(condition.get("evaluator"))
            operator = _COMPARISONS.get(as_text(evaluator.get("type")), "")
            numbers, asked = as_list(evaluator.get("params")), as_list(as_dict(condition.get("query")).get("params"))
            number = as_number(numbers[0]) if numbers else None
            reducer = as_text(as_dict(condition.get("reducer")).get("type"))
            for target in panel.targets if asked and operator and number and reducer in _SAME_UNIT else ():
                tree = target.query.tree if target.query and target.ref_id == asked[0] else None
                if tree is not None and number:
                    yield tree, operator, number, as_text(alert.get("name")) or panel.name
