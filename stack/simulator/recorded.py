"""The series that the objectives' rules record, made from the ledger instead of evaluated for thirty days."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from math import nan

from rules_lib import recording
from rules_lib.durations import seconds
from rules_lib.objective import Objective
from rules_lib.recording import SIDES, period_series, rate_series
from rules_lib.rule import RecordingRule
from stack.simulator.ledger import Account, Group, Ledger
from stack.simulator.openmetrics import Samples

Values = list[float]


@dataclass(frozen=True)
class _Sides:
    """The two accounts of one objective and group, as the rules would see them at `times`; NaN stands for no sample."""

    objective: Objective
    accounts: dict[str, Account]
    times: Sequence[float]

    def rate(self, side: str, window: str) -> Values:
        """Return events a second over a window; means of the base window lag by half of it, as the rules' do."""
        windows, length = self.objective.windows, float(seconds(window))
        lag = 0.0 if windows.is_raw(window) else self._lag
        return [count / length for count in self.accounts[side].within(length, self.times, lag=lag)]

    def in_period(self, side: str) -> Values:
        """Return the events of the period, as far as the ledger reaches back."""
        return self.accounts[side].within(float(self.objective.period.length), self.times, lag=self._lag)

    def error_ratio(self) -> Values:
        """Return bad ÷ all events of the period."""
        both = zip(self.in_period("bad"), self.in_period("total"), strict=True)
        return [bad / total if total > 0 else nan for bad, total in both]

    def budget_left(self) -> Values:
        """Return the share of the budget that is left."""
        return [1 - ratio / float(self.objective.budget) for ratio in self.error_ratio()]

    @property
    def _lag(self) -> float:
        return float(seconds(self.objective.windows.base)) / 2


def recorded(ledger: Ledger, times: Sequence[float]) -> Iterator[Samples]:
    """Yield every series that the objectives' rules would have recorded at `times` (rising)."""
    for objective in ledger.objectives:
        rules = [rule for group in recording.groups(objective) for rule in group.rules]
        for rule in rules:
            if isinstance(rule, RecordingRule):
                yield from _rule(ledger, objective, rule, times)


def _rule(ledger: Ledger, objective: Objective, rule: RecordingRule, times: Sequence[float]) -> Iterator[Samples]:
    labels = tuple(sorted(rule.labels.items()))
    constants: dict[str, Decimal | int] = {
        recording.TARGET: objective.target_share,
        recording.ALLOWED: objective.budget,
        recording.PERIOD_SECONDS: objective.period.length,
        recording.INFO: 1,
    }
    if rule.record in constants:
        yield Samples(rule.record, labels, 0, [float(constants[rule.record])] * len(times))
        return
    make = _makers(objective)[rule.record]
    for group, accounts in _groups(ledger, objective):
        values = make(_Sides(objective, accounts, times))
        first = next((number for number, value in enumerate(values) if value == value), len(values))  # noqa: PLR0124
        yield Samples(rule.record, (*labels, *zip(objective.per, group, strict=True)), first, values[first:])


def _makers(objective: Objective) -> dict[str, Callable[[_Sides], Values]]:
    """Return how each recorded series of events is made, by its name."""
    makers: dict[str, Callable[[_Sides], Values]] = {
        recording.ERROR_RATIO: _Sides.error_ratio,
        recording.BUDGET_LEFT: _Sides.budget_left,
    }
    for side in SIDES:
        makers[period_series(side)] = partial(_Sides.in_period, side=side)
        for window in objective.windows.all:
            makers[rate_series(side, window)] = partial(_Sides.rate, side=side, window=window)
    return makers


def _groups(ledger: Ledger, objective: Objective) -> Iterator[tuple[Group, dict[str, Account]]]:
    for group, total in sorted(ledger.accounts[objective.name, "total"].items()):
        bad = ledger.accounts[objective.name, "bad"].get(group, Account(total.times[:], [0.0] * len(total.times)))
        yield group, {"total": total, "bad": bad}
