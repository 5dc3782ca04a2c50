"""A page with its data: variables put in, every query asked, frames transformed, each field with its look."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sync.diff import defaults
from sync.diff.panel_form import LANGUAGES
from sync.diff.values import Json, mapping, number, text
from sync.preview import frames, ranges, transform, variables
from sync.preview.data import Answer, Query, Span
from sync.preview.drawing import Ready

if TYPE_CHECKING:
    from sync.preview.colours import Theme
    from sync.preview.data import Source
    from sync.preview.page import Page, Panel
    from sync.preview.variables import Scope

_TEXTS = ("expr", "query", "rawSql", "queryText", "target", "expression")
_UNASKED = frozenset({"text", "row", "dashlist", "news", "alertlist", "annolist", "library-panel-ref"})
LONGEST_QUERY = 30_000


@dataclass(frozen=True)
class Filled:
    """A page, its variables and range, and the answers to each panel's queries, in the panels' order."""

    page: Page
    scope: Scope
    span: Span
    source: str
    answers: list[tuple[Span, list[Answer]]]
    problems: list[tuple[Panel, str]] = field(default_factory=list)


def filled(
    page: Page,
    source: Source,
    *,
    begin: int,
    end: int,
    scrape: float = 15.0,
    given: dict[str, str] | None = None,
) -> Filled:
    """Ask the source everything that the page shows."""
    whole = ranges.spaced(begin, end)
    scope = variables.scope(page.variables, source, whole, scrape=scrape, given=given or {})
    asked: list[tuple[Query, Span]] = []
    places: list[tuple[Span, int]] = []
    for panel in page.panels:
        span = _span(panel, begin, end, scope, whole)
        queries = [] if panel.kind in _UNASKED else _queries(panel, scope, span)
        places.append((span, len(queries)))
        asked += [(query, span) for query in queries]
    found = iter(source.ask(asked))
    answers = [(span, [next(found) for _ in range(count)]) for span, count in places]
    problems = [
        (panel, answer.problem)
        for panel, (_, listed) in zip(page.panels, answers, strict=True)
        for answer in {one.problem: one for one in listed if one.problem}.values()
    ]
    return Filled(page, scope, whole, source.name, answers, problems)


def ready(found: Filled, theme: Theme) -> list[Ready]:
    """Return every panel ready to be drawn in a theme."""
    return [
        _ready(found, panel, span, answers, theme)
        for panel, (span, answers) in zip(found.page.panels, found.answers, strict=True)
    ]


def _ready(found: Filled, panel: Panel, span: Span, answers: list[Answer], theme: Theme) -> Ready:
    several = len(answers) > 1
    made = [frame for answer in answers for frame in frames.of_answer(answer, several=several)]
    made, unknown = transform.transformed(made, panel.transformations)
    title = found.scope.title(panel.title)
    if unknown:
        title += f"  (not applied here: {', '.join(unknown)})"
    return Ready(panel, title, span, theme, found.scope, answers, made, frames.drawn(made, _coloured(panel), theme))


def _coloured(panel: Panel) -> Json:
    """Return a panel's fields with the colours that its kind has where nothing is said of them."""
    fields = mapping(panel.config.get("defaults"))
    if mapping(fields.get("color")).get("mode"):
        return panel.config
    return panel.config | {"defaults": fields | {"color": defaults.COLOUR.get(panel.kind, defaults.BY_SERIES)}}


def _span(panel: Panel, begin: int, end: int, scope: Scope, whole: Span) -> Span:
    """Return the panel's own range: timeFrom and timeShift override the page's."""
    own = (
        ranges.seconds(scope.query(text(panel.source.get("timeFrom")), whole)) if panel.source.get("timeFrom") else None
    )
    shift = (
        ranges.seconds(scope.query(text(panel.source.get("timeShift")), whole))
        if panel.source.get("timeShift")
        else None
    )
    if own:
        begin = end - round(own * 1000)
    if shift:
        begin, end = begin - round(shift * 1000), end - round(shift * 1000)
    points = min(ranges.MOST_POINTS, max(20, int(panel.box.w / 3)))
    least = ranges.seconds(text(panel.source.get("interval")).lstrip(">=")) or 0.0
    return ranges.spaced(begin, end, points=points, least=least)


def _queries(panel: Panel, scope: Scope, span: Span) -> list[Query]:
    found = []
    defaults = mapping(panel.config.get("defaults"))
    for target in panel.targets:
        if target.get("hide"):
            continue
        language = _language(target, panel)
        key = next((name for name in _TEXTS if isinstance(target.get(name), str) and target[name]), "")
        least = ranges.seconds(scope.query(text(target.get("interval")), span)) or 0.0
        written = scope.query(text(target.get(key))[:LONGEST_QUERY], span, least=least) if key else ""
        if not written and language == "promql":
            continue
        form = text(target.get("format")) or "time_series"
        # Where both are asked for, Grafana's tables show the instant.
        instant = bool(target.get("instant")) and (not target.get("range") or panel.kind in {"table", "stat", "gauge"})
        found.append(
            Query(
                text(target.get("refId")),
                written,
                language,
                scope.query(text(target.get("legendFormat")), span),
                instant,
                form,
                text(defaults.get("unit")),
                number(defaults.get("min")),
                number(defaults.get("max")),
            )
        )
    return found


def _language(target: Json, panel: Panel) -> str:
    own = target.get("datasource")
    source = own if own not in (None, "", {}) else panel.source.get("datasource")
    kind = text(mapping(source).get("type")) if isinstance(source, dict) else ""
    if kind in LANGUAGES:
        return LANGUAGES[kind]
    if not kind and isinstance(target.get("expr"), str):
        # Of old a data source was only a name, or a variable's.
        return "logql" if "loki" in text(source).lower() else "promql"
    return kind or "text"
