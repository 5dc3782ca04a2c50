"""What a target counted between two looks, read from its own series: so what is told agrees with what is scraped."""

from collections.abc import Iterator, Sequence
from random import Random

from signals_lib import Histogram
from stack.simulator import declared
from stack.simulator.target import Target

Labels = tuple[str, ...]  # values, in the order in which the catalogue names the labels


class Counted:
    """The increments of some signals of a target; after a restart all that it counted since."""

    def __init__(self, target: Target, *names: str) -> None:
        self.target, self.names = target, frozenset(names)
        self.restarted = False
        self._restarts, self._known = target.restarts, 0
        self._columns: dict[tuple[str, Labels], int] = {}
        self._before: list[float] = []
        self._now: list[float] = []
        self.look()

    def look(self) -> None:
        """Take what was counted since the last look as what is asked for from now on."""
        target = self.target
        self.restarted = target.restarts != self._restarts
        if self.restarted:
            self._restarts, self._known, self._now = target.restarts, 0, []
            self._columns.clear()
        for column in range(self._known, len(target.layout)):
            series = target.layout[column]
            if series.family.name in self.names and series.suffix in {"", "_bucket"}:
                key = series.family.name, tuple(value for _, value in series.labels)
                self._columns[key] = column
        self._known = len(target.layout)
        self._before, self._now = self._now + [0.0] * (len(target.row) - len(self._now)), target.row[:]

    def of(self, name: str) -> Iterator[tuple[Labels, int]]:
        """Yield the label values of each counter `name` that counted, with how much."""
        for (counter, labels), column in self._columns.items():
            if counter == name and (count := self._increment(column)):
                yield labels, count

    def durations(self, rng: Random, name: str, *labels: str) -> list[float]:
        """Draw the observations that a histogram counted: as many in each bucket as it says, in no order."""
        signal = self.target.signals[name]
        if not isinstance(signal, Histogram):
            raise TypeError(f"{signal} is no histogram")
        bounds = declared.bounds(signal)
        drawn, below = list[float](), 0
        for low, high, spelled in _buckets(bounds):
            column = self._columns.get((name, (*labels, spelled)))
            within = 0 if column is None else self._increment(column)
            drawn += [low * (high / low) ** (1 - rng.random()) for _ in range(within - below)]
            below = within
        rng.shuffle(drawn)
        return drawn

    def _increment(self, column: int) -> int:
        return round(self._now[column] - self._before[column])


def _buckets(bounds: Sequence[float]) -> Iterator[tuple[float, float, str]]:
    """Yield the lowest and highest value of each bucket, and its `le`; the open ones end at a factor of theirs."""
    lows, highs = (bounds[0] / 4, *bounds), (*bounds, bounds[-1] * 2)
    yield from zip(lows, highs, [*map(declared.spelled, bounds), "+Inf"], strict=True)
