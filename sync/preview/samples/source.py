"""Samples as a source of answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sync.preview.data import Answer, Query, Series, Span
from sync.preview.samples import curves, series
from sync.preview.samples import facts as known
from sync.preview.samples.evaluate import Evaluator, UnsampledError
from sync.preview.samples.patterns import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.preview.samples.facts import Facts

NOW = datetime(2026, 1, 14, 14, 0, tzinfo=UTC)
"""When samples end: a Wednesday afternoon, always the same one, so that a picture of the same files is the same."""

SCRAPE = 15.0
_COUNTED = re.compile(r"\b(?:\w+_over_time|(?:bytes_)?rate)\b")  # LogQL that counts lines instead of showing them
_LEGEND = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
_LONGEST = 20_000
_EVENTS = (
    "info request answered method=GET route=/api/plans status=200 duration=42ms",
    "info task finished task_type=build duration=3.1s",
    "debug cache hit cache=plans",
    "warn queue is growing depth=112",
    "info agent reported health=healthy agent=agent-3",
    "error task failed task_type=deploy reason=timeout",
)


@dataclass
class Samples:
    """A source that makes its answers up."""

    facts: Facts
    name: str = "samples"
    invents: bool = True
    _evaluators: dict[tuple[int, ...], Evaluator] = field(default_factory=dict)

    def ask(self, queries: list[tuple[Query, Span]]) -> list[Answer]:
        """Return an answer for each query; what PromQL can't be read from is drawn from the query's own words."""
        trees = [self._parsed(query) for query, _ in queries]
        for (query, _), tree in zip(queries, trees, strict=True):
            if tree is not None:
                known.names(_mentions(tree, _LEGEND.findall(query.legend)), self.facts)
        return [self._answer(query, span, tree) for (query, span), tree in zip(queries, trees, strict=True)]

    def label_values(self, label: str, selector: str) -> list[str]:
        """Return the values that the label has in the samples of a metric."""
        name = re.split(r"[{\s]", selector, maxsplit=1)[0]
        if not name:
            return series.usual(label)
        self.facts.asked[name][label] = None
        metric = self.facts.find(name, None)
        found = {labels[label] for labels, _ in series.combinations(metric, name, self.facts) if label in labels}
        return sorted(found)

    def _parsed(self, query: Query) -> Any:
        import promql_parser

        if query.language != "promql" or len(query.text) > _LONGEST:
            return None
        try:
            return promql_parser.parse(query.text)
        except (ValueError, RecursionError):
            return None

    def _answer(self, query: Query, span: Span, tree: Any) -> Answer:
        if query.language == "logql" and not _COUNTED.search(query.text):
            return Answer(query, lines=_lines(span))
        if tree is None:
            return self._unread(query, span)
        times = tuple(span.times)
        evaluator = self._evaluators.setdefault(times, Evaluator(self.facts, times))
        try:
            vector = evaluator.vector(tree)
        except UnsampledError as problem:
            return Answer(query, problem=str(problem))
        kept = [one for one in vector if any(value is not None for value in one.values)]
        if query.instant:
            return Answer(
                query,
                tuple(Series(one.labels, [span.end], one.values[-1:]) for one in kept if one.values[-1:] != [None]),
            )
        return Answer(query, tuple(Series(one.labels, list(times), one.values) for one in kept))

    def _unread(self, query: Query, span: Span) -> Answer:
        """Return what a query promises by its legend and its panel's unit, where its language isn't known here."""
        if query.language == "promql" and query.text:
            return Answer(query, problem="Prometheus can't read this query: " + query.text[:120])
        times = tuple([span.end] if query.instant else span.times)
        labels = _LEGEND.findall(query.legend)
        found = []
        for index in range(3 if labels else 1):
            its = {label: f"{label}-{index + 1}" for label in labels}
            seed = curves.seeded(query.text, query.ref, str(index))
            low = query.low or 0.0
            high = query.high if query.high is not None else 1.0 if query.unit == "percentunit" else 100.0
            level = low + (high - low) * (0.25 + 0.4 * curves.share_of(seed))
            busy, own = curves.rhythm(times), curves.noisy(times, seed, 0.04)
            found.append(
                Series(
                    its or {"__name__": query.ref},
                    list(times),
                    [min(high, level * (0.6 + 0.4 * b) * n) for b, n in zip(busy, own, strict=True)],
                )
            )
        return Answer(query, tuple(found))


def _lines(span: Span) -> tuple[tuple[int, str], ...]:
    every = max(1000, (span.end - span.start) // 60)
    return tuple((span.end - index * every, _EVENTS[(index * 7 + index // 5) % len(_EVENTS)]) for index in range(60))


def _mentions(tree: Any, legend: list[str]) -> Iterator[tuple[str, str, Any, str]]:
    """Yield the labels and values that a query names of each metric in it."""
    labels: dict[str, None] = dict.fromkeys(legend)
    metrics: dict[str, None] = {}
    stack = [tree]
    while stack:
        node = stack.pop()
        if type(node).__name__ == "VectorSelector":
            name = node.name or next((one.value for one in node.matchers.matchers if one.name == "__name__"), "")
            metrics[name] = None
            yield from _matched(name, node.matchers.matchers)
        labels.update(dict.fromkeys(_grouped(node)))
        for part in ("vector_selector", "param", "expr", "lhs", "rhs"):
            inner = getattr(node, part, None)
            stack += [inner] if inner is not None else []
        stack += getattr(node, "args", ())
    for metric in metrics:
        for label in labels:
            yield metric, label, False, ""


def _matched(name: str, matchers: list[Any]) -> Iterator[tuple[str, str, Any, str]]:
    for one in matchers:
        wanted = str(one.op).endswith((".Equal", ".Re"))
        values = examples(one.value, regex=str(one.op).endswith(".Re")) if wanted else []
        for value in values or [""]:
            yield name, one.name, bool(value), value


def _grouped(node: Any) -> list[str]:
    """Return the labels that an aggregation or a match of vectors names."""
    modifier = getattr(node, "modifier", None)
    if type(node).__name__ == "AggregateExpr":
        return list(modifier.labels) if modifier is not None and "Without" not in str(modifier.type) else []
    matching = getattr(modifier, "matching", None)
    return list(matching.labels) if matching is not None else []
