"""`catalogue.json`: what lint, preview and people know of the signals without running any Python of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import orjson

from catalogue.indicator import Indicator
from signals_lib import Component, Histogram, Label, Signal, StateSet, Thresholds

SCHEMA_VERSION = 1


def document(components: Iterable[Component], signals: Iterable[Signal], indicators: Mapping[str, Indicator]) -> bytes:
    """Write the catalogue as JSON with sorted keys; the same catalogue gives the same bytes."""
    content = {
        "kind": "Catalogue",
        "schemaVersion": SCHEMA_VERSION,
        "components": [_component(component) for component in components],
        "signals": [
            _signal(signal) for signal in sorted(signals, key=lambda signal: (signal.key[0] or "", signal.name))
        ],
        "indicators": [_indicator(name, indicator) for name, indicator in sorted(indicators.items())],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _order(signal: Signal) -> tuple[str, str]:
    return (signal.component.job or "", signal.name)


def _component(component: Component) -> dict[str, Any]:
    return {
        "job": component.job,
        "title": component.title,
        "help": component.help,
        "labels": [_label(label) for label in component.all_labels],
    }


def _signal(signal: Signal) -> dict[str, Any]:
    described: dict[str, Any] = {
        "job": signal.component.job,
        "name": signal.name,
        "type": signal.kind,
        "title": signal.title,
        "help": signal.help,
        "unit": signal.unit,
        "labels": [_label(signal.label(name)) for name in signal.labels],
        "thresholds": _thresholds(signal.thresholds),
        "limit": _key(signal.limit) if signal.limit else None,
    }
    if isinstance(signal, Histogram):
        described |= {"buckets": [_number(bound) for bound in signal.buckets], "observations": signal.observations}
    if isinstance(signal, StateSet):
        described |= {"stateLabel": signal.state_label, "states": signal.states}
    return _without_none(described) | {"job": signal.component.job}


def _indicator(name: str, indicator: Indicator) -> dict[str, Any]:
    query = indicator()
    described = {
        "name": name,
        "title": query.title,
        "description": query.description,
        "expr": query.expr,
        "unit": query.unit,
        "labels": query.labels,
        "shape": query.shape,
        "signals": [_key(signal) for signal in query.signals],
        "thresholds": _thresholds(query.thresholds),
    }
    return _without_none(described)


def _label(label: Label) -> dict[str, Any]:
    return {"name": label.name, "values": label.values} if label.values else {"name": label.name}


def _thresholds(thresholds: Thresholds | None) -> dict[str, Any] | None:
    if thresholds is None:
        return None
    levels = {"warning": thresholds.warning, "critical": thresholds.critical}
    numbers = {severity: _number(level) for severity, level in levels.items() if level is not None}
    return {"direction": thresholds.direction, **numbers}


def _key(signal: Signal) -> dict[str, Any]:
    return {"job": signal.component.job, "name": signal.name}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _without_none(described: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in described.items() if value is not None}
