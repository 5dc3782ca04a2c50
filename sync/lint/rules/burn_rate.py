"""A burn-rate alert whose windows aren't asked for the same, or aren't those that it says.

Such an alert asks for one rate over a long window, so that it is worth waking somebody, and over a short one, so that
it ends when the failures do. With another factor or budget on one side it fires late, or never, and nobody sees why;
over one window twice, the short one isn't asked. The longer the windows, the smaller the factor, within an alert and
among those of a group. Labels that tell the windows (`long`, `short`) are read by people and by routes.

FAIL alert-expr:
    api:burnrate1h > 14.4 * 0.01 and api:burnrate5m > 14.4 * 0.1

FAIL alert-expr:
    api:burnrate6h > (6 * 0.001) and ignoring (window) api:burnrate30m > (14.4 * 0.001)

FAIL alert-expr:
    max without (id) (slo:error:ratio_rate1h > (14.4 * 0.01)) and max without (id) (slo:error:ratio_rate5m > (6 * 0.01))

FAIL alert-expr:
    api:burnrate1h > 0.144 and api:burnrate1h > 0.144

FAIL alert-expr:
    sum(rate(bad[1h])) / sum(rate(all[1h])) > 0.0144 and sum(rate(bad[5m])) / sum(rate(all[5m])) > 0.144

FAIL alert-expr:
    (api:burnrate1h > 6 * 0.01 and api:burnrate5m > 6 * 0.01)
    or (api:burnrate6h > 14.4 * 0.01 and api:burnrate30m > 0.144)

FAIL alert-expr:
    (1 - api:availability:rate30m) / (1 - 0.95) > 14 and (1 - api:availability:rate5m) / (1 - 0.995) > 14

FAIL record-expr:
    (1 - avg by (job) (avg_over_time(up[6h]))) / (1 - 99.9)

FAIL rules:
    groups:
      - name: a
        rules:
          - {alert: Fast, expr: "api:burnrate1h > 6 * 0.01 and api:burnrate5m > 6 * 0.01"}
          - {alert: Slow, expr: "api:burnrate6h > 14.4 * 0.01 and api:burnrate30m > 14.4 * 0.01"}

FAIL alert:
    alert: A
    expr: api:burnrate1h > 14.4 * 0.01 and api:burnrate5m > 14.4 * 0.01
    labels: {long: 1h, short: 30m}

PASS alert:
    alert: A
    expr: >
      api:burnrate1h > 14.4 * 0.01 and api:burnrate5m > 14.4 * 0.01
      or api:burnrate6h > 0.06 and api:burnrate30m > 0.06
    labels: {long: 1h, short: 5m}

PASS alert-expr:
    rate(requests_total[1h]) > 10 and rate(requests_total[5m]) > 5

PASS alert-expr:
    increase(restarts[1h]) > 3 * 2 and increase(restarts[10m]) > 1 * 2 or
    sum(rate(bytes_total[1h])) > 10 * 1024 and sum(rate(bytes_total[5m])) > 20 * 1024
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from sync.lint.limits import constant
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Aggregation, Binary, Node, Number, Selector, duration, turned, walk, without_variables
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Group, seconds
from sync.lint.rule_file import Rule as FileRule

_SPAN = re.compile(r"(?<![0-9.])\d+[smhdw](?![A-Za-z0-9])")
_BURNT = re.compile(r"burn_?rate|ratio_rate|sli_error|error_budget", re.IGNORECASE)
_SHARE = re.compile(r"ratio| / (?![\d(])")
"""What is a share by its name, or a quotient that isn't by a number."""
_UPPER = frozenset({">", ">="})


@dataclass(frozen=True, slots=True)
class _Asked:
    """One condition: what it is of but for the window, the window in seconds, the limit and how it is written.

    `of_budget` says that what is asked for is divided by what an objective leaves, `1 - 0.999`.
    """

    what: str
    window: float
    limit: float
    written: str
    of_budget: bool = False

    @property
    def is_burn_rate(self) -> bool:
        """Whether it is a burn rate by its name, or a share whose limit is a factor of a budget."""
        is_share = _SHARE.search(self.what) is not None and "increase(" not in self.what
        return self.of_budget or bool(_BURNT.search(self.what)) or (is_share and " * " in self.written)

    def __str__(self) -> str:
        return f"{self.limit:.6g} over {duration(self.window)}"


