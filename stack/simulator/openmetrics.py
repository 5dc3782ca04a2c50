"""OpenMetrics text of whole histories: every series with all its samples, for promtool to make blocks of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


@dataclass(frozen=True)
class Samples:
    """A series (name and labels) with values at the consecutive times from index `first`."""

    name: str
    labels: Sequence[tuple[str, str]]
    first: int
    values: Sequence[float]


@dataclass(frozen=True)
class Times:
    """The times of all samples in Unix seconds, as they end a line."""

    tails: tuple[str, ...]

    @classmethod
    def of(cls, times: Iterable[float]) -> "Times":
        """Write the times."""
        return cls(tuple(f" {time:.10g}\n" if time == int(time) else f" {time:.3f}\n" for time in times))


def write_family(file: TextIO, name: str, kind: str, series: Iterable[Samples], times: Times) -> int:
    """Write one family; how many samples it has."""
    file.write(f"# TYPE {name} {kind}\n")
    written = 0
    for each in series:
        head = f"{each.name}{{{','.join(_pair(*pair) for pair in each.labels)}}} "
        tails = times.tails[each.first : each.first + len(each.values)]
        file.write("".join([f"{head}{value}{tail}" for value, tail in zip(_written(each.values), tails, strict=True)]))
        written += len(tails)
    return written


def write_end(file: TextIO) -> None:
    """Write the line that ends a file."""
    file.write("# EOF\n")


def _pair(label: str, value: str) -> str:
    return f'{label}="{value.translate(_ESCAPES)}"'


def _written(values: Sequence[float]) -> Iterable[object]:
    return map(int, values) if all(map(float.is_integer, map(float, values))) else map("{:.10g}".format, values)
