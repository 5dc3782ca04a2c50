"""Signals: what a component emits, as typed data."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from signals_lib import exact, units
from signals_lib.errors import BucketError, DefinitionError, LabelError, LabelValueError, StateError, choices
from signals_lib.label import Label
from signals_lib.matcher import Matcher, Where, matcher, unknown_value
from signals_lib.thresholds import Thresholds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signals_lib.component import Component

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_SUFFIX = re.compile(r"(_total|_seconds|_bytes|_percent|_ratio|_info)+$")


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
        if (wrong := unknown_value(label.values, wanted)) is not None:
            raise self._value_error(label, wrong)

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
        return self._series("_sum", self.unit)

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


def _title(name: str) -> str:
    words = _SUFFIX.sub("", name.rpartition(":")[2]).replace("_", " ").strip()
    return (words or name)[:1].upper() + (words or name)[1:]