def check(rule: FileRule, _project: Project) -> Findings:
    """Compare the two windows of each condition, the conditions of the group, and labels with windows."""
    if not rule.alert:
        return
    pairs = list(_pairs(rule))
    for one, other in pairs:
        if one.window == other.window:
            if one == other and one.is_burn_rate:
                said = f"both conditions are over {duration(one.window)}: one should be over a shorter window"
                yield Finding(f"{rule.alert}: {said}", pointer=("expr",), piece="and")
        elif not math.isclose(one.limit, other.limit, rel_tol=1e-3) and (_is_burnt(one, other) or _is_slip(one, other)):
            yield Finding(f"{rule.alert}: one rate has to be above {one}, but {other}", pointer=("expr",), piece="and")
    if mixed_up := _disordered(rule.group).get(rule):
        yield Finding(f"{rule.alert}: {mixed_up}", pointer=("expr",), piece="and")
    yield from _labels(rule, pairs)


def _is_burnt(one: _Asked, other: _Asked) -> bool:
    return one.is_burn_rate and other.is_burn_rate


def _is_slip(one: _Asked, other: _Asked) -> bool:
    """Whether a digit too many, or too few, parts two limits of shares."""
    times = max(one.limit, other.limit) / min(one.limit, other.limit)
    return " / " in one.what and any(math.isclose(times, each, rel_tol=1e-3) for each in (10, 100))


def _pairs(rule: FileRule) -> Iterator[tuple[_Asked, _Asked]]:
    """Yield the conditions joined by `and` that ask for one thing over two windows."""
    for node, _ in rule.query.as_promql.each(Binary):
        one, other = (_asked(node.left), _asked(node.right)) if node.operator == "and" else (None, None)
        if one and other and one.what == other.what and min(one.limit, other.limit) > 0:
            yield one, other


def _asked(node: Node) -> _Asked | None:
    while isinstance(node, Aggregation) and node.name in {"max", "min", "sum", "avg"}:
        node = node.body
    if not isinstance(node, Binary) or not node.filters:
        return None
    node = turned(node)
    limit, windows, left, budget = constant(node.right), _windows(node.left), node.left, 1.0
    if isinstance(left, Binary) and left.operator == "/" and isinstance(left.right, Binary):
        share = constant(left.right)
        if share is not None and 0 < share < 1 and left.right.operator == "-":
            left, budget = left.left, share
    if limit is None or node.operator not in _UPPER or len(windows) != 1:
        return None
    plain = str(without_variables(left))
    return _Asked(_SPAN.sub("", plain), windows.pop(), limit * budget, str(node.right), budget < 1)


def _windows(node: Node) -> set[float]:
    """Return the windows of what is compared, those in names included."""
    found = {each.window.seconds or 0 for each, _ in walk(node) if isinstance(each, Selector) and each.window}
    names = [each.name for each, _ in walk(node) if isinstance(each, Selector)]
    return found | {seconds(said) or 0 for name in names for said in _SPAN.findall(name)}


@lru_cache(maxsize=1)  # the rules of a group are looked at one after another
def _disordered(group: Group) -> dict[FileRule, str]:
    """Say of alerts that they have a longer window with a higher limit than themselves or one before in the group."""
    found = dict[FileRule, str]()
    before = defaultdict[str, dict[float, tuple[_Asked, ...]]](dict)  # the lowest and the highest limit of each window
    for rule in (each for each in group.rules if each.alert):
        for one in (max(pair, key=attrgetter("window")) for pair in _pairs(rule) if _is_burnt(*pair)):
            windows = before[one.what]
            for other in (each for ends in windows.values() for each in ends):
                short, long = sorted((one, other), key=attrgetter("window"))
                if short.window < long.window and short.limit < long.limit * 0.999:
                    said = f"a burn rate has to be above {long}, and above only {short}: mixed up?"
                    found.setdefault(rule, said)
            known = (*windows.get(one.window, ()), one)
            windows[one.window] = (min(known, key=attrgetter("limit")), max(known, key=attrgetter("limit")))
    return found


def _labels(rule: FileRule, pairs: list[tuple[_Asked, _Asked]]) -> Findings:
    windows = {each.window for pair in pairs for each in pair}
    for name in ("long", "short", "long_window", "short_window") if windows else ():
        said = rule.labels.get(name, "")
        if (span := seconds(said)) and span not in windows:
            spans = " and ".join(map(duration, sorted(windows)))
            message = f"{rule.alert}: label {name} says {said}, the windows are {spans}"
            yield Finding(message, pointer=("labels", name), piece=said)


def check_query(query: Query, _project: Project) -> Findings:
    """Look for a budget of less than nothing: of an objective in percent, where a share is meant."""
    for node, _ in query.each(Binary):
        if node.operator == "-" and node.left == Number(1) and isinstance(node.right, Number):
            percent = node.right.value
            if _MOST_OF_ALL < percent < _ALL and not node.right.variable:
                said = f"1 - {percent:g} is below nothing: the objective is {percent / 100:g} of 1"
                yield Finding(said, piece=f"{percent:g}")


_MOST_OF_ALL, _ALL = 50, 100
"""Percent between which an objective is."""

RULE = Rule(__name__, Severity.WARNING, rule=check, query=check_query)
