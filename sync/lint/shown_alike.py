"""The panels that show the same expression as another panel, in whatever unit."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sync.lint.grafana_units import UNITS
from sync.lint.known import TARGET_LABELS
from sync.lint.known_units import units
from sync.lint.panel_units import KINDS, default_unit, may_be_overridden
from sync.lint.problem import Severity
from sync.lint.project import Project, once_a_project
from sync.lint.promql.dimensions import dimension
from sync.lint.promql.factors import core, unscaled
from sync.lint.promql.measures import Dimension
from sync.lint.promql.tree import Node, selectors_of, without_matchers
from sync.lint.shape import as_list
from sync.lint.words import metric_names


@dataclass(frozen=True, slots=True)
class _Shown:
    """A panel, its unit, by what its query multiplies, and what that makes the unit of the expression within."""

    panel: str
    unit: str
    factor: float
    dimension: Dimension

    def is_like(self, other: Dimension) -> bool:
        """Whether the unit is another one's, but for 1000 in place of 1024."""
        own = self.dimension
        same = (own.bytes, own.seconds) == (other.bytes, other.seconds)
        return same and math.isclose(own.factor, other.factor, rel_tol=0.1)


@dataclass(frozen=True, slots=True)
class Others:
    """What to say of the panels that show the same in another unit, and how gravely."""

    words: str
    severity: Severity


def others_of(tree: Node, expected: Dimension, project: Project) -> Others | None:
    """Return who shows the same as something else, unless fewer do; where it is one against one, none may be right."""
    inner, factor = unscaled(tree)
    shown = _shown(project).get(_key(inner), [])
    others = [each for each in shown if not each.is_like(expected.divided(factor))]
    if len(others) * 2 < len(shown) or len(shown) < 2:
        return None
    other = min(others, key=lambda each: (each.panel, each.unit, each.factor))
    times = f" × {other.factor / factor:.10g}" if other.factor != factor else ""
    severity = Severity.INFO if len(others) * 2 == len(shown) else Severity.WARNING
    return Others(f"{other.panel!r} shows the same{times} in {other.unit}", severity)


@once_a_project
def _shown(project: Project) -> dict[Node, list[_Shown]]:
    """Return how each expression of no known unit is shown, without the factors that its query has."""
    found: dict[Node, list[_Shown]] = {}
    for panel in (each for dashboard in project.dashboards for each in dashboard.panels if each.kind in KINDS):
        unit, _ = default_unit(panel)
        if unit not in UNITS or as_list(panel.raw.get("transformations")):
            continue
        for target in panel.targets:
            if target.query is None or target.hidden or not may_be_elsewhere(target.query.text, project):
                continue
            tree = target.query.as_promql.tree
            if tree is not None and not may_be_overridden(panel, target) and dimension(tree, units(project)) is None:
                inner, factor = unscaled(tree)
                if _is_named(inner):
                    shown = _Shown(panel.name, unit, factor, UNITS[unit].divided(factor))
                    found.setdefault(_key(inner), []).append(shown)
    return found


def _key(inner: Node) -> Node:
    """Return an expression without what only tells whose it is."""
    return without_matchers(core(inner), TARGET_LABELS)


def may_be_elsewhere(text: str, project: Project) -> bool:
    """Whether another panel may show a metric of a query, told without parsing."""
    return any(project.shows[name] > 1 for name in metric_names(text))


def _is_named(tree: Node) -> bool:
    """Whether it is certain which series it selects."""
    selectors = selectors_of(tree)
    return bool(selectors) and all(each.name and not each.has_variable_name for each in selectors)
