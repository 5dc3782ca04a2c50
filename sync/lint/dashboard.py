"""A dashboard as rules look at it: flat panels, their queries, the variables; nothing is changed or filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sync.lint.datasource import DataSource, DataSources
from sync.lint.problem import Pointer
from sync.lint.promql.variables import names
from sync.lint.query import Language, Queries, Query, Use
from sync.lint.shape import as_dict, as_list, as_plain, as_text

_LANGUAGES = {"prometheus": Language.PROMQL, "loki": Language.LOGQL, "tempo": Language.TRACEQL}
_LANGUAGES |= {
    "grafana-amazonprometheus-datasource": Language.PROMQL,
    "victoriametrics-metrics-datasource": Language.PROMQL,
}
_LOGQL = re.compile(
    r"(?<![\w:])\{[^{}]*\}\s*(?:\|[=~>]|\|\s*\w|!=\s*[\"`]|!~\s*[\"`])|\b(?:bytes_rate|bytes_over_time)\s*\("
)
_INSTANT_KINDS = frozenset({"table", "table-old", "bargauge", "gauge", "piechart", "barchart"})


@dataclass(frozen=True, slots=True)
class Target:
    """One query of a panel, with where it stands; `query` is None for data sources that lint doesn't read."""

    panel: Panel
    raw: dict[str, Any]
    pointer: Pointer
    key: str
    ref_id: str
    datasource: DataSource
    query: Query | None

    @property
    def hidden(self) -> bool:
        """Whether it is switched off."""
        return self.raw.get("hide") is True

    @property
    def legend(self) -> str:
        """The legend's format, '' for Grafana's own."""
        return as_text(self.raw.get("legendFormat"))


@dataclass(frozen=True, eq=False)
class Panel:
    """A panel and its place in the document; panels of collapsed rows stand beside the others.

    `places` says where parts stand that a panel of another schema doesn't hold where one of v1 does.
    """

    raw: dict[str, Any]
    pointer: Pointer
    title: str
    kind: str
    datasource: DataSource
    row: Panel | None = None
    targets: list[Target] = field(default_factory=list)
    places: Mapping[Pointer, Pointer] = field(default_factory=dict)

    @cached_property
    def name(self) -> str:
        """The title, or what else tells it apart."""
        return self.title or f"{self.kind or 'panel'} {self.raw.get('id', '')}".strip()

    def place(self, pointer: Pointer) -> Pointer:
        """Return where in the document a part of the panel stands, given as v1 has it."""
        for end in range(len(pointer), 0, -1) if self.places else ():
            if pointer[:end] in self.places:
                return (*self.places[pointer[:end]], *pointer[end:])
        return (*self.pointer, *pointer)

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """`fieldConfig.defaults`."""
        return as_dict(as_dict(self.raw.get("fieldConfig")).get("defaults"))

    @property
    def is_library(self) -> bool:
        """Whether its content stands in a library panel, elsewhere."""
        return "libraryPanel" in self.raw


@dataclass(frozen=True, slots=True)
class Variable:
    """A template variable; `query` is None where it holds none that lint reads."""

    raw: dict[str, Any]
    pointer: Pointer
    name: str
    kind: str
    datasource: DataSource
    text: str
    query: Query | None

    @property
    def many(self) -> bool:
        """Whether it can stand for several values."""
        return self.raw.get("multi") is True or self.raw.get("includeAll") is True


