"""The catalogue as the simulator reads it: the families that each job's processes expose."""

from collections.abc import Mapping
from functools import cache

from prometheus_client.utils import floatToGoString

import catalogue
from catalogue import traces
from catalogue.components import TEMPO
from signals_lib import Histogram, Signal


@cache
def exposed_by(job: str) -> Mapping[str, Signal]:
    """Return the signals that a process of this job exposes, by name; `up` is Prometheus's own.

    What Tempo's metrics generator writes to Prometheus by itself is exposed by Tempo here, under its own labels.
    """
    written = {signal.name: signal for signal in traces.METRICS} if job == TEMPO.job else {}
    own = {name: signal for (owner, name), signal in catalogue.SIGNALS.items() if owner == job and name != "up"}
    return {**own, **written}


def label_values(signal: Signal, labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the labels in the order of the catalogue; raise LookupError for a label or value that it doesn't know."""
    if labels.keys() != {label.name for label in signal.own_labels}:
        raise LookupError(f"{signal} has the labels {[label.name for label in signal.own_labels]}, not {list(labels)}")
    for label in signal.own_labels:
        if label.values and labels[label.name] not in label.values:
            raise LookupError(f"{signal} knows no {label.name}={labels[label.name]!r}, only {label.values}")
    return tuple((label.name, labels[label.name]) for label in signal.own_labels)


def bounds(signal: Signal) -> tuple[float, ...]:
    """Return the finite upper bounds of a histogram."""
    if not isinstance(signal, Histogram):
        raise TypeError(f"{signal} is no histogram")
    return tuple(map(float, signal.buckets))


def spelled(bound: float) -> str:
    """Write a bound as Python's client writes it in `le`: 0.25, 1.0, 1.048576e+06."""
    return str(floatToGoString(bound))  # type: ignore[no-untyped-call] # the client has no types here
