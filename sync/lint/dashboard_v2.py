"""Grafana's dashboard schema v2 read as panels: elements stand by name, and the layout says where they lie."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from sync.lint.dashboard import Dashboard, Panel, Target, Variable, inner_query, language_of
from sync.lint.datasource import DataSource, DataSources
from sync.lint.problem import Pointer
from sync.lint.query import Language, Queries, Query, Use
from sync.lint.shape import as_dict, as_list, as_plain, as_text

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

    @cached_property
    def panel_ids(self) -> frozenset[str]:
        """Those of library panels too, which are no panels to look into."""
        specs = (as_dict(as_dict(element).get("spec")) for element in as_dict(self.raw.get("elements")).values())
        return frozenset(as_plain(spec.get("id")) for spec in specs)

    def _panels(self) -> Iterator[Panel]:
        variables = [{**spec, "type": kind, "query": spec.get("pluginId")} for kind, spec, _ in self._specs()]
        self.datasources = DataSources({"templating": {"list": variables}})
        for name, element in as_dict(self.raw.get("elements")).items():
            spec = as_dict(as_dict(element).get("spec"))
            if as_dict(element).get("kind") == "Panel":
                yield self._element(spec, (*self.base, "elements", name, "spec"))

    def _element(self, spec: dict[str, Any], pointer: Pointer) -> Panel:
        viz = as_dict(spec.get("vizConfig"))
        kind = as_text(viz.get("group")) or as_text(viz.get("kind"))
        inner = as_dict(viz.get("spec"))
        raw: dict[str, Any] = {key: spec[key] for key in ("id", "title", "description", "transparent") if key in spec}
        raw |= {"fieldConfig": inner.get("fieldConfig"), "options": inner.get("options"), "type": kind}
        group = as_dict(as_dict(spec.get("data")).get("spec"))
        raw["transformations"] = group.get("transformations")
        panel = Panel(raw, pointer, as_text(spec.get("title")), kind, DataSource())
        for number, query in enumerate(as_list(group.get("queries"))):
            where = (*pointer, "data", "spec", "queries", number, "spec")
            panel.targets.append(self._query(panel, as_dict(as_dict(query).get("spec")), where))
        return panel

    def _query(self, panel: Panel, spec: dict[str, Any], pointer: Pointer) -> Target:
        query = as_dict(spec.get("query"))
        own = as_dict(query.get("spec"))
        kind = as_text(query.get("group")) or as_text(query.get("kind"))
        named = as_dict(query.get("datasource")).get("name") or as_dict(spec.get("datasource")).get("uid")
        source = self.datasources.read({"type": kind, "uid": as_text(named)})
        key = "query" if as_text(own.get("query")) and not as_text(own.get("expr")) else "expr"
        text = as_text(own.get(key))
        language = language_of(kind, text, own) if text else None
        use = Use.INSTANT if own.get("instant") is True and own.get("range") is not True else Use.PANEL
        read = self._queries.query(text, language=language, use=use) if language is not None else None
        raw = {**own, "hide": spec.get("hidden"), "datasource": {"type": kind, "uid": source.uid}}
        return Target(panel, raw, (*pointer, "query", "spec"), key, as_text(spec.get("refId")), source, read)

    def _specs(self) -> Iterator[tuple[str, dict[str, Any], Pointer]]:
        for number, raw in enumerate(as_list(self.raw.get("variables"))):
            kind = _VARIABLE_KINDS.get(as_text(as_dict(raw).get("kind")), "")
            yield kind, as_dict(as_dict(raw).get("spec")), (*self.base, "variables", number, "spec")

    def _variables(self) -> Iterator[Variable]:
        for kind, spec, pointer in self._specs():
            query = as_dict(spec.get("query"))
            own = as_dict(query.get("spec"))
            text = as_text(own.get("query")) or as_text(own.get("__legacyStringValue"))
            plugin = as_text(query.get("group")) or as_text(query.get("kind"))
            named = as_dict(query.get("datasource")).get("name") or as_dict(spec.get("datasource")).get("uid")
            source = self.datasources.read({"type": plugin, "uid": as_text(named)})
            inner = inner_query(text)
            read = None
            if kind == "query" and inner and plugin in {"prometheus", ""}:
                read = self._queries.query(inner, language=Language.PROMQL, use=Use.VARIABLE)
            refresh = {"never": 0, "onDashboardLoad": 1, "onTimeRangeChanged": 2}.get(as_text(spec.get("refresh")), 0)
            raw = {**spec, "refresh": refresh} if "refresh" in spec else spec
            yield Variable(raw, pointer, as_text(spec.get("name")), kind, source, text, read)

    def _annotations(self) -> Iterator[tuple[Pointer, Query]]:
        for number, raw in enumerate(as_list(self.raw.get("annotations"))):
            query = as_dict(as_dict(as_dict(raw).get("spec")).get("query"))
            own = as_dict(query.get("spec"))
            text = as_text(own.get("expr"))
            plugin = as_text(query.get("group")) or as_text(query.get("kind"))
            language = language_of(plugin, text, own) if text else None
            if language is not None:
                pointer = (*self.base, "annotations", number, "spec", "query", "spec", "expr")
                yield pointer, self._queries.query(text, language=language, use=Use.ANNOTATION)
