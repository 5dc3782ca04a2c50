"""`catalogue.json`: what lint, preview and people know of the signals without running any Python of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import orjson

from catalogue.indicator import Indicator, LogIndicator, TraceIndicator
from signals_lib import Component, Histogram, Label, Query, Signal, StateSet, Thresholds
from signals_lib.log_query import LogQuery
from signals_lib.log_stream import LogStream
from signals_lib.span_query import SpanQuery
from signals_lib.span_set import SpanSet

Asked = Indicator | LogIndicator | TraceIndicator

SCHEMA_VERSION = 1


def document(
    components: Iterable[Component],
    signals: Iterable[Signal],
    indicators: Mapping[str, Asked],
    streams: Iterable[LogStream] = (),
    sets: Iterable[SpanSet] = (),
) -> bytes:
    """Write the catalogue as JSON with sorted keys; the same catalogue gives the same bytes."""
    content = {
        "kind": "Catalogue",
        "schemaVersion": SCHEMA_VERSION,
        "components": [_component(component) for component in components],
        "signals": [
            _signal(signal) for signal in sorted(signals, key=lambda signal: (signal.key[0] or "", signal.name))
        ],
        "indicators": [_indicator(name, indicator) for name, indicator in sorted(indicators.items())],
        "logs": [_stream(stream) for stream in streams],
        "traces": [_set(spans) for spans in sets],
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


def _stream(stream: LogStream) -> dict[str, Any]:
    return {
        "name": stream.name,
        "title": stream.title,
        "help": stream.help,
        "labels": [_label(label) for label in stream.labels],
        "ids": stream.ids,
        "fields": stream.fields,
    }


def _set(spans: SpanSet) -> dict[str, Any]:
    return {
        "name": spans.name,
        "title": spans.title,
        "help": spans.help,
        "fields": [
            {"name": name, "field": written, **({"values": values} if values else {})}
            for name, (written, values) in spans.fields.items()
        ],
        "ids": spans.ids,
    }


def _indicator(name: str, indicator: Asked) -> dict[str, Any]:
    query = indicator()
    described = {
        "name": name,
        "language": query.language,
        "title": query.title,
        "description": query.description,
        "expr": query.expr,
        "unit": query.unit,
        "labels": query.labels,
        "thresholds": _thresholds(query.thresholds),
        **_read(query),
    }
    return _without_none(described)


def _read(query: Query | LogQuery | SpanQuery) -> dict[str, Any]:
    if isinstance(query, Query):
        return {"shape": query.shape, "signals": [_key(signal) for signal in query.signals]}
    if isinstance(query, LogQuery):
        return {"shape": "lines" if query.shows_lines else "series", "logs": [each.name for each in query.streams]}
    return {"shape": "series" if query.metric else "traces", "traces": [each.name for each in query.sets]}


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
