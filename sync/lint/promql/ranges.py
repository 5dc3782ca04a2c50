"""The values that an expression can have: an interval that is never too small."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sync.lint.promql.intervals import ABOUT_A_SHARE, ANY, INFINITY, NOT_MUCH_MORE, ONE, POSITIVE, SHARE, Interval
from sync.lint.promql.moments import sign_of_age
from sync.lint.promql.part_names import is_failed_of_tried, is_known_limit, is_of_limit, is_of_most, is_part_by_name
from sync.lint.promql.states import is_info, is_state
from sync.lint.promql.time_spent import is_of_cores, is_of_its_time, is_over_modes
from sync.lint.promql.tree import (
    CHOOSING,
    COMPARISONS,
    Aggregation,
    Binary,
    Call,
    Negative,
    Node,
    Number,
    Selector,
    Subquery,
    Window,
    turned,
)

_SLI_ERROR = re.compile(r":sli_error:ratio_rate\w+$")
"""The share of bad events, as sloth's rules record it."""
_SIZE = re.compile(r"^(?!.*(?:delta|diff|change|lag|drift|offset)).*_bytes$")
"""Names of what has a size, which isn't negative."""
_PROMISED: dict[str, tuple[float, float]] = {
    "hour": (0, 23),
    "minute": (0, 59),
    "day_of_week": (0, 6),
    "day_of_month": (1, 31),
    "day_of_year": (1, 366),
    "days_in_month": (28, 31),
    "month": (1, 12),
    "year": (1970, INFINITY),
    "time": (0, INFINITY),
    "timestamp": (0, INFINITY),
    "absent": (1, 1),
    "absent_over_time": (1, 1),
    "present_over_time": (1, 1),
    "count_over_time": (1, INFINITY),
    "histogram_fraction": (0, 1),
    "sgn": (-1, 1),
    **dict.fromkeys(
        [
            "rate",
            "irate",
            "increase",
            "changes",
            "resets",
            "abs",
            "sqrt",
            "exp",
            "stddev_over_time",
            "stdvar_over_time",
            "mad_over_time",
            "histogram_count",
        ],
        (0, INFINITY),
    ),
}
"""What a function gives whatever it is given."""
_SAME = frozenset(
    [
        "avg_over_time",
        "min_over_time",
        "max_over_time",
        "last_over_time",
        "first_over_time",
        "sort",
        "sort_desc",
        "label_replace",
        "label_join",
        "vector",
        "scalar",
        "sort_by_label",
        "sort_by_label_desc",
    ]
)
"""Functions that give what they are given first."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What is known of series: the values of a selector's, and the names that limit another."""

    range: Callable[[Selector], Interval]
    limits: Mapping[str, set[str]]

    def __call__(self, selector: Selector) -> Interval:
        """Return the range of a selector."""
        return self.range(selector)


def own_range(selector: Selector) -> Interval:
    """Return the range that a series' name alone promises; an _info is 1."""
    name = selector.name
    if ":" in name:
        return SHARE if _SLI_ERROR.search(name) else ANY
    if is_info(name):
        return ONE
    if name.startswith("kube_") and not is_state(name):
        return POSITIVE
    if name.endswith("_bytes"):
        return POSITIVE if _SIZE.search(name) else ANY
    if _NUMBER.search(name):
        return POSITIVE
    return SHARE if is_state(name) else ANY


_NUMBER = re.compile(
    r"_(?:discovered|connected|registered|replicas|goroutines|connections|members)$|^(?:go_threads|process_\w+_fds)$"
)
"""Names of how many there are, which is never less than none."""
OWN = Lookup(own_range, {})
"""What names alone say."""


def range_of(  # noqa: PLR0911 one return a kind of node
    node: Node, lookup: Lookup = OWN
) -> Interval:
    """Return the values that an expression can have; `lookup` gives those of a selector."""
    match node:
        case Number(variable=True):
            return ANY
        case Number():
            return Interval(node.value, node.value) if not math.isnan(node.value) else Interval(INFINITY, -INFINITY)
        case Selector():
            return lookup(node)
        case Call():
            return _call(node, lookup)
        case Aggregation():
            return _aggregation(node, lookup)
        case Binary():
            return _binary(node, lookup)
        case Negative():
            body = range_of(node.body, lookup)
            return Interval(-body.high, -body.low)
        case Subquery():
            return range_of(node.body, lookup)
        case _:
            return ANY


def _call(call: Call, lookup: Lookup) -> Interval:
    name = call.name
    if name in _PROMISED:
        return SHARE if is_of_its_time(call) else Interval(*_PROMISED[name])
    arguments = [range_of(each, lookup) for each in call.arguments]
    if name in _SAME and arguments:
        return arguments[0]
    if name in {"quantile_over_time", "histogram_quantile"} and len(arguments) == 2:
        return arguments[1]
    if name in {"ceil", "floor", "round"} and arguments:
        step = abs(arguments[1].high) if len(arguments) > 1 else 1
        low, high = arguments[0].low, arguments[0].high
        return Interval(
            low if _is_multiple(low, step) else low - step, high if _is_multiple(high, step) else high + step
        )
    if name in {"clamp", "clamp_min", "clamp_max"} and len(arguments) > 1:
        return _clamped(name, arguments)
    return _summed(arguments[0]) if name == "sum_over_time" and arguments else ANY


