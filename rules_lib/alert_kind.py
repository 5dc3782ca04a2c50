"""What is known of an alert before it fires: the labels that routes, inhibitions and groups tell it by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules_lib.burn_alerts import BURN, NO_DATA, burn_labels, no_data_labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rules_lib.objective import Objective
    from rules_lib.threshold_alert import ThresholdAlert


@dataclass(frozen=True, slots=True)
class AlertKind:
    """The alerts of one rule in one job. `labels` are all that they have, None a value that only Prometheus knows."""

    name: str
    labels: Mapping[str, str | None]

    @property
    def severity(self) -> str:
        """Who is disturbed: "critical" wakes, "warning" doesn't."""
        return self.labels["severity"] or ""

    def __str__(self) -> str:
        told = (self.labels.get(label) for label in ("severity", "slo", "job"))
        return f"{self.name} ({', '.join(value for value in told if value)})"

    def example(self) -> dict[str, str]:
        """Return the labels that such an alert could have; unknown values are called some-environment and so on."""
        return {label: value if value is not None else f"some-{label}" for label, value in self.labels.items()}


def threshold_kinds(alert: ThresholdAlert) -> Iterator[AlertKind]:
    """Yield the kinds of a threshold alert: one a severity and job."""
    for severity in alert.severities:
        for job in jobs(alert) or (None,):
            open_labels = {label: job if label == "job" else None for label in alert.query.labels}
            yield AlertKind(alert.name, {"alertname": alert.name, **alert.labels(severity), **open_labels})


def objective_kinds(objective: Objective) -> Iterator[AlertKind]:
    """Yield the kinds of an objective's alerts: one a pair of windows, and the one for no data."""
    open_labels: dict[str, str | None] = dict.fromkeys(objective.per)
    for pair in objective.pairs:
        yield AlertKind(BURN, {"alertname": BURN, **burn_labels(objective, pair), **open_labels})
    yield AlertKind(NO_DATA, {"alertname": NO_DATA, **no_data_labels(objective), **open_labels})


def jobs(alert: ThresholdAlert) -> tuple[str, ...]:
    """Return the jobs that a threshold alert can come from: those that have all the signals it reads."""
    if "job" not in alert.query.labels:
        return ()
    first, *others = [signal.label("job").values for signal in alert.query.signals if "job" in signal.labels]
    return tuple(job for job in first if all(job in other for other in others))
