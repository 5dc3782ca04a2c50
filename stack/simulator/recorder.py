"""What Prometheus would have stored of the targets' series, kept column-wise in memory."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from stack.simulator.target import Series, Target


@dataclass
class Stretch:
    """Consecutive scrapes of a target that had the same series: rows from index `first`, one behind the other."""

    first: int
    series: list[Series]
    columns: Sequence[int]
    rows: "array[float]" = field(default_factory=lambda: array("d"))

    def samples(self) -> Iterator[tuple[Series, Sequence[float]]]:
        """Each series with its values."""
        width = len(self.columns)
        for number, column in enumerate(self.columns):
            yield self.series[column], self.rows[number::width]


@dataclass
class Track:
    """Everything scraped from one target; `up` and `counts` (samples scraped) have a value for every scrape."""

    target: Target
    up: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    _shape: object = None

    def scrape(self) -> None:
        """Store what the target exposes now."""
        target = self.target
        if not target.up:
            self._shape = None
        else:
            shape = (target.restarts, len(target.row), target.hidden)
            if shape != self._shape:
                self._shape = shape
                self.stretches.append(Stretch(len(self.up), target.layout[:], tuple(target.visible())))
            stretch = self.stretches[-1]
            whole = len(stretch.columns) == len(target.row)
            stretch.rows.extend(target.row if whole else [target.row[column] for column in stretch.columns])
        self.up.append(int(target.up))
        self.counts.append(len(self.stretches[-1].columns) if target.up else 0)