class Dashboard:
    """A dashboard: `raw` is its JSON, `base` where that stands in the file (("spec",) in a resource)."""

    is_v2 = False

    def __init__(self, path: str, raw: dict[str, Any], text: str, *, queries: Queries, base: Pointer = ()) -> None:
        self.path, self.raw, self.text, self.base = path, raw, text, base
        self.title = as_text(raw.get("title"))
        self.uid = as_text(raw.get("uid"))
        self.datasources = DataSources(raw)
        self._queries = queries
        self.panels = list(self._panels())
        self.variables = list(self._variables())
        self.annotations = list(self._annotations())

    @cached_property
    def targets(self) -> list[Target]:
        """Every query of every panel."""
        return [target for panel in self.panels for target in panel.targets]

    @cached_property
    def defined(self) -> frozenset[str]:
        """The names of its variables, those of an export's inputs included."""
        inputs = (as_text(as_dict(each).get("name")) for each in as_list(self.raw.get("__inputs")))
        return frozenset(variable.name for variable in self.variables) | frozenset(inputs)

    @cached_property
    def names(self) -> set[str]:
        """What looks like a variable's name anywhere in its text."""
        return names(self.text)

    @cached_property
    def panel_ids(self) -> frozenset[str]:
        """The numbers by which links name its panels."""
        return frozenset(as_plain(panel.raw.get("id")) for panel in self.panels)

    @cached_property
    def places(self) -> list[tuple[Query, Pointer, str]]:
        """Every query with its place, and the panel that it stands in."""
        found = [(each.query, (*each.pointer, each.key), each.panel.name) for each in self.targets if each.query]
        found += [(each.query, (*each.pointer, "query"), "") for each in self.variables if each.query]
        return found + [(query, pointer, "") for pointer, query in self.annotations]

    def _panels(self) -> Iterator[Panel]:
        pointer = (*self.base, "panels")
        yield from self._listed(self.raw.get("panels"), pointer, None)
        for number, row in enumerate(as_list(self.raw.get("rows"))):
            pointer = (*self.base, "rows", number, "panels")
            yield from self._listed(as_dict(row).get("panels"), pointer, None)

    def _listed(self, panels: Any, pointer: Pointer, row: Panel | None) -> Iterator[Panel]:
        for number, raw in enumerate(as_list(panels)):
            if not isinstance(raw, dict):
                continue
            panel = self._panel(raw, (*pointer, number), row)
            yield panel
            if panel.kind == "row" and row is None:
                yield from self._listed(raw.get("panels"), (*panel.pointer, "panels"), panel)

    def _panel(self, raw: dict[str, Any], pointer: Pointer, row: Panel | None) -> Panel:
        datasource = self.datasources.read(raw.get("datasource"))
        panel = Panel(raw, pointer, as_text(raw.get("title")), as_text(raw.get("type")), datasource, row)
        for number, target in enumerate(as_list(raw.get("targets"))):
            if isinstance(target, dict):
                panel.targets.append(self._target(panel, target, (*pointer, "targets", number)))
        return panel

    def _target(self, panel: Panel, raw: dict[str, Any], pointer: Pointer) -> Target:
        source = self.datasources.read(raw.get("datasource")) if raw.get("datasource") else panel.datasource
        if panel.datasource.kind == "datasource" and not raw.get("datasource"):
            source = DataSource()
        key = "query" if as_text(raw.get("query")) and not as_text(raw.get("expr")) else "expr"
        text = as_text(raw.get(key))
        language = language_of(source.kind, text, raw) if text else None
        query = None
        if language is not None:
            query = self._queries.query(text, language=language, use=use_of(raw, panel.kind))
        return Target(panel, raw, pointer, key, as_text(raw.get("refId")), source, query)

    def _variables(self) -> Iterator[Variable]:
        pointer = (*self.base, "templating", "list")
        for number, raw in enumerate(as_list(as_dict(self.raw.get("templating")).get("list"))):
            if not isinstance(raw, dict):
                continue
            source = self.datasources.read(raw.get("datasource"))
            kind, value = as_text(raw.get("type")), raw.get("query")
            text = as_text(as_dict(value).get("query")) if isinstance(value, dict) else as_text(value)
            text = text or as_text(as_dict(value).get("expr"))
            query = None
            inner = inner_query(text)
            if kind == "query" and inner and source.kind in {"prometheus", ""} and "expr" not in as_dict(value):
                query = self._queries.query(inner, language=Language.PROMQL, use=Use.VARIABLE)
            yield Variable(raw, (*pointer, number), as_text(raw.get("name")), kind, source, text, query)

    def _annotations(self) -> Iterator[tuple[Pointer, Query]]:
        pointer = (*self.base, "annotations", "list")
        for number, raw in enumerate(as_list(as_dict(self.raw.get("annotations")).get("list"))):
            within: Pointer = () if as_text(as_dict(raw).get("expr")) else ("target",)
            own = as_dict(raw) if not within else as_dict(as_dict(raw).get("target"))
            text = as_text(own.get("expr"))
            source = self.datasources.read(as_dict(raw).get("datasource"))
            language = language_of(source.kind, text, own) if text else None
            if language is not None:
                place = (*pointer, number, *within, "expr")
                yield place, self._queries.query(text, language=language, use=Use.ANNOTATION)

    def annotation_sources(self) -> Iterator[tuple[Pointer, str, DataSource]]:
        """Yield where each annotation names its data source, the annotation's name, and what it names."""
        for number, raw in enumerate(as_list(as_dict(self.raw.get("annotations")).get("list"))):
            if not as_dict(raw).get("builtIn"):
                source = self.datasources.read(as_dict(raw).get("datasource"))
                yield ("annotations", "list", number, "datasource"), as_text(as_dict(raw).get("name")), source

    def used_names(self) -> set[str]:
        """Return every variable that anything in the dashboard names, its own definition's list included."""
        repeats = {as_text(panel.raw.get("repeat")) for panel in self.panels}
        return repeats | {as_text(as_dict(row).get("repeat")) for row in as_list(self.raw.get("rows"))} | self.names


