"""Queries of logs as PromQL of the same shape, so that one set of rules reads both."""

from __future__ import annotations

import re

from sync.lint.lexical import masked
from sync.lint.logql import Condition, escaped, streams
from sync.lint.logql_numbers import within
from sync.lint.metric_query import names_metrics

_MEASURED = re.compile(r"\b(bytes_rate|bytes_over_time|approx_topk)(\s*\()")
_AS_PROMQL = {"bytes_rate": "rate", "bytes_over_time": "increase", "approx_topk": "topk"}


def as_promql(text: str) -> str:
    """Return a metric query as PromQL of the same shape: units, labels and ranges follow from it alike.

    A stream is a counter of events or of bytes, and each of its filters a matcher. '' where there are no streams, and
    of a query that is no LogQL.
    """
    if names_metrics(text):
        return ""
    parts, position = [], 0
    for stream in streams(text):
        before = text[position : stream.offset]
        unwrapped = next((each.value for each in stream.filters if each.value.startswith("unwrap")), "")
        counted = "log_bytes_total" if re.search(r"\bbytes_\w+\s*\(\s*$", before) else "log_events_total"
        matchers = ", ".join(map(_matcher, stream.matchers + stream.filters))
        parts += [before, _unwrapped(unwrapped) if unwrapped else counted, "{", matchers, "}"]
        position = stream.end
    parts += [text[position:]] if parts else []
    return _grouped_before(_MEASURED.sub(lambda found: _AS_PROMQL[found[1]] + found[2], "".join(parts)))


_OVER_TIME = re.compile(r"\b(?:max|min|avg|sum|quantile|first|last|stddev|stdvar)_over_time\s*\(")
_GROUPING = re.compile(r"\s*(?:by|without)\s*\([^()]*\)")


def _grouped_before(text: str) -> str:
    """Write the grouping of a range, which LogQL has behind it, as one of an average around it."""
    if "_over_time" not in text:
        return text
    plain = masked(text)
    for found in reversed([*_OVER_TIME.finditer(plain)]):
        end = found.end() + len(within(plain, found.end()))
        if grouping := _GROUPING.match(plain, end):
            text = f"{text[: found.start()]}avg{grouping[0]} ({text[found.start() : end]}){text[grouping.end() :]}"
            plain = masked(text)
    return text


_UNWRAPPED = re.compile(r"unwrap\s+(?:(?P<how>duration|duration_seconds|bytes)\s*\(\s*)?(?P<label>[A-Za-z_]\w*)")


_SPELT = {"_ms": "_milliseconds", "_us": "_microseconds", "_ns": "_nanoseconds"}


def _unwrapped(stage: str) -> str:
    """Name the numbers of a label by their unit: by what converts them, or by the label's own name."""
    found = _UNWRAPPED.match(stage)
    if found is None:
        return "log_unwrapped"
    unit = {"duration": "seconds", "duration_seconds": "seconds", "bytes": "bytes"}.get(found["how"] or "", "")
    own = re.search(r"_(?:seconds|milliseconds|ms|microseconds|us|nanoseconds|ns|bytes)$", found["label"])
    written = own[0] if own else ""
    return f"log_unwrapped_{unit}" if unit else f"log_unwrapped{_SPELT.get(written, written)}"


def _matcher(condition: Condition) -> str:
    """Write a condition as a matcher; one on the line, or a stage, as what a label that nothing has is not."""
    if condition.label and condition.operator in {"=", "!=", "=~", "!~"}:
        return f'{condition.label}{condition.operator}"{escaped(condition.value)}"'
    return f'filter!="{escaped(f"{condition.label} {condition.operator} {condition.value}")}"'