def _is_multiple(number: float, step: float) -> bool:
    """Whether rounding to a step leaves a number as it is."""
    return not step or (math.isfinite(number) and math.isclose(number / step, round(number / step)))


def _summed(body: Interval) -> Interval:
    """Return what a sum of at least one such value can be."""
    return Interval(body.low if body.low >= 0 else -INFINITY, body.high if body.high <= 0 else INFINITY)


def _clamped(name: str, arguments: list[Interval]) -> Interval:
    low = -INFINITY if name == "clamp_max" else arguments[1].low
    high = INFINITY if name == "clamp_min" else arguments[-1].high
    body = arguments[0]
    return Interval(min(max(body.low, low), high), max(min(body.high, high), low))


def _aggregation(node: Aggregation, lookup: Lookup) -> Interval:
    if node.name in {"count", "count_values"}:
        return Interval(1, INFINITY)
    if node.name == "group":
        return ONE
    if node.name in {"stddev", "stdvar"}:
        return POSITIVE
    body = range_of(node.body, lookup)
    if node.name == "sum" and is_over_modes(node) and is_of_cores(node.body):
        return SHARE
    if node.name == "sum":
        return _summed(body)
    return body


def _binary(node: Binary, lookup: Lookup) -> Interval:
    operator = node.operator
    if operator in COMPARISONS:
        return SHARE if node.as_bool else _filtered(turned(node), lookup)
    left, right = range_of(node.left, lookup), range_of(node.right, lookup)
    if operator == "or":
        return left.hull(right)
    if operator in {"and", "unless"}:
        return left
    if operator == "/" and (is_part(node.left, node.right, lookup) or is_part(node.right, node.left, lookup)):
        return SHARE if is_part(node.left, node.right, lookup) else Interval(1, INFINITY)
    found = _arithmetic(operator, left, right)
    if operator == "-" and (sign := sign_of_age(node)):
        found = found.cut(Interval(0, INFINITY) if sign > 0 else Interval(-INFINITY, 0))
    share = _about_a_share(node.left, node.right, lookup) if operator == "/" else None
    return found.cut(share) if share is not None else found


def _filtered(node: Binary, lookup: Lookup) -> Interval:
    operator, left, right = node.operator, range_of(node.left, lookup), range_of(node.right, lookup)
    if operator in {">", ">="}:
        return Interval(max(left.low, right.low), left.high)
    if operator in {"<", "<="}:
        return Interval(left.low, min(left.high, right.high))
    return left.cut(right) if operator == "==" else left


_HIGHEST = 20
"""The highest power that anybody writes: a kilobyte's are up to six."""


def _arithmetic(  # noqa: PLR0911 one return an operator
    operator: str, left: Interval, right: Interval
) -> Interval:
    if operator == "+":
        return Interval(_sum(left.low, right.low, -INFINITY), _sum(left.high, right.high, INFINITY))
    if operator == "-":
        return Interval(_sum(left.low, -right.high, -INFINITY), _sum(left.high, -right.low, INFINITY))
    if operator == "*":
        return _products(left, right)
    if operator == "/" and (right.low > 0 or right.high < 0):
        return _products(left, Interval(1 / right.high, 1 / right.low))
    if operator == "^" and left.low == left.high > 0 and right.low == right.high and abs(right.low) <= _HIGHEST:
        return _power(left.low, right.low)
    if operator == "/" and left.low >= 0 and right.low >= 0:
        return POSITIVE
    return ANY


def _power(base: float, exponent: float) -> Interval:
    try:
        value = base**exponent
    except ArithmeticError:
        return ANY
    return Interval(value, value)


def _sum(one: float, other: float, otherwise: float) -> float:
    total = one + other
    return otherwise if math.isnan(total) else total


def _products(left: Interval, right: Interval) -> Interval:
    ends = [
        0.0 if math.isnan(one * other) else one * other
        for one in (left.low, left.high)
        for other in (right.low, right.high)
    ]
    return Interval(min(ends), max(ends))


def unguarded(node: Node) -> Node:
    """Return an expression without what keeps it from being zero or absent: `x > 0`, `x or 0 * y`, clamp_min."""
    while True:
        match turned(node) if isinstance(node, Binary) else node:
            case Binary(operator=">" | "!=" | ">=", left=compared, right=Number(), as_bool=False):
                node = compared
            case Binary(operator="or", left=preferred):
                node = preferred
            case Call(name="clamp_min" | "vector" | "scalar", arguments=(inner, *_)):
                node = inner
            case _:
                return node


