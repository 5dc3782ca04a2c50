"""The units that are told of metrics: by the catalogue, and by the rules that record series."""

from __future__ import annotations

from sync.lint.project import Project
from sync.lint.promql.dimensions import BYTES, PERCENT, SECONDS, SHARE, Dimension, Known, dimension

_TOLD = {"bytes": BYTES, "s": SECONDS, "seconds": SECONDS, "share": SHARE, "%": PERCENT}


def units(project: Project, depth: int = 0) -> Known:
    """Return the function that gives the unit told of a metric."""

    def known(name: str) -> Dimension | None:
        metric = project.known.metrics.get(name)
        if metric is not None and metric.unit:
            return _TOLD.get(metric.unit)
        trees = [rule.query.tree for rule in project.recorded.get(name, [])] if depth < 3 else []
        found = {dimension(tree, units(project, depth + 1)) for tree in trees if tree is not None}
        return found.pop() if len(found) == 1 else None

    return known
