"""What is known of the metrics that queries name: from a catalogue, from expositions, from a live Prometheus."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from sync.lint.shape import as_dict, as_list, as_text

MADE_BY_PROMETHEUS = frozenset(
    [
        "up",
        "ALERTS",
        "ALERTS_FOR_STATE",
        "scrape_duration_seconds",
        "scrape_samples_scraped",
        "scrape_series_added",
        "scrape_timeout_seconds",
        "scrape_samples_post_metric_relabeling",
        "scrape_sample_limit",
        "scrape_body_size_bytes",
    ]
)
OUTER_LABELS = frozenset(
    [
        "cluster",
        "k8s_cluster",
        "environment",
        "env",
        "region",
        "zone",
        "availability_zone",
        "datacenter",
        "dc",
        "site",
        "stage",
        "tenant",
        "team",
        "owner",
        "project",
        "account_id",
        "monitor",
        "prometheus",
        "prometheus_replica",
        "replica",
        "asserts_env",
        "asserts_site",
        "__name__",
    ]
)
"""Labels that a Prometheus gives to all it sends on (external_labels): recorded series have them elsewhere too."""
TARGET_LABELS = OUTER_LABELS | frozenset(
    [
        "job",
        "instance",
        "namespace",
        "pod",
        "node",
        "service",
        "service_name",
        "container",
        "endpoint",
        "host",
        "hostname",
        "nodename",
        "replica_group",
        "app",
        "application",
        "component",
        "metrics_path",
        "exported_job",
        "exported_instance",
        "group",
        "pool",
        "nodegroup",
        "le",
        "quantile",
        "kubernetes_namespace",
        "kubernetes_pod_name",
    ]
)
"""Labels that scraping, relabelling and external_labels usually add: an exposition can't know them."""
COMMON_LABELS = frozenset(
    {"condition", "daemonset", "database", "deployment", "device", "direction", "environment", "handler", "interface"}
    | {"method", "mountpoint", "operation", "partition", "phase", "quantile", "queue", "reason", "resource", "result"}
    | {"route", "severity", "state", "statefulset", "status", "status_code", "topic", "version", "workload"}
    | TARGET_LABELS
)
"""Labels that many exporters give, or that alerts have."""


@dataclass(slots=True)
class Metric:
    """One metric: kind '' when unknown, labels None when any may be there; buckets are the bounds of a histogram."""

    name: str
    kind: str = ""
    labels: frozenset[str] | None = None
    values: dict[str, frozenset[str]] = field(default_factory=dict)
    buckets: frozenset[float] = frozenset()
    unit: str = ""
    source: str = ""
    exact: bool = False
    is_state_set: bool = False


class Known:
    """The metrics that a run knows. Empty when nothing told it any: then no name is called unknown."""

    def __init__(self) -> None:
        self.metrics: dict[str, Metric] = {}
        self.recorded: set[str] = set()
        self.is_rated: Callable[[str], bool] = lambda _name: False
        self.has_parts: Callable[[str], bool] = lambda _name: False
        self.kinds: dict[str, str] = {}
        self.limits: dict[str, set[str]] = {}
        self.thresholds: list[dict[str, Any]] = []
        self.logs: list[Metric] = []
        self.covers_all = False

    def add(self, metric: Metric) -> None:
        """Take a metric; one seen before has both its labels and values."""
        self.kinds.clear()
        before = self.metrics.get(metric.name)
        if before is None:
            self.metrics[metric.name] = metric
            return
        if before.labels is None or metric.labels is None:
            before.labels = None
        else:
            before.labels |= metric.labels
        both = before.values.keys() & metric.values.keys()
        before.values = {label: before.values[label] | metric.values[label] for label in both}
        before.buckets |= metric.buckets
        before.exact = before.exact and metric.exact
        before.is_state_set = before.is_state_set and metric.is_state_set
        before.kind = before.kind if before.kind == metric.kind else ""

    @cached_property
    def _families(self) -> frozenset[str]:
        return frozenset(name.partition("_")[0] for name in self.metrics)

    def find(self, name: str) -> Metric | None:
        """Return what is known of a series' name: a metric's own, or one of those that a histogram or summary has."""
        metric = self.metrics.get(name)
        if metric is None:
            for suffix in ("_bucket", "_count", "_sum"):
                if name.endswith(suffix):
                    base = self.metrics.get(name.removesuffix(suffix))
                    if base is not None and base.kind in {"histogram", "summary"}:
                        return base
        return metric

    def judges(self, name: str) -> bool:
        """Whether enough is known to call a name unknown: all that there is, or its whole family (`node_…`)."""
        return self.covers_all or (bool(self.metrics) and name.partition("_")[0] in self._families)

    def similar(self, name: str) -> str:
        """Return the known name that is nearest, or ''."""
        names = [*self.metrics, *self.recorded]
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.8)
        return near[0] if near else ""


_SHARE_OF = re.compile(r"_(?:usage|used|utili[sz]ation|hit|success)_ratio$")
"""Names of shares; a sample between 0 and 1 says that they aren't percentages by mistake."""


