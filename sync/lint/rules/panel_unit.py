"""A panel of numbers without a unit.

"3000000" may be bytes, requests or milliseconds. `short` and `none` are answers too; mapped values need none. A unit
that isn't Grafana's is written behind the number as it is: 3600 seconds, where `s` says 1 hour.

FAIL panel:
    {type: stat, title: A, targets: [{expr: up, refId: A}]}

FAIL panel:
    {type: stat, title: A, fieldConfig: {defaults: {unit: seconds}}, targets: [{expr: up, refId: A}]}

PASS panel:
    {type: stat, title: A, fieldConfig: {defaults: {unit: bytes}}, targets: [{expr: up, refId: A}]}

PASS panel:
    {type: stat, title: A, fieldConfig: {defaults: {mappings: [{type: value}]}}, targets: [{expr: up, refId: A}]}
"""

from __future__ import annotations

from sync.lint.dashboard import Panel
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_dict, as_list, as_text

_KINDS = frozenset({"timeseries", "stat", "gauge", "bargauge", "barchart", "trend"})


_MEANT = {"byte": "bytes", "Bytes": "bytes", "bit": "bits", "B/s": "Bps", "bytes/s": "Bps", "bits/s": "bps"}
_MEANT |= {"percentage": "percent", "Percent": "percent", "percentUnit": "percentunit", "req/s": "reqps"}
_MEANT |= dict.fromkeys(("sec", "secs", "second", "seconds"), "s") | dict.fromkeys(("min", "minute", "minutes"), "m")
_MEANT |= dict.fromkeys(("millis", "msec", "millisecond", "milliseconds"), "ms") | {"hours": "h", "days": "d"}
_MEANT |= dict.fromkeys(("us", "usec", "microseconds"), "µs") | dict.fromkeys(("nsec", "nanoseconds"), "ns")
"""Units as people write them, with Grafana's name."""


def check(panel: Panel, _project: Project) -> Findings:
    """Look at the unit of all fields."""
    if panel.kind not in _KINDS or not panel.targets or panel.is_library:
        return
    if meant := _MEANT.get(as_text(panel.defaults.get("unit"))):
        message = f"Grafana has no unit {panel.defaults['unit']}, and writes it behind the number: {meant} is one"
        yield Finding(message, pointer=("fieldConfig", "defaults", "unit"))
    if panel.defaults.get("unit") or as_list(panel.defaults.get("mappings")) or _overridden(panel):
        return
    if (
        as_dict(as_dict(panel.raw.get("options")).get("reduceOptions")).get("fields")
        or panel.defaults.get("noValue") == ""
    ):
        return
    yield Finding(
        "no unit: say what the numbers are (short, when they are only numbers)",
        pointer=("fieldConfig", "defaults", "unit"),
    )


def _overridden(panel: Panel) -> bool:
    overrides = as_list(as_dict(panel.raw.get("fieldConfig")).get("overrides"))
    return any(
        as_dict(prop).get("id") == "unit" for each in overrides for prop in as_list(as_dict(each).get("properties"))
    )


RULE = Rule(__name__, Severity.INFO, peers={"dashboard-linter": "panel-units (in part)"}, panel=check)
