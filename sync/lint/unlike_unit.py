"""What is wrong with the unit in which a query's numbers are shown."""

from __future__ import annotations

from dataclasses import dataclass

from sync.lint.grafana_units import UNITS
from sync.lint.known_units import units, usual_units
from sync.lint.other_units import of_another_world
from sync.lint.problem import Severity
from sync.lint.project import Project
from sync.lint.promql.amounts import is_amount
from sync.lint.promql.dimensions import dimension
from sync.lint.promql.factors import core, unscaled
from sync.lint.promql.measures import PERCENT, SHARE, Dimension
from sync.lint.promql.moments import is_moment
from sync.lint.promql.shares import share
from sync.lint.promql.tree import Aggregation, Binary, Node, Number, Selector
from sync.lint.query import Query
from sync.lint.shown_alike import may_be_elsewhere, others_of
from sync.lint.unit_fits import fits, is_time_spent


@dataclass(frozen=True, slots=True)
class Unlike:
    """What to say, and how gravely where that isn't the rule's own severity."""

    words: str
    severity: Severity | None = None


def unlike(query: Query, unit: str, what: str, project: Project) -> Unlike | None:
    """Compare the unit of a query with the one that something (`what`: the panel, an override) shows it in."""
    tree = query.as_promql.tree
    if tree is None:
        return None
    found = dimension(tree, units(project))
    if message := of_another_world(tree, found, unit):
        return Unlike(f"the query gives {message}, the {what} shows {unit}")
    if unit not in UNITS:
        return None
    expected = UNITS[unit]
    if found is None:
        return _of_unknown(query, tree, unit, what, project)
    fitting = fits(found, expected) and not _is_count(tree, unit)
    if fitting or is_time_spent(found, expected, query.text):
        return None
    named = Severity.INFO if found in _SHARES and expected in _SHARES and _is_named(tree, project) else None
    return Unlike(f"the query gives {found.words}, the {what} shows {unit}", named)


_SHARES: frozenset[Dimension] = frozenset({SHARE, PERCENT})


def _of_unknown(query: Query, tree: Node, unit: str, what: str, project: Project) -> Unlike | None:
    """Judge a query of no known unit by its form, by what its names say, and by other panels that show the same."""
    expected = UNITS[unit]
    if unit == "percent" and share(tree) == 1:
        return Unlike(f"the query gives a ratio (0 … 1), the {what} shows percent: multiply by 100")
    if unit == "percentunit" and (share(tree) == 100 or _is_hundredfold(tree)):
        return Unlike(f"the query gives percent, the {what} shows a share: don't multiply by 100")
    if expected.seconds == 1 and _is_moment(core(tree)):
        return Unlike(f"the query gives a point in time, the {what} shows a duration in {unit}")
    if may_be_elsewhere(query.text, project) and (others := others_of(tree, expected, project)):
        return Unlike(f"the {what} shows {unit}, {others.words}", others.severity)
    if expected.seconds == -1 and is_amount(tree):
        return Unlike(f"the query gives an amount, the {what} shows {unit}, which is one per second")
    return _beside_public(query, tree, unit, what, project)


def _beside_public(query: Query, tree: Node, unit: str, what: str, project: Project) -> Unlike | None:
    """Compare with the unit in which public dashboards show the same metrics, if it isn't a number of pages."""
    usual, expected = dimension(tree, usual_units(project)), UNITS[unit]
    if usual is None or fits(usual, expected) or is_time_spent(usual, expected, query.text):
        return None
    if usual.events and usual.factor != 1:
        return None
    return Unlike(f"public dashboards show this as {usual.words}, the {what} shows {unit}", Severity.INFO)


def _is_named(tree: Node, project: Project) -> bool:
    """Whether nothing but a metric's name says that it is a share or a percentage: some exporters' names are wrong."""
    inner = core(tree)
    return isinstance(inner, Selector) and units(project)(inner.name) is None


def _is_hundredfold(tree: Node) -> bool:
    """Whether it ends with a multiplication by 100, as nobody does with what percentunit shows.

    `100 * (availability - 0.99)` is a division by 0.01 instead: what is left of a budget.
    """
    inner, factor = unscaled(core(tree))
    of_budget = isinstance(inner, Binary) and inner.operator == "-" and isinstance(inner.right, Number)
    return factor == 100 and not of_budget


def _is_moment(node: Node) -> bool:
    """Whether it is a point in time, in seconds or in milliseconds."""
    inner, factor = unscaled(node)
    return factor in {1, 1000} and is_moment(core(inner))


def _is_count(tree: Node, unit: str) -> bool:
    """Whether how many there are is shown as a share."""
    tree = core(tree)
    return unit in {"percent", "percentunit"} and isinstance(tree, Aggregation) and tree.name == "count"
