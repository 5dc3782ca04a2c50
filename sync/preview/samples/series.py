"""The series of a metric: which combinations of labels there are, and their values."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from sync.preview.samples import curves

if TYPE_CHECKING:
    from sync.preview.samples.facts import Facts, Metric

MOST = 100
_PER_LABEL = 5
_ONE = {
    "environment": "production",
    "env": "production",
    "cluster": "eu-1",
    "namespace": "default",
    "region": "eu-west-1",
}
_INSTANCES = ("1", "2", "3")
_STATUS = ("status", "code", "status_code", "le")
_ORDER = ("job", "environment", "cluster", "instance")


@dataclass(frozen=True, slots=True)
class Element:
    """A series: its labels with the metric's name, and a value or None for each time."""

    labels: dict[str, str]
    values: list[float | None]


def elements(metric: Metric, name: str, facts: Facts, times: tuple[int, ...], *, rates: bool) -> list[Element]:
    """Return the series of a metric; `rates`: a counter's events per second instead of its count."""
    found = []
    for labels, share in combinations(metric, name, facts):
        if metric.kind == "state set":
            found += _states(metric, name, labels, times)
        elif metric.kind == "histogram":
            found += _histogram(metric, name, labels, share, times, rates=rates)
        elif metric.kind == "counter":
            values = curves.rate(metric, labels, share, times)
            found.append(_element(name, labels, values if rates else _count(values, times)))
        else:
            values = curves.level(metric, labels, times, is_limit=facts.whole(metric))
            found.append(_element(name, labels, [0.0] * len(values) if rates else values))
    return found


def _element(name: str, labels: dict[str, str], values: list[float]) -> Element:
    return Element({"__name__": name, **labels}, list(values))


def _count(rates: list[float], times: tuple[int, ...]) -> list[float]:
    """Return a counter that has risen by its rate, from a day before on."""
    step = (times[1] - times[0]) / 1000 if len(times) > 1 else 60.0
    start = (rates[0] if rates else 0.0) * 86_400
    return [start + value * step for value in itertools.accumulate(rates)]


def _states(metric: Metric, name: str, labels: dict[str, str], times: tuple[int, ...]) -> list[Element]:
    states = dict(metric.labels)[metric.state_label]
    entity = {label: value for label, value in labels.items() if label != metric.state_label}
    now = curves.state(states, entity, times)
    return [
        _element(name, entity | {metric.state_label: one}, [1.0 if one == state else 0.0 for state in now])
        for one in states
    ]


def _histogram(
    metric: Metric, name: str, labels: dict[str, str], share: float, times: tuple[int, ...], *, rates: bool
) -> list[Element]:
    counted = curves.rate(replace(metric, unit=_counted(metric)), labels, share, times)
    if metric.part == "sum":
        counted = [value * curves.mean_of(metric) for value in counted]
    if metric.part != "bucket":
        return [_element(name, labels, counted if rates else _count(counted, times))]
    shares = curves.distribution(metric, labels, times)
    found = []
    for index, bound in enumerate((*metric.buckets, math.inf)):
        if math.isinf(bound):
            values = counted
        else:
            values = [value * part[index] for value, part in zip(counted, shares, strict=True)]
        le = "+Inf" if math.isinf(bound) else repr(float(bound))
        found.append(_element(name, labels | {"le": le}, values if rates else _count(values, times)))
    return found


def _counted(metric: Metric) -> str:
    """Return what a histogram's observations are, by its name."""
    return next((unit for unit in ("requests", "tasks", "operations") if unit[:-1] in metric.name), "requests")


def combinations(metric: Metric, name: str, facts: Facts) -> list[tuple[dict[str, str], float]]:
    """Return the label sets of a metric's series, each with its share of the metric's events."""
    return _combinations(metric, tuple(_values(metric, name, facts).items()))


