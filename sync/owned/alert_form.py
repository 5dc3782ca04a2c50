"""An alert rule in the form it is compared in, from a provisioning file, from the API, and back. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sync.lint.rule_file import seconds
from sync.owned.kind import mark_of, marked

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK = "__dash_sync__"
BEFORE = "__dash_sync_before__"
"""Annotations that hold the marks. Grafana puts no annotation of the form __…__ into a notification."""
GIVEN = {"intervalMs": 1000, "maxDataPoints": 43200}
"""What Grafana adds to a query's model that says nothing of it."""
EVALUATIONS = "missingSeriesEvalsToResolve"
OTHERS = ("notification_settings", "record")


def from_file(rule: Mapping[str, Any], *, folder: str, group: str, interval: str) -> dict[str, Any]:
    """Return a rule of a provisioning file."""
    return {
        "title": rule["title"],
        "folderUID": folder,
        "ruleGroup": group,
        "interval": _seconds(interval),
        "condition": rule.get("condition", ""),
        "data": [_step(step) for step in rule["data"]],
        "noDataState": rule.get("noDataState", "NoData"),
        "execErrState": rule.get("execErrState", "Alerting"),
        "for": _seconds(rule.get("for")),
        "keep_firing_for": _seconds(rule.get("keepFiringFor")),
        EVALUATIONS: rule.get("missing_series_evals_to_resolve"),
        "annotations": dict(rule.get("annotations") or {}),
        "labels": dict(rule.get("labels") or {}),
        "isPaused": bool(rule.get("isPaused")),
        **{key: rule.get(key) for key in OTHERS},
    }


def from_api(rule: Mapping[str, Any], *, interval: float) -> dict[str, Any]:
    """Return a rule as the provisioning API answers it, without our marks; its group's interval is another request."""
    annotations = rule.get("annotations") or {}
    return {
        "title": rule["title"],
        "folderUID": rule["folderUID"],
        "ruleGroup": rule["ruleGroup"],
        "interval": interval,
        "condition": rule.get("condition", ""),
        "data": [_step(step) for step in rule["data"]],
        "noDataState": rule["noDataState"],
        "execErrState": rule["execErrState"],
        "for": _seconds(rule.get("for")),
        "keep_firing_for": _seconds(rule.get("keep_firing_for")),
        EVALUATIONS: rule.get(EVALUATIONS),
        "annotations": {name: text for name, text in annotations.items() if name not in {MARK, BEFORE}},
        "labels": dict(rule.get("labels") or {}),
        "isPaused": bool(rule.get("isPaused")),
        **{key: rule.get(key) for key in OTHERS},
    }


def body(uid: str, content: Mapping[str, Any], *, message: str, before: str) -> dict[str, Any]:
    """Return what is sent: the rule with its marks."""
    sent = {key: value for key, value in content.items() if key != "interval" and value is not None}
    durations = {key: _written(content[key]) for key in ("for", "keep_firing_for")}
    marks = {MARK: marked(uid, message), BEFORE: before}
    return {"uid": uid, **sent, **durations, "annotations": {**content["annotations"], **marks}}


def in_file(uid: str, content: Mapping[str, Any], *, folder: str) -> dict[str, Any]:
    """Return a provisioning file with just this rule, in the folder of that name."""
    rule = {
        "uid": uid,
        **{key: content[key] for key in ("title", "condition", "data", "noDataState", "execErrState")},
        "for": _written(content["for"]),
        "keepFiringFor": _written(content["keep_firing_for"]),
        "missing_series_evals_to_resolve": content[EVALUATIONS],
        **{key: content[key] for key in ("annotations", "labels", "isPaused", *OTHERS)},
    }
    group = {
        "name": content["ruleGroup"],
        "folder": folder,
        "interval": _written(content["interval"]),
        "rules": [{key: value for key, value in rule.items() if value is not None}],
    }
    return {"apiVersion": 1, "groups": [group]}


def marks(rule: Mapping[str, Any]) -> tuple[str, str]:
    """Return the mark of a rule of the API, and the one before; both "" where there is none of its own."""
    annotations = rule.get("annotations") or {}
    message = mark_of(rule["uid"], annotations.get(MARK))
    return message, str(annotations.get(BEFORE, "")) if message else ""


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    model = {key: value for key, value in step["model"].items() if GIVEN.get(key) != value}
    span = step.get("relativeTimeRange") or {}
    return {
        "refId": step["refId"],
        "queryType": step.get("queryType") or "",
        "relativeTimeRange": {"from": span.get("from", 0), "to": span.get("to", 0)},
        "datasourceUid": step["datasourceUid"],
        "model": model,
    }


def _seconds(duration: object) -> float:
    return float(seconds(duration or "0s") or 0)


def _written(length: float) -> str:
    """Return seconds in the largest unit that fits: 120 as 2m."""
    milliseconds = round(length * 1000)
    sizes = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000))
    unit, size = next((pair for pair in sizes if milliseconds and not milliseconds % pair[1]), ("s", 1000))
    return f"{milliseconds // size}{unit}" if not milliseconds % size else f"{milliseconds}ms"
