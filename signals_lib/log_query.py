"""LogQL: lines that a stream's selector and filters leave, or numbers made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Self

from signals_lib import units
from signals_lib.asked import Language
from signals_lib.errors import MatchingError
from signals_lib.log_stream import LogStream
from signals_lib.matcher import Matcher, Where, matcher
from signals_lib.meaning import Meaning
from signals_lib.query import duration
from signals_lib.thresholds import Thresholds

DEFAULT_WINDOW = "$__auto"


@dataclass(frozen=True)
class Lines:
    """A selector and the stages of its pipeline, each as it stands after the bar."""

    stream: LogStream
    matchers: tuple[tuple[str, Matcher], ...]
    stages: tuple[str, ...] = ()

    def __str__(self) -> str:
        selector = "{" + ", ".join(wanted.render(label) for label, wanted in self.matchers) + "}"
        return " ".join((selector, *(stage if stage.startswith("|") else f"| {stage}" for stage in self.stages)))


@dataclass(frozen=True)
class Counted:
    """Lines made a number over a window: count_over_time, rate, bytes_rate."""

    function: str
    lines: Lines
    window: str

    def __str__(self) -> str:
        return f"{self.function}({self.lines} [{self.window}])"


@dataclass(frozen=True)
class Grouped:
    """An aggregation of numbers; `first` is topk's."""

    operation: str
    argument: LogNode
    by: tuple[str, ...] = ()
    first: int | None = None

    def __str__(self) -> str:
        by = f" by ({', '.join(self.by)})" if self.by else ""
        inside = str(self.argument) if self.first is None else f"{self.first}, {self.argument}"
        return f"{self.operation}{by} ({inside})" if by else f"{self.operation}({inside})"


@dataclass(frozen=True)
class Ratio:
    """A part of a whole; a part without any lines is 0 wherever the whole has some."""

    part: LogNode
    whole: LogNode

    def __str__(self) -> str:
        return f"({self.part} or {self.whole} * 0) / {self.whole}"


LogNode = Lines | Counted | Grouped | Ratio


def every_lines(node: LogNode) -> Iterator[Lines]:
    """Yield every selector of a tree."""
    match node:
        case Lines():
            yield node
        case Counted(lines=lines):
            yield lines
        case Grouped(argument=argument):
            yield from every_lines(argument)
        case Ratio(part=part, whole=whole):
            yield from every_lines(part)
            yield from every_lines(whole)


def _changed(node: LogNode, change: Callable[[Lines], Lines], window: str | None = None) -> LogNode:
    match node:
        case Lines():
            return change(node)
        case Counted(lines=lines):
            old = node.window
            return replace(node, lines=change(lines), window=window if window and old == DEFAULT_WINDOW else old)
        case Grouped(argument=argument):
            return replace(node, argument=_changed(argument, change, window))
        case Ratio(part=part, whole=whole):
            return Ratio(_changed(part, change, window), _changed(whole, change, window))


@dataclass(frozen=True, repr=False)
class LogQuery(Meaning):
    """LogQL as a tree, with its unit, the labels of its result and, once named, what it means; built by `logql`."""

    tree: LogNode
    unit: str = ""
    labels: tuple[str, ...] = ()
    title: str = ""
    description: str = ""
    thresholds: Thresholds | None = None

    language: ClassVar[Language] = "logql"
    jobs: ClassVar[frozenset[str | None]] = frozenset({None})

    def __post_init__(self) -> None:
        units.checked(self.unit)

    def __repr__(self) -> str:
        return f"<LogQuery {self.title or 'unnamed'} [{self.unit or 'number'}]: {self.expr}>"

    @cached_property
    def expr(self) -> str:
        """The LogQL text, the same for the same query."""
        return str(self.tree)

    @cached_property
    def streams(self) -> tuple[LogStream, ...]:
        """The streams it reads, each once."""
        return tuple({lines.stream.name: lines.stream for lines in every_lines(self.tree)}.values())

    @property
    def shows_lines(self) -> bool:
        """Whether the answer is lines, not numbers."""
        return isinstance(self.tree, Lines)

    def scoped(self, where: Mapping[str, Where]) -> Self:
        """Narrow every selector whose stream has the label; the others stay."""
        wanted = {label: matcher(value) for label, value in where.items()}
        return replace(self, tree=_changed(self.tree, lambda lines: _narrowed(lines, wanted)))

    def over(self, window: str) -> Self:
        """Put this window in place of the default one, `$__auto`, everywhere."""
        duration(window)
        return replace(self, tree=_changed(self.tree, lambda lines: lines, window))

    def highest(self) -> LogQuery:
        """Return the highest of its series as one number; it keeps what the many mean."""
        return replace(self, tree=Grouped("max", self.tree), labels=())

    def share_of(self, whole: LogQuery) -> LogQuery:
        """Return this as a share of the whole, both with the same labels."""
        if self.labels != whole.labels:
            raise MatchingError(f"{self!r} has the labels {self.labels}, {whole!r} {whole.labels}: they never meet")
        return LogQuery(Ratio(self.tree, whole.tree), units.quotient(self.unit, whole.unit), self.labels)


def _narrowed(lines: Lines, wanted: Mapping[str, Matcher]) -> Lines:
    order = {label.name: place for place, label in enumerate(lines.stream.labels)}
    new = ((label, value) for label, value in wanted.items() if label in order)
    pairs = dict.fromkeys((*lines.matchers, *new))
    return replace(lines, matchers=tuple(sorted(pairs, key=lambda pair: order[pair[0]])))
