# ruff: noqa: A002 - the help of a metric is called help
"""Components: what Prometheus scrapes as one job, and declares its signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from signals_lib import exact
from signals_lib.label import Label
from signals_lib.signal import Counter, Gauge, Histogram, Signal, StateSet
from signals_lib.thresholds import Thresholds


@dataclass(frozen=True)
class Component:
    """What one Prometheus job scrapes; `job=None` is for series that rules record or that every job has."""

    job: str | None
    title: str = ""
    labels: tuple[Label, ...] = ()
    help: str = ""

    def __init__(
        self,
        job: str | None,
        *,
        title: str = "",
        labels: Sequence[str | Label] = (),
        help: str = "",
    ) -> None:
        object.__setattr__(self, "job", job)
        object.__setattr__(self, "title", title or job or "recorded series")
        object.__setattr__(self, "labels", _labels(labels))
        object.__setattr__(self, "help", help)

    @cached_property
    def all_labels(self) -> tuple[Label, ...]:
        """The labels of its every series, `job` first where it has one."""
        return self.labels if self.job is None else (Label("job", (self.job,)), *self.labels)

    def counter(
        self,
        name: str,
        *,
        help: str,
        unit: str,
        labels: Sequence[str | Label] = (),
        title: str = "",
    ) -> Counter:
        """Declare a counter."""
        return Counter(self, name, help, unit, _labels(labels), title)

    def gauge(
        self,
        name: str,
        *,
        help: str,
        unit: str,
        labels: Sequence[str | Label] = (),
        title: str = "",
        thresholds: Thresholds | None = None,
        limit: Signal | None = None,
    ) -> Gauge:
        """Declare a gauge; `limit` is the signal that is its ceiling."""
        return Gauge(self, name, help, unit, _labels(labels), title, thresholds, limit)

    def histogram(
        self,
        name: str,
        *,
        help: str,
        unit: str,
        buckets: Sequence[exact.Exact],
        observations: str = "observations",
        labels: Sequence[str | Label] = (),
        title: str = "",
    ) -> Histogram:
        """Declare a histogram: `unit` of an observation, upper bounds in it, and what one observation is."""
        bounds = tuple(map(exact.exact, buckets))
        return Histogram(self, name, help, unit, _labels(labels), title, buckets=bounds, observations=observations)

    def state_set(
        self,
        name: str,
        *,
        help: str,
        unit: str,
        state_label: str,
        states: Sequence[str],
        labels: Sequence[str | Label] = (),
        title: str = "",
    ) -> StateSet:
        """Declare a state set: 1 for the state that each thing (of `unit`) is in."""
        own = (*_labels(labels), Label(state_label, tuple(states)))
        return StateSet(self, name, help, unit, own, title, state_label=state_label, states=tuple(states))


def _labels(labels: Sequence[str | Label]) -> tuple[Label, ...]:
    return tuple(Label(label) if isinstance(label, str) else label for label in labels)
