# ruff: noqa: A002 - the help of a metric is called help
"""Signals: what a component emits, as typed data."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from signals_lib import exact, units
from signals_lib.errors import BucketError, DefinitionError, LabelError, LabelValueError, StateError, choices
from signals_lib.matcher import Matcher, Where, matcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_SUFFIX = re.compile(r"(_total|_seconds|_bytes|_percent|_ratio|_info)+$")


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a signal; `values` are all it can have, () when they aren't known beforehand."""

    name: str
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _LABEL.fullmatch(self.name) or self.name == "__name__":
            raise DefinitionError(f"{self.name!r} is no label name: use letters, digits and _")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a value becomes a worry and where an emergency, in the unit of what they stand with."""

    warning: Decimal | None = None
    critical: Decimal | None = None
    direction: Literal["above", "below"] = "above"

    def __init__(
        self,
        *,
        warning: exact.Exact | None = None,
        critical: exact.Exact | None = None,
        direction: Literal["above", "below"] = "above",
    ) -> None:
        object.__setattr__(self, "warning", None if warning is None else exact.exact(warning))
        object.__setattr__(self, "critical", None if critical is None else exact.exact(critical))
        object.__setattr__(self, "direction", direction)
        if self.warning is None and self.critical is None:
            raise DefinitionError("thresholds without a number: give warning=, critical= or both")
        if self.warning is not None and self.critical is not None:
            sooner = self.warning < self.critical if direction == "above" else self.warning > self.critical
            if not sooner:
                raise DefinitionError(
                    f"the critical threshold {exact.text(self.critical)} comes before the warning "
                    f"{exact.text(self.warning)} for a value that is bad {direction} them: swap them or the direction"
                )

    def level(self, severity: Literal["warning", "critical"]) -> Decimal:
        """Return the number for a severity; raise DefinitionError if there is none."""
        number = self.warning if severity == "warning" else self.critical
        if number is None:
            raise DefinitionError(f"there is no {severity} threshold here, only {self}")
        return number


@dataclass(frozen=True)
class Signal:
    """One metric of one component; its key is (job, name)."""

    component: Component
    name: str
    help: str
    unit: str = ""
    own_labels: tuple[Label, ...] = ()
    title: str = ""
    thresholds: Thresholds | None = None
    limit: Signal | None = None

    kind = "signal"

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise DefinitionError(f"{self.name!r} is no metric name: use letters, digits, _ and :")
        if not self.help.strip():
            raise DefinitionError(f"{self} has no help: say what it is to someone who is on call")
        units.checked(self.unit)
        names = self.labels
        if len(set(names)) < len(names):
            raise DefinitionError(f"{self} declares a label twice: {', '.join(names)}")
        object.__setattr__(self, "title", self.title or _title(self.name))

    def __str__(self) -> str:
        return f"{self.name} of {self.component.title}"

    @property
    def key(self) -> tuple[str | None, str]:
        """What tells it from every other signal."""
        return (self.component.job, self.name)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Names of all its labels: job, the component's, its own."""
        return tuple(label.name for label in self._labels)

    @cached_property
    def _labels(self) -> tuple[Label, ...]:
        return (*self.component.all_labels, *self.own_labels)

    @property
    def family(self) -> Signal:
        """The declared signal that it belongs to: itself, or the histogram whose series it is."""
        return self

    def label(self, name: str) -> Label:
        """Return one of its labels; raise LabelError if it has no such label."""
        for label in self._labels:
            if label.name == name:
                return label
        raise LabelError(f"{self} has no label {name!r}; {choices(self.labels, wrong=name)}")

    def grouping(self, by: Iterable[str]) -> tuple[str, ...]:
        """Check labels to group by, and return them in the order given, each once."""
        if isinstance(by, str):
            by = (by,)
        return tuple(dict.fromkeys(self.label(name).name for name in by))

    def matchers(self, where: Mapping[str, Where] | None) -> tuple[tuple[str, Matcher], ...]:
        """Check what to select by, and return it in the order of the labels, the job first."""
        given = {name: matcher(value) for name, value in (where or {}).items()}
        for name, wanted in given.items():
            self._check_value(self.label(name), wanted)
        job = self.component.job
        fixed = () if job is None or "job" in given else (("job", Matcher.equal(job)),)
        return (*fixed, *((name, given[name]) for name in self.labels if name in given))

    def selector(self, where: Mapping[str, Where] | None = None) -> str:
        """Write the instant selector, as for a variable's `label_values(selector, label)`."""
        written = ",".join(wanted.render(name) for name, wanted in self.matchers(where))
        return f"{self.name}{{{written}}}" if written else self.name

    def _check_value(self, label: Label, wanted: Matcher) -> None:
        if not label.values or wanted.is_open or not wanted.value:
            return
        unknown = [value for value in wanted.literals if value not in label.values]
        if unknown or not any(map(wanted.names, label.values)):
            raise self._value_error(label, unknown[0] if unknown else wanted.value)

    def _value_error(self, label: Label, value: str) -> LabelValueError:
        return LabelValueError(
            f"label {label.name!r} of {self} never has the value {value!r}; {choices(label.values, wrong=value)}"
        )


