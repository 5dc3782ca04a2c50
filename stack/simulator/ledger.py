"""The events of the objectives, counted in the model itself while it is moved through time.

The objectives' own queries say what is counted: where they take a rate, the ledger takes what was counted since its
last look. So the series made of it agree with what Prometheus's rules make of the raw series, at any step.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rules_lib.objective import Objective
from rules_lib.recording import SIDES
from signals_lib.expression import Aggregate, Binary, Call, Node, Number, Selector
from signals_lib.matcher import Matcher
from stack.simulator.target import Series, Target

Group = tuple[str, ...]
Vector = dict[Group, float]


@dataclass
class Account:
    """Events counted since the beginning at each of `times`, straight lines between them."""

    times: list[float] = field(default_factory=list)
    counts: list[float] = field(default_factory=list)

    def at(self, times: Sequence[float]) -> list[float]:
        """Return the events counted until each of `times` (rising); none before the first look or after the last."""
        known, counts, last = self.times, self.counts, len(self.times) - 1
        found, right = [], 0
        for time in times:
            while right <= last and known[right] <= time:
                right += 1
            if right == 0:
                found.append(0.0)
            elif right > last:
                found.append(counts[last])
            else:
                share = (time - known[right - 1]) / (known[right] - known[right - 1])
                found.append(counts[right - 1] + share * (counts[right] - counts[right - 1]))
        return found

    def within(self, length: float, times: Sequence[float], *, lag: float = 0.0) -> list[float]:
        """Return the events of the `length` seconds before each of `times`, all of it `lag` seconds earlier."""
        until = self.at([time - lag for time in times])
        since = self.at([time - lag - length for time in times])
        return [after - before for after, before in zip(until, since, strict=True)]


class _Counter:
    """The sum of some series of some targets, as increments by group; the target of every rate in a query."""

    def __init__(self, aggregate: Aggregate, selector: Selector, targets: Iterable[Target]) -> None:
        self.by, self.selector = aggregate.by, selector
        job = selector.signal.component.job
        self.sums = [_Sum(target) for target in targets if target.job == job]

    def increments(self) -> Vector:
        """Return what was counted since the last call, by group."""
        found: Vector = {}
        for each in self.sums:
            each.keep_up(self._group)
            for group, count in each.increments():
                found[group] = found.get(group, 0.0) + count
        return found

    def _group(self, target: Target, series: Series) -> Group | None:
        if series.family.name + series.suffix != self.selector.signal.name:
            return None
        labels = {"job": target.job, **target.labels, **dict(series.labels)}
        if all(_matches(matcher, labels.get(label, "")) for label, matcher in self.selector.matchers):
            return tuple(labels.get(label, "") for label in self.by)
        return None


class _Sum:
    """The columns of one target that belong to each group, and what they summed up to when last looked at."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._restarts = self._known = 0
        self._columns: dict[Group, list[int]] = {}
        self._before: dict[Group, float] = {}

    def keep_up(self, group_of: Callable[[Target, Series], Group | None]) -> None:
        """Take notice of new series; after a restart all are new."""
        target = self.target
        if target.restarts != self._restarts:
            self._restarts, self._known = target.restarts, 0
            self._columns, self._before = {}, {}
        for column in range(self._known, len(target.layout)):
            if (group := group_of(target, target.layout[column])) is not None:
                self._columns.setdefault(group, []).append(column)
        self._known = len(target.layout)

    def increments(self) -> Iterator[tuple[Group, float]]:
        """Yield what each group counted since the last call."""
        row = self.target.row
        for group, columns in self._columns.items():
            count = sum([row[column] for column in columns])
            yield group, count - self._before.get(group, 0.0)
            self._before[group] = count


class Ledger:
    """Accounts of all objectives, by their name, side ("total", "bad") and values of the labels in `per`."""

    def __init__(self, objectives: Iterable[Objective], targets: Iterable[Target]) -> None:
        self.objectives, targets = tuple(objectives), tuple(targets)
        self.accounts: dict[tuple[str, str], dict[Group, Account]] = {}
        self._counters: dict[int, _Counter] = {}  # by the identity of the sum in the query's tree
        for objective in self.objectives:
            for side in SIDES:
                self.accounts[objective.name, side] = {}
                for aggregate, selector in _rates(_tree(objective, side)):
                    self._counters[id(aggregate)] = _Counter(aggregate, selector, targets)

    def look(self, time: float) -> None:
        """Count what happened since the last look, until `time`."""
        increments = {sum_: counter.increments() for sum_, counter in self._counters.items()}
        for objective in self.objectives:
            for side in SIDES:
                accounts = self.accounts[objective.name, side]
                for group, count in _evaluated(_tree(objective, side), increments).items():
                    account = accounts.setdefault(group, Account([time], [0.0]))  # the first look is where it begins
                    if account.times[-1] < time:
                        account.times.append(time)
                        account.counts.append(account.counts[-1] + count)


def _tree(objective: Objective, side: str) -> Node:
    return (objective.sli.bad if side == "bad" else objective.sli.total).tree


def _rates(node: Node) -> list[tuple[Aggregate, Selector]]:
    """Find every `sum by (…) (rate(…))`."""
    match node:
        case Aggregate(operation="sum", argument=Call(function="rate", arguments=(Selector() as selector,))):
            return [(node, selector)]
        case Call(arguments=arguments):
            return [found for argument in arguments for found in _rates(argument)]
        case Binary(left=left, right=right):
            return _rates(left) + _rates(right)
        case Number():
            return []
        case _:
            raise TypeError(f"the ledger can't count {node}: it knows sums of rates")


def _evaluated(node: Node, increments: Mapping[int, Vector]) -> Vector:
    """Evaluate a query as PromQL would, with increments for rates; a number has the only group ()."""
    match node:
        case Aggregate():
            return increments[id(node)]
        case Number(value=value):
            return {(): float(value)}
        case Call(function="clamp_min", arguments=(inner, Number(value=least))):
            return {group: max(count, float(least)) for group, count in _evaluated(inner, increments).items()}
        case Binary(operator="or", left=left, right=right):
            return {**_evaluated(right, increments), **_evaluated(left, increments)}
        case Binary(operator=operator, left=left, right=right):
            return _calculated(operator, _evaluated(left, increments), _evaluated(right, increments))
        case _:
            raise TypeError(f"the ledger can't evaluate {node}")


def _calculated(operator: str, left: Vector, right: Vector) -> Vector:
    calculate = {"+": float.__add__, "-": float.__sub__, "*": float.__mul__}[operator]
    if () in left:
        return {group: calculate(left[()], value) for group, value in right.items()}
    if () in right:
        return {group: calculate(value, right[()]) for group, value in left.items()}
    return {group: calculate(value, right[group]) for group, value in left.items() if group in right}


def _matches(matcher: Matcher, value: str) -> bool:
    found = bool(re.fullmatch(matcher.value, value)) if "~" in matcher.operator else matcher.value == value
    return found != matcher.operator.startswith("!")
