"""What samples know of a metric: from rendered/catalogue.json and the recording rules, else from its name."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import orjson

from sync.diff.values import Json, listing, mapping, number, objects, text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_UNITS = {
    "s": re.compile("second"),
    "bytes": re.compile("byte"),
    "share": re.compile(r"(?:ratio|utili[sz]ation|fraction)$"),
    "%": re.compile(r"(?:percent|percentage|pct)$"),
}
_SUFFIX = re.compile(r"_(bucket|count|sum)$")
_WHOLE = re.compile(
    r"(?:total|max|limits?|capacity|quota)(?:_bytes|_cores|_fds|_connections|_clients)?$", re.IGNORECASE
)
_PARTS = {"_bucket": "bucket", "_count": "count", "_sum": "sum"}


@dataclass(frozen=True)
class Metric:
    """A metric: `kind` is counter, gauge, histogram or state set; `part` the series of a histogram that is meant."""

    name: str
    kind: str
    unit: str = ""
    help: str = ""
    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    buckets: tuple[float, ...] = ()
    state_label: str = ""
    warning: float | None = None
    falling: bool = False
    limit: str = ""
    part: str = ""


@dataclass(frozen=True)
class Recorded:
    """A series that a rule records: the expression and the labels that it adds."""

    expression: str
    labels: dict[str, str]


@dataclass
class Facts:
    """Every metric that is known, by name and job; series that rules record, by name; values that queries name."""

    metrics: dict[str, list[tuple[str | None, Metric]]] = field(default_factory=lambda: defaultdict(list))
    recorded: dict[str, list[Recorded]] = field(default_factory=lambda: defaultdict(list))
    alerts: list[dict[str, str]] = field(default_factory=list)
    named: dict[tuple[str, str], dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    asked: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    limits: set[str] = field(default_factory=set)

    def find(self, name: str, job: str | None) -> Metric:
        """Return what is known of a series' name, of a job if one is named; else a guess from the name."""
        for base, part in (
            (name, ""),
            *((name.removesuffix(end), of) for end, of in _PARTS.items() if name.endswith(end)),
        ):
            known = self.metrics.get(base)
            if known and (not part or known[0][1].kind == "histogram"):
                found = next((metric for its, metric in known if its == job), known[0][1])
                return replace(found, part=part or ("count" if found.kind == "histogram" else ""))
        return self._guess(name)

    def whole(self, metric: Metric) -> bool:
        """Whether a gauge is what others are parts of: a size, a limit, a total. It stays as it is."""
        if metric.name in self.limits:
            return True
        words = ("free", "avail", "available")
        parts = [f"{metric.name}_{left}" for left in words]
        parts += [metric.name.replace("_size_", f"_{left}_") for left in words if "_size_" in metric.name]
        if any(part in self.metrics or part in self.asked for part in parts):
            return True
        # A total of things may be as many as there are now, and the maximum of a duration is a measurement.
        sized = metric.unit in {"bytes", "cores", "files"} or not metric.name.endswith("total")
        return metric.unit not in {"s", "share", "%", "timestamp"} and sized and bool(_WHOLE.search(metric.name))

    def _guess(self, name: str) -> Metric:
        base = _SUFFIX.sub("", name)
        labels = tuple((label, ()) for label in self.asked[name])
        unit = next((unit for unit, words in _UNITS.items() if words.search(name)), "")
        if name.endswith("_bucket"):
            return Metric(base, "histogram", unit or "s", labels=_without(labels, "le"), buckets=BUCKETS, part="bucket")
        if name.endswith(("_count", "_sum")) and self.asked.get(f"{base}_bucket"):
            return Metric(base, "histogram", unit or "s", labels=labels, buckets=BUCKETS, part=name.rpartition("_")[2])
        if name.endswith(("_total", "_count", "_sum")):
            return Metric(name, "counter", unit, labels=labels)
        return Metric(name, "gauge", "timestamp" if name.endswith("time_seconds") else unit, labels=labels)


def _without(labels: tuple[tuple[str, tuple[str, ...]], ...], name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(label for label in labels if label[0] != name)


def read(directory: Path | None) -> Facts:
    """Return the facts in a folder of rendered files; what isn't there, or can't be read, is guessed."""
    facts = Facts()
    if directory is None:
        return facts
    try:
        signals = objects(mapping(orjson.loads((directory / "catalogue.json").read_bytes())).get("signals"))
    except (OSError, orjson.JSONDecodeError):
        signals = []
    for signal in signals:
        metric = _metric(signal)
        job = signal.get("job")
        facts.metrics[metric.name].append((text(job) or None, metric))
        if metric.limit:
            facts.limits.add(metric.limit)
    for file in sorted((directory / "rules").glob("*.yaml")) if (directory / "rules").is_dir() else ():
        _rules(facts, file)
    return facts


def _metric(signal: Json) -> Metric:
    labels = tuple(
        (text(label.get("name")), tuple(text(value) for value in listing(label.get("values"))))
        for label in objects(signal.get("labels"))
    )
    thresholds = mapping(signal.get("thresholds"))
    states = tuple(text(state) for state in listing(signal.get("states")))
    state_label = text(signal.get("stateLabel"))
    if states:
        labels = (*_without(labels, state_label), (state_label, states))
    return Metric(
        name=text(signal.get("name")),
        kind=text(signal.get("type")) or "gauge",
        unit=text(signal.get("unit")),
        help=text(signal.get("help")),
        labels=labels,
        buckets=tuple(found for bound in listing(signal.get("buckets")) if (found := number(bound)) is not None),
        state_label=state_label,
        warning=number(thresholds.get("warning")) or number(thresholds.get("critical")),
        falling=text(thresholds.get("direction")) == "below",
        limit=text(mapping(signal.get("limit")).get("name")),
    )


def _rules(facts: Facts, file: Path) -> None:
    """Take the series that a rule file records and the alerts it has; a file that can't be read gives none."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        content = yaml.load(file.read_bytes(), Loader=loader)  # noqa: S506 (both are safe loaders)
    except (OSError, yaml.YAMLError, UnicodeDecodeError):
        return
    for group in objects(mapping(content).get("groups")):
        for rule in objects(group.get("rules")):
            labels = {text(name): text(value) for name, value in mapping(rule.get("labels")).items()}
            if text(rule.get("record")):
                facts.recorded[text(rule["record"])].append(Recorded(text(rule.get("expr")), labels))
            elif text(rule.get("alert")):
                facts.alerts.append({"alertname": text(rule["alert"]), **labels})


def names(selectors: Iterable[tuple[str, str, Any, str]], facts: Facts) -> None:
    """Remember the labels and values that queries name: (metric, label, whether its value is one, value)."""
    for metric, label, is_value, value in selectors:
        facts.asked[metric][label] = None
        if is_value:
            facts.named[metric, label][value] = None
