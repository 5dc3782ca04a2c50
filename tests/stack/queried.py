"""Small readings of LogQL and TraceQL, enough to see what the pages' queries find in what the simulator tells.

Selectors, filters by id and text, and conditions on spans are evaluated; stages that only shape the answer are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from catalogue.logs import LOGS
from tests.stack.told import TraceSpan

# What variables stand for when nothing is chosen.
_EVERYTHING = re.compile(r"\$\{?(?:environment|component|level|route|correlation_id|plan_id|task_id|trace_id)\}?")
_NOTHING = re.compile(r"\$\{?search\}?")
_SELECTOR = re.compile(r"\{([^{}]*)\}((?:\s*\|[=~]?[^|\[\]{}]*(?:\"[^\"]*\"[^|\[\]{}]*)*)*)")
_MATCHER = re.compile(r'([\w.]+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
_CONDITION = re.compile(r'([\w.]+)\s*(=~|!~|!=|>=|<=|=|>|<)\s*(?:"([^"]*)"|([\w.]+))')


class Stored(NamedTuple):
    """A line as Loki keeps it: labels of the index, ids as structured metadata, the text."""

    labels: Mapping[str, str]
    ids: Mapping[str, str]
    text: str


def chosen(query: str) -> str:
    """Put in what variables stand for when nothing is chosen."""
    return _NOTHING.sub("", _EVERYTHING.sub(".*", query))


def stored(line: Mapping[str, Any], text: str) -> Stored:
    """Take a line apart as the collector does."""
    labels = {name: line.get(name, line["metadata"].get(name)) for name in (label.name for label in LOGS.labels)}
    return Stored(labels, {name: line[name] for name in LOGS.ids if name in line}, text)


def log_selections(query: str) -> Iterator[Callable[[Stored], bool]]:
    """Yield, for each selector of a query with the filters after it, whether it finds a line.

    A label that no line has is a KeyError, an id as a label too.
    """
    for selector, pipeline in _SELECTOR.findall(chosen(query)):
        matchers = _MATCHER.findall(selector)
        texts = re.findall(r'\|~\s*"([^"]*)"', pipeline)
        filters = [
            _MATCHER.fullmatch(stage.strip())
            for stage in re.split(r"\|(?![=~])", pipeline)
            if _MATCHER.fullmatch(stage.strip()) and "__error__" not in stage
        ]
        unknown = {found[1] for found in filters if found} - set(LOGS.ids)
        if unknown:
            raise KeyError(f"{unknown} of {query}")
        yield lambda line, matchers=matchers, filters=filters, texts=texts: (  # type: ignore[misc]
            all(_holds(line.labels[name], operator, value) for name, operator, value in matchers)
            and all(_holds(line.ids.get(each[1], ""), each[2], each[3]) for each in filters)
            and all(re.search(text, line.text) for text in texts)
        )


def span_sets(query: str) -> list[Callable[[TraceSpan], bool]]:
    """Return, for each set of spans in braces, whether it has a span; one without the attribute is not in it."""
    return [
        lambda span, alternatives=alternatives: any(  # type: ignore[misc]
            all(_meets(span, *each) for each in conditions) for conditions in alternatives
        )
        for braces in re.findall(r"\{([^{}]*)\}", chosen(query))
        for alternatives in [[_CONDITION.findall(part) for part in braces.split("||")]]
    ]


def shown(query: str) -> list[str]:
    """Return the attributes that a query selects or groups by."""
    return [name for names in re.findall(r"(?:select|by) \(?([^()]*)\)", query) for name in re.split(r",\s*", names)]


def descends(span: TraceSpan, ancestor: TraceSpan, spans: Mapping[str, TraceSpan]) -> bool:
    """Whether a span is somewhere below another."""
    while span.parent in spans:
        span = spans[span.parent]
        if span.span_id == ancestor.span_id:
            return True
    return False


def value_of(span: TraceSpan, field: str) -> str | None:
    """Return what TraceQL finds for a field; None if the span hasn't it."""
    if field in {"name", "status", "kind"}:
        return str(getattr(span, field))
    scope, _, key = field.partition(".")
    return (
        str(value)
        if (value := {"resource": span.resource, "span": span.attributes}[scope].get(key)) is not None
        else None
    )


def _meets(span: TraceSpan, field: str, operator: str, quoted: str, bare: str) -> bool:
    if field == "duration":
        return span.end - span.start > float(bare.removesuffix("s"))
    value = value_of(span, field)
    return value is not None and _holds(value, operator, quoted or bare)


def _holds(value: str, operator: str, wanted: str) -> bool:
    found = bool(re.fullmatch(wanted, value)) if "~" in operator else value == wanted
    return found != operator.startswith("!")