@dataclass(frozen=True)
class Counter(Signal):
    """It only goes up, and starts again at 0 when the process does; `histogram` is set for a histogram's own series."""

    histogram: Histogram | None = field(default=None, repr=False, compare=False)
    kind = "counter"

    @property
    def family(self) -> Signal:
        """The declared signal that it belongs to."""
        return self.histogram or self


@dataclass(frozen=True)
class Gauge(Signal):
    """It goes up and down."""

    kind = "gauge"


@dataclass(frozen=True)
class Histogram(Signal):
    """Observations counted in buckets; `unit` is that of an observation, `observations` what is counted."""

    buckets: tuple[Decimal, ...] = ()
    observations: str = "observations"
    kind = "histogram"

    def __post_init__(self) -> None:
        super().__post_init__()
        units.checked(self.observations)
        if not self.buckets or any(low >= high for low, high in zip(self.buckets, self.buckets[1:], strict=False)):
            raise DefinitionError(f"the buckets of {self} must be upper bounds that rise, without +Inf")
        if self.buckets[0] <= 0:
            raise DefinitionError(f"the buckets of {self} must be above 0")

    @cached_property
    def count(self) -> Counter:
        """The counter of its observations."""
        return self._series("_count", self.observations)

    @cached_property
    def sum(self) -> Counter:
        """The counter of the sum of its observations."""
        return self._series("_sum", "core-seconds" if self.unit == "core-seconds" else self.unit)

    @cached_property
    def bucket(self) -> Counter:
        """The counter of observations by `le`."""
        return self._series("_bucket", self.observations, Label("le"))

    def bound(self, value: exact.Exact) -> Decimal:
        """Return the declared bucket of this upper bound; raise BucketError if there is none."""
        wanted = exact.exact(value)
        if wanted not in self.buckets:
            nearest = min(self.buckets, key=lambda bucket: abs(bucket - wanted))
            raise BucketError(
                f"{self} has no bucket le={exact.text(wanted)}; the nearest is {exact.text(nearest)}, "
                f"declared are {', '.join(map(exact.text, self.buckets))}"
            )
        return wanted

    def _series(self, suffix: str, unit: str, *labels: Label) -> Counter:
        return Counter(
            self.component,
            self.name + suffix,
            self.help,
            unit,
            (*self.own_labels, *labels),
            self.title,
            histogram=self,
        )


@dataclass(frozen=True)
class StateSet(Signal):
    """One series a state, 1 for the state a thing is in and 0 for the others; `unit` is what is in the states."""

    state_label: str = "state"
    states: tuple[str, ...] = ()
    kind = "state set"

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.states) < 2:
            raise DefinitionError(f"{self} needs at least two states")

    def state(self, name: str) -> str:
        """Return the state of this name; raise StateError if there is none."""
        if name not in self.states:
            raise StateError(f"{self} has no state {name!r}; {choices(self.states, wrong=name)}")
        return name

    def _value_error(self, label: Label, value: str) -> LabelValueError:
        if label.name == self.state_label:
            return StateError(f"{self} has no state {value!r}; {choices(self.states, wrong=value)}")
        return super()._value_error(label, value)


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


def _title(name: str) -> str:
    words = _SUFFIX.sub("", name.rpartition(":")[2]).replace("_", " ").strip()
    return (words or name)[:1].upper() + (words or name)[1:]
