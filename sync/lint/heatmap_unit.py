"""The unit of a heatmap's axis beside that of what its histogram observed."""

from __future__ import annotations

from sync.lint.dashboard import Panel
from sync.lint.grafana_units import UNITS
from sync.lint.known_units import units
from sync.lint.problem import Finding
from sync.lint.project import Project
from sync.lint.promql.dimensions import dimension
from sync.lint.promql.tree import Call, Number
from sync.lint.rule import Findings
from sync.lint.shape import as_dict, as_text
from sync.lint.unit_fits import fits


def of_buckets(panel: Panel, project: Project) -> Findings:
    """Compare the unit of a heatmap's axis with that of what the histogram observed."""
    options = as_dict(panel.raw.get("options"))
    unit = as_text(as_dict(options.get("yAxis")).get("unit"))
    for target in panel.targets if unit in UNITS and options.get("calculate") is not True else ():
        tree = target.query.as_promql.tree if target.query and not target.hidden else None
        observed = dimension(Call("histogram_quantile", (Number(0.5), tree)), units(project)) if tree else None
        if observed is not None and not fits(observed, UNITS[unit]):
            message = f"the buckets are of {observed.words}, the heatmap's axis shows {unit}"
            yield Finding(message, pointer=("options", "yAxis", "unit"))
