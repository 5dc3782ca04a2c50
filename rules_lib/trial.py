"""Trials of rules: series go in, alerts and values come out; written as test files for `promtool test rules`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

from rules_lib.rule import AlertingRule, dumped
from signals_lib.matcher import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from signals_lib.signal import Signal

Number = TypeVar("Number", int, float)

_RUN = re.compile(r"([\d.e+]+)\+([\d.e]+)x(\d+)$")

STEP = "1m"
"""Between samples, and between evaluations."""


@dataclass(frozen=True, slots=True)
class Given:
    """A series that a trial puts in, its values in promtool's notation ("0+5x10 _x3 stale")."""

    name: str
    labels: Mapping[str, str]
    values: str

    @property
    def series(self) -> str:
        """The series as promtool reads it."""
        return selector(self.name, self.labels)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an expression must give at a time: these samples (series text, value) and no others."""

    expr: str
    at: str
    samples: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Trial:
    """One run of rules over given series; the methods return the trial with one more expectation."""

    name: str
    given: tuple[Given, ...]
    expected: tuple[Expectation, ...] = ()
    interval: str = field(default=STEP)

    def expect(self, expr: str, at: str, *samples: tuple[str, float]) -> Trial:
        """Expect just these samples of an expression."""
        return Trial(self.name, self.given, (*self.expected, Expectation(expr, at, samples)), self.interval)

    def fires(self, rule: AlertingRule, at: str, **labels: str) -> Trial:
        """Expect a rule to have fired, once, with its own labels and these, and no others."""
        own = {"alertname": rule.alert, "alertstate": "firing", **rule.labels}
        return self.expect(selector("ALERTS", own), at, (selector("ALERTS", {**own, **labels}), 1))

    def silent(self, alert: str, at: str, **labels: str) -> Trial:
        """Expect no alert of this name, with these labels, to fire."""
        return self.expect(selector("ALERTS", {"alertname": alert, "alertstate": "firing", **labels}), at)

    def untroubled(self, alert: str, at: str, **labels: str) -> Trial:
        """Expect no alert of this name, with these labels, to fire or to be about to."""
        return self.expect(selector("ALERTS", {"alertname": alert, **labels}), at)

    def near(self, series: str, value: float, at: str, *, labels: Mapping[str, str], within: float = 1e-9) -> Trial:
        """Expect a series, the only one with these labels, at a value other than 0, or within a share of it."""
        return self.expect(f"abs({series} / {value!r} - 1) < bool {within!r}", at, (selector("", labels), 1))

    def plain(self) -> dict[str, Any]:
        """Return it as it stands in a test file."""
        return {
            "name": self.name,
            "interval": self.interval,
            "input_series": [{"series": given.series, "values": given.values} for given in self.given],
            "promql_expr_test": [
                {
                    "expr": expected.expr,
                    "eval_time": expected.at,
                    "exp_samples": [{"labels": series, "value": value} for series, value in expected.samples],
                }
                for expected in self.expected
            ],
        }


def selector(name: str, labels: Mapping[str, str]) -> str:
    """Write a series, or the selector of it."""
    return f"{name}{{{','.join(f'{label}={quote(value)}' for label, value in labels.items())}}}"


def given(signal: Signal, values: str, **labels: str) -> Given:
    """Put in a series of a signal; raises SignalError for labels or values that the signal can't have."""
    matchers = dict(signal.matchers(labels))
    return Given(signal.name, {label: matcher.value for label, matcher in matchers.items()}, values)


def twice(series: Iterable[Given]) -> tuple[Given, ...]:
    """Put in each series two times, told apart by a label that no rule knows."""
    return tuple(replace(each, labels={**each.labels, "shard": shard}) for shard in ("1", "2") for each in series)


def counted(increments: Sequence[float], *, late: bool = False) -> str:
    """Write the values of a counter that starts at 0 and grows by each increment, one a step.

    A `late` counter isn't exposed before its first increment.
    """
    total, words = 0.0, [] if late else ["0"]
    for position, (increment, run) in enumerate(groupby(increments)):
        times = len([*run])
        if late and not position and not increment:
            words.append(f"_x{times + 1}")
        else:
            words.append(f"{total + increment:.15g}+{increment:.15g}x{times - 1}")
        total += increment * times
    return " ".join(words)


def after_idling(values: str, steps: int) -> str:
    """Let a counter stand at 0 for some steps before its own values."""
    return f"0x{steps - 1} {values}"


def then_idling(values: str, steps: int) -> str:
    """Let a counter stand still for some steps after its own values, which `counted` wrote."""
    run = _RUN.search(values)
    if run is None:
        raise ValueError(f"{values!r} is not what counted() writes")
    start, slope, times = run.groups()
    return f"{values} {float(start) + float(slope) * int(times):.15g}x{steps - 1}"


def spans(*parts: tuple[int, Number]) -> list[Number]:
    """Return one number a step for parts of (steps, number)."""
    return [number for steps, number in parts for _ in range(steps)]


def promtool_file(rule_files: Sequence[str], trials: Iterable[Trial], *, comment: str, every: str = STEP) -> bytes:
    """Return the bytes of a promtool test file; `rule_files` are relative to it."""
    content = {
        "rule_files": list(rule_files),
        "evaluation_interval": every,
        "tests": [trial.plain() for trial in trials],
    }
    return dumped(content, comment=comment)
