"""Grafana's dashboard schema v2 read as panels: elements stand by name, and the layout says where they lie."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from sync.lint.dashboard import Dashboard, Panel, Target, Variable, inner_query, language_of, use_of
from sync.lint.datasource import DataSource, DataSources
from sync.lint.layout import Item, conditions, items, repeated_by
from sync.lint.problem import Pointer
from sync.lint.query import Language, Queries, Query, Use
from sync.lint.shape import as_dict, as_list, as_plain, as_text

_SAME = ("id", "title", "description", "transparent", "links")
"""What stands in an element as in a panel of v1."""
_OF_QUERIES = ("interval", "timeFrom", "timeShift", "maxDataPoints")
"""What v1 has beside the queries, and v2 among their options."""
_SIDES = {"x": "x", "y": "y", "w": "width", "h": "height"}
"""The sides of a box as v1 calls them, and as v2 does."""
_VARIABLE_KINDS = {
    "QueryVariable": "query",
    "CustomVariable": "custom",
    "DatasourceVariable": "datasource",
    "AdhocVariable": "adhoc",
    "GroupByVariable": "groupby",
    "ConstantVariable": "constant",
    "IntervalVariable": "interval",
    "TextVariable": "textbox",
    "SwitchVariable": "switch",
}


def dashboard(path: str, spec: dict[str, Any], text: str, *, queries: Queries, base: Pointer) -> Dashboard:
    """Read a dashboard of v2; panels, queries and variables are those of v1, at their own places."""
    return _DashboardV2(path, spec, text, queries=queries, base=base)


class _DashboardV2(Dashboard):
    is_v2 = True

    def used_names(self) -> set[str]:
        """Return also what the layout repeats by and chooses by."""
        layout = self.raw.get("layout")
        return super().used_names() | {*repeated_by(layout), *(name for name, _ in conditions(layout, ()))}

    @cached_property
    def panel_ids(self) -> frozenset[str]:
        """Those of library panels too, which are no panels to look into."""
        specs = (as_dict(as_dict(element).get("spec")) for element in as_dict(self.raw.get("elements")).values())
        return frozenset(as_plain(spec.get("id")) for spec in specs)

    def _panels(self) -> Iterator[Panel]:
        variables = [{**spec, "type": kind, "query": spec.get("pluginId")} for kind, spec, _ in self._specs()]
        self.datasources = DataSources({"templating": {"list": variables}})
        rows = dict[Pointer, Panel]()
        shown = {item.element: item for item in items(self.raw.get("layout"))}
        for name, element in as_dict(self.raw.get("elements")).items():
            item = shown.get(name)
            for place in item.within if item else ():
                if place not in rows:
                    rows[place] = self._surrounding(place, rows)
                    yield rows[place]
            row = rows[item.within[-1]] if item and item.within else None
            yield self._element(name, as_dict(element), item, row)

    def _surrounding(self, pointer: Pointer, rows: dict[Pointer, Panel]) -> Panel:
        """Read a row or tab as a row; what another tab than the first holds is asked for when that is opened."""
        raw: Any = self.raw
        for step in pointer:
            raw = raw[step]
        outer = next((rows[pointer[:end]] for end in range(len(pointer), 0, -1) if pointer[:end] in rows), None)
        is_behind = "tabs" in pointer[-3:-2] and pointer[-2] != 0
        collapsed = is_behind or raw.get("collapse") is True or (outer is not None and outer.raw["collapsed"])
        read = {"type": "row", "title": raw.get("title"), "repeat": _repeat(raw), "collapsed": collapsed}
        places: dict[Pointer, Pointer] = {("repeat",): (*self.base, *pointer, "repeat", "value")}
        title = as_text(raw.get("title"))
        return Panel(read, (*self.base, *pointer), title, "row", DataSource(), outer, places=places)

    def _element(self, name: str, element: dict[str, Any], item: Item | None, row: Panel | None) -> Panel:
        spec = as_dict(element.get("spec"))
        viz, group = as_dict(spec.get("vizConfig")), as_dict(as_dict(spec.get("data")).get("spec"))
        named = "group" if as_text(viz.get("group")) or viz.get("kind") == "VizConfig" else "kind"
        kind, inner = as_text(viz.get(named)), as_dict(viz.get("spec"))
        raw: dict[str, Any] = {key: spec[key] for key in _SAME if key in spec}
        raw |= {"fieldConfig": inner.get("fieldConfig"), "options": inner.get("options"), "type": kind}
        raw["transformations"] = [_transformation(each) for each in as_list(group.get("transformations"))]
        if element.get("kind") == "LibraryPanel":
            raw["libraryPanel"] = spec.get("libraryPanel")
        pointer = (*self.base, "elements", name, "spec")
        places = _places(pointer, named)
        asked = as_dict(group.get("queryOptions"))
        raw |= {key: asked[key] for key in _OF_QUERIES if key in asked}
        places |= {(key,): (*pointer, "data", "spec", "queryOptions", key) for key in _OF_QUERIES}
        if item is not None:
            raw["repeat"] = _repeat(item.raw)
            if any(own in item.raw for own in _SIDES.values()):  # an automatic grid finds the place itself
                raw["gridPos"] = {side: item.raw.get(own) for side, own in _SIDES.items()}
            places["gridPos",] = (*self.base, *item.pointer)
            places["repeat",] = (*self.base, *item.pointer, "repeat", "value")
        panel = Panel(raw, pointer, as_text(spec.get("title")), kind, DataSource(), row, places=places)
        for number, query in enumerate(as_list(group.get("queries"))):
            where = (*pointer, "data", "spec", "queries", number, "spec")
            places["targets", number] = (*where, "query", "spec")
            places["targets", number, "refId"] = (*where, "refId")
            panel.targets.append(self._query(panel, as_dict(as_dict(query).get("spec")), where))
        for number in range(len(raw["transformations"])):
            places["transformations", number] = (*pointer, "data", "spec", "transformations", number, "spec")
        return panel

    def _query(self, panel: Panel, spec: dict[str, Any], pointer: Pointer) -> Target:
        query = as_dict(spec.get("query"))
        own = as_dict(query.get("spec"))
        source = self._source(spec)
        key = "query" if as_text(own.get("query")) and not as_text(own.get("expr")) else "expr"
        text = as_text(own.get(key))
        language = language_of(source.kind, text, own) if text else None
        use = use_of(own, panel.kind)
        read = self._queries.query(text, language=language, use=use) if language is not None else None
        raw = {**own, "hide": spec.get("hidden"), "datasource": {"type": source.kind, "uid": source.uid}}
        return Target(panel, raw, (*pointer, "query", "spec"), key, as_text(spec.get("refId")), source, read)

    def _specs(self) -> Iterator[tuple[str, dict[str, Any], Pointer]]:
        for holder, pointer in ((self.raw, ()), *_sections(self.raw.get("layout"), ("layout",))):
            for number, raw in enumerate(as_list(holder.get("variables"))):
                named = as_text(as_dict(raw).get("kind"))
                kind = _VARIABLE_KINDS.get(named, named)
                yield kind, as_dict(as_dict(raw).get("spec")), (*self.base, *pointer, "variables", number, "spec")

    def _variables(self) -> Iterator[Variable]:
        for kind, spec, pointer in self._specs():
            query = as_dict(spec.get("query"))
            own = as_dict(query.get("spec"))
            text = as_text(own.get("query")) or as_text(own.get("__legacyStringValue")) or as_text(spec.get("query"))
            source = self._source(spec)
            inner = inner_query(text)
            read = None
            if kind == "query" and inner and source.kind in {"prometheus", ""}:
                read = self._queries.query(inner, language=Language.PROMQL, use=Use.VARIABLE)
            refresh = {"never": 0, "onDashboardLoad": 1, "onTimeRangeChanged": 2}.get(as_text(spec.get("refresh")), 0)
            raw = {**spec, "refresh": refresh} if "refresh" in spec else spec
            yield Variable(raw, pointer, as_text(spec.get("name")), kind, source, text, read)

    def annotation_sources(self) -> Iterator[tuple[Pointer, str, DataSource]]:
        """Yield where each annotation names its data source: in its query, in v2alpha1 beside it."""
        for number, raw in enumerate(as_list(self.raw.get("annotations"))):
            spec = as_dict(as_dict(raw).get("spec"))
            if not spec.get("builtIn"):
                within = ("query",) if "datasource" in as_dict(spec.get("query")) else ()
                source = self._source(spec)
                yield ("annotations", number, "spec", *within, "datasource"), as_text(spec.get("name")), source

    def _source(self, spec: dict[str, Any]) -> DataSource:
        """Read the data source of a query, a variable or an annotation: v2alpha1 names it beside the query."""
        query = as_dict(spec.get("query"))
        kind = as_text(query["group"] if "group" in query else query.get("kind"))
        named = as_dict(query.get("datasource")).get("name") or as_dict(spec.get("datasource")).get("uid")
        return self.datasources.read({"type": kind, "uid": as_text(named)})

    def _annotations(self) -> Iterator[tuple[Pointer, Query]]:
        for number, raw in enumerate(as_list(self.raw.get("annotations"))):
            spec = as_dict(as_dict(raw).get("spec"))
            own = as_dict(as_dict(spec.get("query")).get("spec"))
            within: Pointer = ("query", "spec")
            if "expr" not in own:  # what Grafana converts from v1 keeps it apart
                own, within = as_dict(spec.get("legacyOptions")), ("legacyOptions",)
            text = as_text(own.get("expr"))
            language = language_of(self._source(spec).kind, text, own) if text else None
            if language is not None:
                pointer = (*self.base, "annotations", number, "spec", *within, "expr")
                yield pointer, self._queries.query(text, language=language, use=Use.ANNOTATION)


def _sections(layout: Any, pointer: Pointer) -> Iterator[tuple[dict[str, Any], Pointer]]:
    """Yield the rows and tabs of a layout, which may have variables of their own."""
    for kind in ("rows", "tabs"):
        for number, raw in enumerate(as_list(as_dict(as_dict(layout).get("spec")).get(kind))):
            section, here = as_dict(as_dict(raw).get("spec")), (*pointer, "spec", kind, number, "spec")
            if len(here) < _DEEPEST:
                yield section, here
                yield from _sections(section.get("layout"), (*here, "layout"))


_DEEPEST = 60
"""Steps down to the innermost row or tab that is looked into; Grafana has three levels of them."""


def _repeat(spec: dict[str, Any]) -> str:
    """Return the variable that an item, row or tab repeats by."""
    return as_text(as_dict(spec.get("repeat")).get("value"))


def _transformation(raw: Any) -> dict[str, Any]:
    """Read a transformation as v1 has it: of what kind it is stands in `group`, in v2alpha1 and v2beta1 in `kind`."""
    kind = as_text(as_dict(raw).get("group")) or as_text(as_dict(raw).get("kind"))
    return {**as_dict(as_dict(raw).get("spec")), "id": kind}


def _places(pointer: Pointer, kind: str) -> dict[Pointer, Pointer]:
    """Say where the parts of an element stand that v1 has at the top of a panel."""
    return {
        ("type",): (*pointer, "vizConfig", kind),
        ("fieldConfig",): (*pointer, "vizConfig", "spec", "fieldConfig"),
        ("options",): (*pointer, "vizConfig", "spec", "options"),
        ("targets",): (*pointer, "data", "spec", "queries"),
        ("transformations",): (*pointer, "data", "spec", "transformations"),
    }
