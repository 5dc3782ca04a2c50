"""One scraped process: a row of numbers whose columns are the series that its catalogue signals declare."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import mul
from random import Random

from signals_lib import Signal, StateSet
from stack.simulator import declared, draws, durations


@dataclass(frozen=True)
class Series:
    """One column: what is written before its number."""

    family: Signal
    suffix: str  # "", "_bucket", "_sum" or "_count"
    labels: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Exemplar:
    """The trace of one observation: its value, and when it was made (Unix seconds)."""

    trace_id: str
    value: float
    at: float


class Buckets:
    """The buckets, sum and count of a histogram with these labels; always consistent with each other."""

    __slots__ = ("bounds", "column", "row")

    def __init__(self, row: list[float], column: int, bounds: Sequence[float]) -> None:
        self.row, self.column, self.bounds = row, column, bounds

    def observe(self, rng: Random, count: int, *, median: float, sigma: float) -> None:
        """Add `count` observations of a log-normal distribution."""
        if not count:
            return
        shape = durations.shape(median, sigma, self.bounds)
        within = draws.within(rng, count, shape.cumulative)
        row, column = self.row, self.column
        for more in within:
            row[column] += more
            column += 1
        row[column] += sum(map(mul, within, shape.weights))
        row[column + 1] += count


@dataclass
class Target:
    """A process at one scrape address. `labels` are those that Prometheus adds: instance, environment, cluster.

    Its signals are those that the catalogue declares for its job; another name or other labels are an error.
    `hidden` are families and single series that it doesn't expose for now; one that isn't `up` fails when scraped.
    """

    job: str
    labels: Mapping[str, str]
    up: bool = True
    hidden: frozenset[object] = frozenset()
    restarts: int = 0
    row: list[float] = field(default_factory=list)
    layout: list[Series] = field(default_factory=list)
    exemplars: dict[int, Exemplar] = field(default_factory=dict)  # the newest of a bucket, by its column
    # By name and label values; a model gives the labels of a signal in one order.
    _columns: dict[tuple[str, ...], int] = field(default_factory=dict)
    _buckets: dict[tuple[str, ...], Buckets] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.signals = declared.exposed_by(self.job)

    @property
    def instance(self) -> str:
        """The value of its instance label."""
        return self.labels["instance"]

    def buckets(self, name: str, **labels: str) -> Buckets:
        """Return the histogram `name` with these labels, made empty when it is new."""
        key = (name, *labels.values())
        if (found := self._buckets.get(key)) is None:
            signal = self._signal(name)
            pairs = declared.label_values(signal, labels)
            bounds = declared.bounds(signal)
            upper = [*map(declared.spelled, bounds), "+Inf"]
            new = [Series(signal, "_bucket", (*pairs, ("le", bound))) for bound in upper]
            column = self._add([*new, Series(signal, "_sum", pairs), Series(signal, "_count", pairs)])
            found = self._buckets[key] = Buckets(self.row, column, bounds)
        return found

    def set(self, name: str, value: float, **labels: str) -> None:
        """Set a gauge, which is made when it is new."""
        column = self._columns.get((name, *labels.values()))
        self.row[self._made(name, labels) if column is None else column] = value

    def add(self, name: str, amount: float, **labels: str) -> None:
        """Count more of a counter, which is made at 0 when it is new."""
        column = self._columns.get((name, *labels.values()))
        self.row[self._made(name, labels) if column is None else column] += amount

    def state(self, name: str, state: str, **labels: str) -> None:
        """Set a state set: 1 for `state`, 0 for the others."""
        signal = self._signal(name)
        if not isinstance(signal, StateSet):
            raise TypeError(f"{signal} is no state set")
        for each in signal.states:
            self.set(name, float(each == signal.state(state)), **labels, **{signal.state_label: each})

    def value(self, name: str, **labels: str) -> float:
        """Return what a gauge or counter is at; 0 when it isn't exposed yet."""
        column = self._columns.get((name, *labels.values()))
        return 0.0 if column is None else self.row[column]

    def exemplify(self, name: str, exemplar: Exemplar, **labels: str) -> None:
        """Keep an exemplar with the bucket of `name` that its value is in, unless a newer one is there."""
        buckets = self.buckets(name, **labels)
        column = buckets.column + bisect_left(buckets.bounds, exemplar.value)
        known = self.exemplars.get(column)
        if known is None or known.at < exemplar.at:
            self.exemplars[column] = exemplar

    def declares(self, name: str) -> bool:
        """Whether the catalogue has this signal for the target's job."""
        return name in self.signals

    def hide(self, name: str, **labels: str) -> None:
        """Don't expose one series for now."""
        self.hidden |= {(name, declared.label_values(self._signal(name), labels))}

    def forget(self) -> None:
        """Lose every series, as a process does that restarts; each begins again at 0 when it is seen again."""
        for kept in (self.row, self.layout, self.exemplars, self._columns, self._buckets):
            kept.clear()
        self.restarts += 1

    def exposed(self) -> Iterator[tuple[Series, float]]:
        """Yield the series of the next scrape, in the order in which they were made."""
        for series, value, _ in self.scraped():
            yield series, value

    def scraped(self) -> Iterator[tuple[Series, float, Exemplar | None]]:
        """Yield the same, each with its exemplar if it has one."""
        for column in self.visible():
            yield self.layout[column], self.row[column], self.exemplars.get(column)

    def visible(self) -> Iterable[int]:
        """Return the columns that aren't hidden."""
        if not self.hidden:
            return range(len(self.row))
        return [
            column
            for column, series in enumerate(self.layout)
            if series.family.name not in self.hidden and (series.family.name, series.labels) not in self.hidden
        ]

    def _made(self, name: str, labels: Mapping[str, str]) -> int:
        signal = self._signal(name)
        column = self._add([Series(signal, "", declared.label_values(signal, labels))])
        self._columns[name, *labels.values()] = column
        return column

    def _signal(self, name: str) -> Signal:
        if name not in self.signals:
            raise LookupError(f"the catalogue declares no {name!r} for {self.job}: add it there, or don't model it")
        return self.signals[name]

    def _add(self, series: list[Series]) -> int:
        column = len(self.row)
        self.layout += series
        self.row += [0] * len(series)
        return column