_IN = re.compile(r"^# HELP ([\w:]+) [^\n]*\(in ([%\w]+)\)", re.MULTILINE)
_UNITS = {"%": "%", "percent": "%", "bytes": "bytes", "KiB": "KiB", "MiB": "MiB", "seconds": "s", "ms": "ms"}
"""Units that a help text tells in parentheses, as a catalogue writes them."""


def exposition(text: str, known: Known, *, source: str) -> int:
    """Read a text exposition (Prometheus or OpenMetrics) and return how many metrics it told."""
    kinds = dict(re.findall(r"^# TYPE ([\w:]+) (\w+)", text, re.MULTILINE))
    metrics: dict[str, Metric] = {}
    values: dict[str, dict[str, set[str]]] = {}
    for name, labels, number in re.findall(
        r"^([A-Za-z_:][\w:]*)(\{[^\n]*\})? +([-+]?[\dNI]\S*)[^\n]*$", text, re.MULTILINE
    ):
        base = _family(name, kinds)
        kind = kinds.get(base) or kinds.get(base.removesuffix("_total"), "")
        metric = metrics.setdefault(base, Metric(base, kind, frozenset(), source=source))
        if _SHARE_OF.search(name) and _is_float(number) and 0 < float(number) < 1:
            metric.unit = "ratio"
        pairs = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels)
        metric.labels = (metric.labels or frozenset()) | {label for label, _ in pairs}
        for label, value in pairs:
            values.setdefault(base, {}).setdefault(label, set()).add(value)
            if label == "le":
                metric.buckets |= {float(value)}
    for name, unit in _IN.findall(text):
        if name in metrics and unit in _UNITS:
            metrics[name].unit = _UNITS[unit]
    for name in kinds.keys() - metrics.keys():
        if name + "_total" not in metrics:
            known.add(Metric(name, kinds[name], None, source=source))
    for name, metric in metrics.items():
        metric.values = {label: frozenset(seen) for label, seen in values.get(name, {}).items()}
        known.add(metric)
    return len(metrics)


def _family(name: str, kinds: dict[str, str]) -> str:
    for suffix in ("_bucket", "_count", "_sum"):
        base = name.removesuffix(suffix)
        if base != name and kinds.get(base) in {"histogram", "summary"}:
            return base
    return name


def looks_like_exposition(text: str) -> bool:
    """Tell a text exposition by its TYPE or HELP lines."""
    return bool(re.search(r"^# (?:TYPE [\w:]+ \w+|HELP [\w:]+ )", text[:20000], re.MULTILINE))


def nearest(word: str, choices: Iterable[str]) -> str:
    """Return `; did you mean …?` with the nearest of the choices, or ''."""
    return _nearest(word, frozenset(choices))


@lru_cache(maxsize=4096)
def _nearest(word: str, choices: frozenset[str]) -> str:
    same = {each.lower(): each for each in sorted(choices)}
    if sum(word.lower() in each for each in same) > 1:
        return ""  # any of them may be meant
    near = difflib.get_close_matches(word.lower(), same, n=1, cutoff=0.7)
    if near and near[0] != word.lower() and _DIGITS.sub("", near[0]) == _DIGITS.sub("", word.lower()):
        return ""  # one number is as near as another
    return f"; did you mean {same[near[0]]}?" if near else ""


_DIGITS = re.compile(r"\d+")


def catalogue(document: dict[str, Any], known: Known, *, source: str) -> None:
    """Read the catalogue that `dash-sync render` wrote (catalogue.json): it names all that there is."""
    for raw in as_list(document.get("signals")):
        signal = as_dict(raw)
        name = as_text(signal.get("name"))
        if name:
            known.add(_signal(name, signal, source))
            if limit := as_text(as_dict(signal.get("limit")).get("name")):
                known.limits.setdefault(name, set()).add(limit)
    known.logs += [
        _signal(as_text(as_dict(raw).get("name")), as_dict(raw), source) for raw in as_list(document.get("logs"))
    ]
    known.thresholds += [as_dict(each) for each in as_list(document.get("indicators"))]
    known.covers_all = True


def _signal(name: str, signal: dict[str, Any], source: str) -> Metric:
    labels, values = set[str](), dict[str, frozenset[str]]()
    for each in as_list(signal.get("labels")):
        label = as_dict(each)
        label_name = as_text(label.get("name")) or as_text(each)
        labels.add(label_name)
        if as_list(label.get("values")):
            values[label_name] = frozenset(map(str, as_list(label.get("values"))))
    buckets = frozenset(float(bound) for bound in as_list(signal.get("buckets")) if _is_float(bound))
    kind = as_text(signal.get("kind")) or as_text(signal.get("type"))
    is_state_set = kind in {"state_set", "stateset", "state set"}
    kind = "gauge" if is_state_set else kind
    return Metric(
        name,
        kind,
        frozenset(labels),
        values,
        buckets,
        as_text(signal.get("unit")),
        source,
        exact=True,
        is_state_set=is_state_set,
    )


def _is_float(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True