def use_of(raw: dict[str, Any], kind: str) -> Use:
    """Say whether a query of a panel of some kind asks for now alone."""
    instant = raw.get("instant") is True and raw.get("range") is not True
    instant = instant or (kind in _INSTANT_KINDS and "instant" not in raw and "range" not in raw)
    return Use.INSTANT if instant else Use.PANEL


def language_of(kind: str, text: str, raw: dict[str, Any]) -> Language | None:
    """Return the language of a query by its data source's kind, or by its looks; None where lint doesn't read it."""
    if kind in _LANGUAGES:
        language = _LANGUAGES[kind]
        if language is Language.TRACEQL and raw.get("queryType") not in {"traceql", None}:
            return None
        return language
    if kind or "expr" not in raw:
        return None
    return Language.LOGQL if looks_like_logql(text) else Language.PROMQL


def looks_like_logql(text: str) -> bool:
    """Tell LogQL from PromQL where nothing names the data source: a pipeline after a selector is in LogQL alone."""
    return "{" in text and ("|" in text or "!" in text or "bytes_" in text) and bool(_LOGQL.search(text))


VARIABLE_FUNCTIONS = ("label_values", "query_result", "label_names", "metrics")
"""What Grafana itself answers in the query of a variable."""
_CALLS = re.compile(rf"^\s*({'|'.join(VARIABLE_FUNCTIONS)})\s*\((.*)\)\s*$", re.DOTALL)
_SERIES = re.compile(r"^\s*[A-Za-z_:][\w:]*\s*\{.*\}\s*$", re.DOTALL)
"""A query for series, of which the variable's regex takes what it needs."""


def inner_query(text: str) -> str:
    """Return the PromQL of a variable's query: that in label_values(query, label) or query_result(query), or all."""
    if _SERIES.match(text):
        return text.strip()
    found = _CALLS.match(text)
    if found is None or found[1] not in {"label_values", "query_result"}:
        return ""
    inner, comma, label = found[2].rpartition(",")
    if found[1] == "query_result":
        return found[2].strip()
    return inner.strip() if comma and re.fullmatch(r"\s*(?:\w+|\$\w+|\$\{\w+\}|\[\[\w+\]\])\s*", label) else ""
