"""From what a builder was given (a query, a text, several) to targets, and what they say of title, unit and lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from panels_lib.panel import Format, Queries, Source, Target
from signals_lib.asked import Asked, Language
from signals_lib.thresholds import Thresholds

SOURCES: dict[Language, Source] = {"promql": "prometheus", "logql": "loki", "traceql": "tempo"}
REF_IDS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def series(
    query: Asked | str,
    *,
    legend: str | None = None,
    colour: str | None = None,
    unit: str | None = None,
    source: Source | None = None,
    format: Format = "time_series",  # noqa: A002 - Grafana's word
    instant: bool = False,
    exemplars: bool = False,
    hide: bool = False,
    interval: str | None = None,
) -> Target:
    """Make one of several queries of a panel, with settings of its own; its language tells its data source."""
    return Target(
        query=query,
        legend=legend,
        colour=colour,
        unit=unit,
        source=source_of(query, source),
        format=format,
        instant=instant,
        exemplars=exemplars,
        hide=hide,
        interval=interval,
    )


def targets_of(
    queries: Queries, *, source: Source = "prometheus", legend: str | None = None, **settings: Any
) -> tuple[Target, ...]:
    """Return the targets of a panel; settings apply to those that weren't given as a Target.

    `source` is that of texts: a query's language tells its own.
    """
    many = isinstance(queries, Sequence) and not isinstance(queries, str)
    given: Sequence[Asked | str | Target] = queries if many else [queries]  # type: ignore[assignment, list-item]
    targets = [
        one if isinstance(one, Target) else Target(query=one, source=source_of(one, source), legend=legend, **settings)
        for one in given
    ]
    alone = len(targets) == 1
    return tuple(
        target if target.legend is not None else replace(target, legend=legend_of(target, alone)) for target in targets
    )


def source_of(query: Asked | str, given: Source | None) -> Source:
    """Return the data source that answers a query; of a text the given one, else Prometheus."""
    return given or "prometheus" if isinstance(query, str) else SOURCES[query.language]


def legend_of(target: Target, alone: bool) -> str:
    """Name series by their labels; a query without any, or beside others, by its title."""
    if isinstance(target.query, str):
        return "__auto"
    labels = " ".join(f"{{{{{label}}}}}" for label in target.query.labels)
    title = target.query.title or ""
    return labels if alone and labels else " ".join(part for part in (title, labels) if part) or "__auto"


@dataclass(frozen=True)
class Said:
    """What the queries say where the caller didn't: the first one that says it counts."""

    title: str
    description: str
    unit: str | None
    thresholds: Thresholds | None


def said(
    targets: Sequence[Target],
    *,
    title: str | None = None,
    description: str | None = None,
    unit: str | None = None,
    thresholds: Thresholds | bool | None = None,
) -> Said:
    """Return title, description, unit and thresholds; `thresholds=False` draws none."""
    queries = [target.query for target in targets if not isinstance(target.query, str)]
    lines = thresholds if isinstance(thresholds, Thresholds) else None
    if thresholds is None or thresholds is True:
        lines = next((query.thresholds for query in queries if query.thresholds), None)
    return Said(
        title=first(title, *(query.title for query in queries)) or "",
        description=first(description, *(query.description for query in queries)) or "",
        unit=first(unit, *(query.unit for query in queries)),
        thresholds=lines,
    )


def first(given: str | None, *said: str) -> str | None:
    """Return what was given, else the first that says something."""
    return given if given is not None else next((text for text in said if text), None)


def ref_id(place: int) -> str:
    """Name the queries of a panel: A to Z, then AA, AB and so on."""
    return REF_IDS[place] if place < 26 else ref_id(place // 26 - 1) + REF_IDS[place % 26]