def is_part(  # noqa: PLR0911 one return a kind of node
    part: Node, whole: Node, lookup: Lookup = OWN
) -> bool:
    """Whether the first is a part of the second, both never negative: their ratio is then between 0 and 1."""
    part, whole = unguarded(part), unguarded(whole)
    match part, whole:
        case Selector(), Selector():
            return _selects_part(part, whole)
        case Call(name=one), Call(name=other) if one == other and one in {"rate", "increase"}:
            return is_part(part.arguments[0], whole.arguments[0], lookup)
        case Aggregation(name=one), Aggregation(name=other) if one == other and one in {"sum", "count"}:
            same = set(part.labels or ()) == set(whole.labels or ()) and part.without == whole.without
            return (
                same
                and _counts(part.body, one)
                and is_part(_unfiltered(part.body, one), _unfiltered(whole.body, one), lookup)
            )
        case Aggregation(name="sum"), Aggregation(name="count"):
            same = set(part.labels or ()) == set(whole.labels or ()) and part.without == whole.without
            return same and part.body == whole.body and range_of(part.body, lookup) == SHARE
        case Binary(operator="-"), _ if whole == unguarded(part.left):
            return is_part(part.right, whole, lookup)
        case _, Binary(operator="+"):
            never_negative = range_of(whole.left, lookup).low >= 0 and range_of(whole.right, lookup).low >= 0
            return never_negative and (
                part in {whole.left, whole.right}
                or is_part(part, whole.left, lookup)
                or is_part(part, whole.right, lookup)
            )
        case _:
            return False


def _about_a_share(  # noqa: PLR0911 one return a kind of node
    part: Node, whole: Node, lookup: Lookup
) -> Interval | None:
    """Return between what a quotient is: of a limit what is used, of what is tried what fails, of now what was.

    None where the second isn't what the first is a part of.
    """
    part, whole = unguarded(part), unguarded(whole)
    match part, whole:
        case Selector(), Selector() if is_known_limit(part.name, whole.name) or is_of_most(part, whole):
            return ABOUT_A_SHARE
        case Aggregation(name="sum" | "max" | "avg", body=Selector(name=each)), Selector() if is_known_limit(
            each, whole.name
        ):
            return ABOUT_A_SHARE
        case _, Binary(operator="+") if part in {whole.left, whole.right}:
            return ABOUT_A_SHARE
        case Selector(), Selector() if set(whole.matchers) <= set(part.matchers):
            if is_failed_of_tried(part.name, whole.name) and part.window == whole.window:
                return NOT_MUCH_MORE
            limited = whole.name in lookup.limits.get(part.name, ()) or is_of_limit(part.name, whole.name)
            return ABOUT_A_SHARE if limited else None
        case Call(name=one), Call(name=other) if one == other and len(part.arguments) == len(whole.arguments) == 1:
            return _about_a_share(part.arguments[0], whole.arguments[0], lookup)
        case Aggregation(name=one), Aggregation(name=other) if one == other and one not in CHOOSING:
            if set(part.labels or ()) != set(whole.labels or ()) or part.without != whole.without:
                return None
            if one == "count":
                return ABOUT_A_SHARE if _of_a_while(part, whole) else None
            return _about_a_share(part.body, whole.body, lookup)
        case _:
            return None


def _of_a_while(part: Aggregation, whole: Aggregation) -> bool:
    windowed = _unfiltered(part.body, "count")
    if not isinstance(windowed, Call) or not windowed.name.endswith("_over_time"):
        return False
    inner, now = windowed.arguments[-1], _unfiltered(whole.body, "count")
    return isinstance(inner, Selector) and isinstance(now, Selector) and _selects_part(replace(inner, window=None), now)


def _unfiltered(node: Node, aggregation: str) -> Node:
    while aggregation == "count" and isinstance(node, Binary) and node.filters:
        node = turned(node).left
    return node


def _counts(node: Node, aggregation: str) -> bool:
    """Whether what is summed can't be negative: series that are counted, rates, or amounts by their name."""
    if aggregation == "count":
        return True
    if isinstance(node, Selector):
        return bool(re.search(r"_(?:bytes|total|count|cores|seconds)$", node.name)) or own_range(node) == SHARE
    if isinstance(node, Binary) and node.operator == "-" and is_part(node.right, node.left):
        return True
    return range_of(node).low >= 0


def _selects_part(part: Selector, whole: Selector) -> bool:
    if part.offset != whole.offset or (part.window or Window(0)) != (whole.window or Window(0)):
        return False
    matchers = set(part.matchers)
    if part.name.endswith("_bucket") and whole.name == part.name.removesuffix("_bucket") + "_count":
        return part.matcher("le") is not None and set(whole.matchers) <= matchers
    same = part.name == whole.name or is_part_by_name(part.name, whole.name)
    return same and set(whole.matchers) <= matchers