@lru_cache(maxsize=512)
def _combinations(
    metric: Metric, listed: tuple[tuple[str, tuple[str, ...]], ...]
) -> list[tuple[dict[str, str], float]]:
    known = dict(listed)
    tied = _tied(metric, known)
    crossed = {label: values for label, values in known.items() if label not in tied}
    size = math.prod(len(values) for values in crossed.values()) * max((len(known[label]) for label in tied), default=1)
    most = MOST // 4 if metric.kind == "histogram" else MOST  # a histogram has one of each a bucket
    while size > most:
        # Statuses stay crossed with the rest: tied to a route, they would make it fail always.
        candidates = [label for label, values in crossed.items() if len(values) > 2 and label not in _STATUS]
        if not candidates:
            break
        longest = max(candidates, key=lambda label: (len(crossed[label]), label == "method", label))
        tied.append(longest)
        del crossed[longest]
        size = math.prod(len(values) for values in crossed.values()) * max(len(known[label]) for label in tied)
    rows = max((len(known[label]) for label in tied), default=1)
    found: list[tuple[dict[str, str], float]] = []
    for row in range(rows):
        fixed = {label: known[label][row % len(known[label])] for label in tied}
        for values in itertools.product(*crossed.values()):
            labels = dict(zip(crossed, values, strict=True)) | fixed
            labels = _instance({label: labels[label] for label in known})
            found.append(
                (
                    labels,
                    math.prod(
                        curves.weight(
                            label,
                            labels[label],
                            known[label].index(labels[label]) if labels[label] in known[label] else 0,
                        )
                        for label in known
                        if label not in _ORDER
                    ),
                )
            )
    total = math.fsum(weight for _, weight in found) or 1.0
    return [(labels, weight / total) for labels, weight in found]


def _tied(metric: Metric, known: dict[str, tuple[str, ...]]) -> list[str]:
    """Return the labels that go together, one value of each a series: those of entities, whose values nobody listed."""
    said = dict(metric.labels)
    tied = [label for label in known if label not in _ORDER and label != metric.state_label and not said.get(label)]
    if metric.kind == "state set":
        # One process an entity: an agent and its instance.
        tied += [label for label in known if label not in {*_ORDER[:3], *tied}]
    return tied


def _values(metric: Metric, name: str, facts: Facts) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    labels = dict(metric.labels)
    for label in facts.asked[name]:
        if label not in labels and label not in {"le", "__name__"} and not metric.labels:
            labels[label] = ()
    for label, values in labels.items():
        if label == metric.state_label or (label == "le" and metric.part == "bucket"):
            continue
        named = tuple(facts.named[name, label])
        if values:
            found[label] = _picked(label, values, named)
        elif label in _ONE or label == "job":
            found[label] = named[:_PER_LABEL] or (_ONE.get(label, "demo"),)
        elif label == "instance":
            found[label] = named[:_PER_LABEL] or _INSTANCES
        else:
            found[label] = (
                (*named, *usual(label)[: 3 - len(named)])[:_PER_LABEL] if len(named) < 3 else named[:_PER_LABEL]
            )
    return found


def usual(label: str) -> list[str]:
    """Return the values of a label of which nothing is known."""
    return [_ONE[label]] if label in _ONE else [f"{label}-{index}" for index in (1, 2, 3)]


def _picked(label: str, values: tuple[str, ...], named: tuple[str, ...]) -> tuple[str, ...]:
    """Return at most five of the known values, those that queries name first, failures' statuses among them."""
    if label == "job" or len(values) <= _PER_LABEL:
        return values
    first = [value for value in named if value in values]
    failing = [value for value in values if value.startswith("5")][:1] if label in {"status", "code"} else []
    rest = [value for value in values if value not in first and value not in failing]
    return tuple(dict.fromkeys([*first, *rest[: max(1, _PER_LABEL - len(first) - len(failing))], *failing]))


def _instance(labels: dict[str, str]) -> dict[str, str]:
    if labels.get("instance") in _INSTANCES:
        job = labels.get("job", "host")
        labels["instance"] = f"{job.removeprefix('phoenix-')}-{labels['instance']}:9100"
    return labels
