"""An expression of PromQL computed over sampled series."""

from __future__ import annotations

import math
import operator
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sync.preview.samples import functions as fn
from sync.preview.samples import matching
from sync.preview.samples.series import Element, elements

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.preview.samples.facts import Facts

Vector = list[Element]
_RATES = frozenset({"rate", "irate", "increase"})
_DEEPEST = 60
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq, "!=": operator.ne, ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le,
}  # fmt: skip


class UnsampledError(Exception):
    """An expression that samples can't be made for, in words."""


def _divided(left: float, right: float) -> float | None:
    return left / right if right else None


def _power(left: float, right: float) -> float | None:
    try:
        found = left**right
    except (OverflowError, ZeroDivisionError):
        return None
    return found if isinstance(found, float) else None


_ARITHMETIC: dict[str, Callable[[float, float], float | None]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": _divided,
    "%": lambda left, right: math.fmod(left, right) if right else None, "^": _power,
    "atan2": math.atan2,
}  # fmt: skip


@dataclass
class Evaluator:
    """Computes expressions on one grid of times; `now` is the end of the samples' time."""

    facts: Facts
    times: tuple[int, ...]
    cache: dict[Any, Vector] = field(default_factory=dict)
    depth: int = 0

    @property
    def step(self) -> float:
        """Return the seconds between two times."""
        return (self.times[1] - self.times[0]) / 1000 if len(self.times) > 1 else 60.0

    def vector(self, tree: Any) -> Vector:
        """Return what a tree stands for, numbers as an element without labels."""
        found = self.value(tree)
        return [Element({}, [found] * len(self.times))] if isinstance(found, float) else found

    def value(self, tree: Any) -> float | Vector:
        """Return a number or a vector."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise UnsampledError("the expression is nested too deep for samples")
        try:
            handler = getattr(self, f"_{type(tree).__name__.lower()}", None)
            if handler is None:
                raise UnsampledError(f"no samples for {type(tree).__name__}")
            found: float | Vector = handler(tree)
        finally:
            self.depth -= 1
        return found

    def _numberliteral(self, tree: Any) -> float:
        return float(tree.val)

    def _stringliteral(self, _tree: Any) -> Vector:
        return []

    def _parenexpr(self, tree: Any) -> float | Vector:
        return self.value(tree.expr)

    def _unaryexpr(self, tree: Any) -> float | Vector:
        found = self.value(tree.expr)
        return -found if isinstance(found, float) else fn.mapped(found, operator.neg)

    def _vectorselector(self, tree: Any) -> Vector:
        return self._selected(tree, rates=False)

    def _matrixselector(self, tree: Any) -> Vector:
        return self._selected(tree.vector_selector, rates=False)

    def _subqueryexpr(self, tree: Any) -> Vector:
        return self.vector(tree.expr)

    def _selected(self, tree: Any, *, rates: bool) -> Vector:
        matchers = [(one.name, str(one.op).rpartition(".")[2], one.value) for one in tree.matchers.matchers]
        name = tree.name or next(
            (value for label, kind, value in matchers if label == "__name__" and kind == "Equal"), ""
        )
        if not name:
            return []
        offset = round(tree.offset.total_seconds() * 1000) if tree.offset is not None else 0
        key = (name, tuple(matchers), offset, rates)
        if key not in self.cache:
            every = self._all(name, offset, rates=rates, job=_job(matchers))
            self.cache[key] = [one for one in every if all(_passes(one.labels, matcher) for matcher in matchers)]
        return self.cache[key]

    def _all(self, name: str, offset: int, *, rates: bool, job: str | None) -> Vector:
        key = (name, offset, rates, job)
        if key not in self.cache:
            times = tuple(moment - offset for moment in self.times) if offset else self.times
            self.cache[key] = []  # what a rule records from itself is nothing
            if name in self.facts.recorded:
                self.cache[key] = self._recorded(name)
            elif name in {"ALERTS", "ALERTS_FOR_STATE"}:
                self.cache[key] = self._alerts()
            else:
                metric = self.facts.find(name, job)
                self.cache[key] = elements(metric, name, self.facts, times, rates=rates)
        return self.cache[key]

    def _recorded(self, name: str) -> Vector:
        import promql_parser

        found = []
        for rule in self.facts.recorded[name]:
            try:
                made = self.vector(promql_parser.parse(rule.expression))
            except (ValueError, UnsampledError):
                continue
            found += [Element({"__name__": name, **fn.unnamed(one.labels), **rule.labels}, one.values) for one in made]
        return found

    def _alerts(self) -> Vector:
        """Return one alert that fired for a while and is over: a quiet day."""
        alert = next((one for one in self.facts.alerts if one.get("severity") == "warning"), None)
        if alert is None:
            return []
        begin, end = len(self.times) * 4 // 10, len(self.times) * 5 // 10
        values: list[float | None] = [1.0 if begin <= index < end else None for index in range(len(self.times))]
        return [Element({"__name__": "ALERTS", "alertstate": "firing", **alert}, values)]

    def _aggregateexpr(self, tree: Any) -> Vector:
        vector = self.vector(tree.expr)
        parameter: Any = None
        if tree.param is not None:
            parameter = tree.param.val if type(tree.param).__name__ == "StringLiteral" else self.value(tree.param)
            parameter = parameter if isinstance(parameter, float | str) else _first(parameter)
        modifier = tree.modifier
        labels = set(modifier.labels) if modifier is not None else set()
        without = modifier is not None and str(modifier.type).endswith("Without")

        def group(its: dict[str, str]) -> dict[str, str]:
            if without:
                return {name: value for name, value in its.items() if name not in labels and name != "__name__"}
            return {name: value for name, value in its.items() if name in labels}

        return fn.aggregated(str(tree.op), vector, group, parameter)

    def _call(self, tree: Any) -> float | Vector:
        name, arguments = tree.func.name, tree.args
        if name in _RATES:
            return self._rate(name, arguments[0])
        if name.endswith("_over_time") or name in {"changes", "resets", "delta", "idelta", "deriv"}:
            return self._over_time(name, arguments)
        if name in fn.SIMPLE:
            return fn.mapped(self.vector(arguments[0]), fn.SIMPLE[name])
        special = getattr(self, f"_call_{name}", None)
        if special is not None:
            found: float | Vector = special(arguments)
            return found
        # Functions of which a picture shows no difference: sort, predict_linear and the like.
        inner = next((one for one in arguments if type(one).__name__ not in {"NumberLiteral", "StringLiteral"}), None)
        return self.vector(inner) if inner is not None else self._clock(name)

    def _rate(self, name: str, argument: Any) -> Vector:
        window = _window(argument)
        if type(argument).__name__ == "MatrixSelector":
            found = self._selected(argument.vector_selector, rates=True)
        else:
            rising = fn.over_time("deriv", self.vector(argument), window, self.step)
            found = fn.mapped(rising, lambda value: max(0.0, value))
        if name == "increase":
            return fn.mapped(found, lambda value: value * window)
        return [Element(fn.unnamed(one.labels), one.values) for one in found]

    def _over_time(self, name: str, arguments: list[Any]) -> Vector:
        inner = arguments[-1] if type(arguments[-1]).__name__ in {"MatrixSelector", "SubqueryExpr"} else arguments[0]
        parameter = self.value(arguments[0]) if len(arguments) > 1 and inner is not arguments[0] else None
        vector = self.vector(inner)
        if name == "absent_over_time":
            return [] if vector else [Element({}, [1.0] * len(self.times))]
        return fn.over_time(name, vector, _window(inner), self.step, parameter)

    def _call_histogram_quantile(self, arguments: list[Any]) -> Vector:
        share = self.value(arguments[0])
        number = share if isinstance(share, float) else _first(share) or 0.5
        return fn.histogram_quantile(number, self.vector(arguments[1]))

    def _call_clamp_min(self, arguments: list[Any]) -> Vector:
        low = self._number(arguments[1])
        return fn.mapped(self.vector(arguments[0]), lambda value: max(value, low))

    def _call_clamp_max(self, arguments: list[Any]) -> Vector:
        high = self._number(arguments[1])
        return fn.mapped(self.vector(arguments[0]), lambda value: min(value, high))

    def _call_clamp(self, arguments: list[Any]) -> Vector:
        low, high = self._number(arguments[1]), self._number(arguments[2])
        return fn.mapped(self.vector(arguments[0]), lambda value: min(max(value, low), high))

    def _call_vector(self, arguments: list[Any]) -> Vector:
        return self.vector(arguments[0])

    def _call_scalar(self, arguments: list[Any]) -> Vector:
        found = self.vector(arguments[0])
        return [Element({}, found[0].values)] if len(found) == 1 else []

    def _call_absent(self, arguments: list[Any]) -> Vector:
        return [] if self.vector(arguments[0]) else [Element({}, [1.0] * len(self.times))]

    def _call_label_replace(self, arguments: list[Any]) -> Vector:
        target, replacement, source, pattern = (getattr(one, "val", "") for one in arguments[1:5])
        return fn.label_replace(self.vector(arguments[0]), target, replacement, source, pattern)

    def _call_label_join(self, arguments: list[Any]) -> Vector:
        target, separator, *sources = (getattr(one, "val", "") for one in arguments[1:])
        return [
            Element(one.labels | {target: separator.join(one.labels.get(name, "") for name in sources)}, one.values)
            for one in self.vector(arguments[0])
        ]

    def _number(self, tree: Any) -> float:
        found = self.value(tree)
        return found if isinstance(found, float) else _first(found) or 0.0

    def _clock(self, name: str) -> float | Vector:
        if name == "time":
            return [Element({}, [moment / 1000 for moment in self.times])]
        return math.pi if name == "pi" else [Element({}, [float(moment // 3_600_000 % 24) for moment in self.times])]

    def _binaryexpr(self, tree: Any) -> float | Vector:
        left, right = self.value(tree.lhs), self.value(tree.rhs)
        name = str(tree.op)
        modifier = tree.modifier
        wants_bool = modifier is not None and modifier.return_bool
        if name in {"and", "or", "unless"}:
            return matching.combined(name, self._as_vector(left), self._as_vector(right), matching.key_of(modifier))
        change = _change(name, wants_bool=wants_bool)
        if isinstance(left, float) and isinstance(right, float):
            found = change(left, right)
            return math.nan if found is None else found
        if isinstance(right, float):
            return _mapped(left, lambda value: change(value, right), keep=name in _COMPARISONS and not wants_bool)  # type: ignore[arg-type]
        if isinstance(left, float):
            swapped = left
            if name in _COMPARISONS and not wants_bool:
                test = _COMPARISONS[name]
                return _mapped(right, lambda value: value if test(swapped, value) else None, keep=True)
            return _mapped(right, lambda value: change(swapped, value), keep=False)
        return matching.matched(left, right, change, modifier, comparison=name in _COMPARISONS and not wants_bool)

    def _as_vector(self, found: float | Vector) -> Vector:
        return [Element({}, [found] * len(self.times))] if isinstance(found, float) else found


def _job(matchers: list[tuple[str, str, str]]) -> str | None:
    return next((value for label, kind, value in matchers if label == "job" and kind == "Equal"), None)


def _passes(labels: dict[str, str], matcher: tuple[str, str, str]) -> bool:
    name, kind, value = matcher
    its = labels.get(name, "")
    if kind in {"Equal", "NotEqual"}:
        return (its == value) == (kind == "Equal")
    return bool(_pattern(value).fullmatch(its)) == (kind == "Re")


_PATTERNS: dict[str, re.Pattern[str]] = {}


def _pattern(value: str) -> re.Pattern[str]:
    if value not in _PATTERNS:
        try:
            _PATTERNS[value] = re.compile(value)
        except re.error:
            _PATTERNS[value] = re.compile(".*")
    return _PATTERNS[value]


def _window(tree: Any) -> float:
    window = getattr(tree, "range", None)
    return float(window.total_seconds()) if window is not None else 300.0


def _first(vector: Vector) -> float | None:
    return next((value for one in vector for value in reversed(one.values) if value is not None), None)


def _change(name: str, *, wants_bool: bool) -> Callable[[float, float], float | None]:
    if name in _COMPARISONS:
        test = _COMPARISONS[name]
        if wants_bool:
            return lambda left, right: float(test(left, right))
        return lambda left, right: left if test(left, right) else None
    if name not in _ARITHMETIC:
        raise UnsampledError(f"no samples for the operator {name}")
    return _ARITHMETIC[name]


def _mapped(vector: Vector, change: Callable[[float], float | None], *, keep: bool) -> Vector:
    found = [
        Element(
            one.labels if keep else fn.unnamed(one.labels),
            [None if value is None else change(value) for value in one.values],
        )
        for one in vector
    ]
    return [one for one in found if any(value is not None for value in one.values)] if keep else found
