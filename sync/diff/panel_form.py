"""A panel of classic JSON, of any schema, in its comparable form."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

from sync.diff import defaults, fields, legacy, library_panel
from sync.diff.datasources import reference
from sync.diff.model import Notes, Panel, Place, Query
from sync.diff.strip import strip
from sync.diff.values import Json, listing, mapping, objects, text, whole

if TYPE_CHECKING:
    from sync.diff.read import Path

# Identity, state of the page, and what is said elsewhere in the form.
NOISE = frozenset({
    "id", "type", "title", "gridPos", "targets", "datasource", "pluginVersion", "autoMigrateFrom", "editable",
    "error", "isNew", "renderer", "$$hashKey", "span", "height", "cachedPluginOptions", "scopedVars",
    "repeatIteration", "repeatPanelId", "repeatedByRow", "panels", "collapsed", "key", "snapshotData", "_path",
    "_layout", "_kind", "_nested", "table", "hasRefreshed", "refreshWhenInView",
})  # fmt: skip
QUERY_NOISE = frozenset({
    "refId", "datasource", "editorMode", "fullMetaSearch", "includeNullMetadata", "disableTextWrap", "useBackend",
    "key", "requestId", "$$hashKey", "range", "instant",
})  # fmt: skip
# What grafanalib and old editors leave beside a Prometheus expression.
BESIDE_EXPR = frozenset({"metric", "query", "step", "target"})
TEXTS = ("expr", "query", "rawSql", "expression", "target", "queryText", "rawQuery", "logql", "sql")
LANGUAGES = {
    "prometheus": "promql", "loki": "logql", "tempo": "traceql", "mysql": "sql", "postgres": "sql", "mssql": "sql",
    "grafana-postgresql-datasource": "sql", "influxdb": "influxql", "graphite": "graphite", "__expr__": "expression",
}  # fmt: skip


def panel(
    source: Json, *, schema: int, inputs: dict[str, Json], section: int, place: Place | None, path: Path, notes: Notes
) -> Panel:
    """Return the comparable form of a panel of schema 12 to 42."""
    number = source.get("id")
    ident = number if isinstance(number, int) and not isinstance(number, bool) else None
    title = text(source.get("title"))
    if isinstance(source.get("libraryPanel"), dict):
        tree = library_panel.tree(source)
        _per_row(tree, source)
        tree = strip(tree, {"repeatDirection": "h"}, dropped=notes.defaults, at="panel")
        return Panel(title, library_panel.KIND, "", section, place, (), tree, path, ident)
    current, was = legacy.modern(source, schema=schema)
    kind = text(current.get("type")) or "unknown"
    if was or schema < 42:
        notes.migrations.add(f"panel {ident}")
    if kind == "text":
        current = legacy.text_panel(current)
    current = field_options(current)
    tree = {key: value for key, value in current.items() if key not in NOISE}
    tree["fieldConfig"] = fields.field_config(current.get("fieldConfig"), kind=kind, schema=schema, migrated=bool(was))
    tree["options"] = _options(mapping(current.get("options")), schema)
    tree["transformations"] = _transformations(current, schema)
    tree["links"] = [fields.link(item) for item in objects(current.get("links"))]
    _per_row(tree, current)
    tree = strip(tree, defaults.panel(kind), dropped=notes.defaults, at="panel")
    queries = _queries(current, inputs=inputs, path=path, notes=notes)
    own = reference(current.get("datasource"), inputs=inputs)
    raw = strip({key: value for key, value in source.items() if key not in NOISE}, {}, dropped=[]) if was else {}
    return Panel(title, kind, was, section, place, queries, tree, path, ident, own, raw)


def _per_row(tree: Json, current: Json) -> None:
    """Before schema 17 a repeated panel had a least width, since then a most per row."""
    if "minSpan" in tree:
        least = whole(tree.pop("minSpan"))
        if least > 0 and current.get("repeat"):
            tree["maxPerRow"] = max(factor for factor in (1, 2, 3, 4, 6, 8, 12, 24) if factor <= 24 / least)
    if not current.get("repeat"):
        for key in ("maxPerRow", "repeatDirection"):
            tree.pop(key, None)


def field_options(current: Json) -> Json:
    """Stat, gauge and bar gauge before 7.0 kept their fields in options.fieldOptions."""
    options = mapping(current.get("options"))
    old = options.get("fieldOptions")
    if not isinstance(old, dict):
        return current
    config = mapping(current.get("fieldConfig"))
    was = mapping(old.get("defaults"))
    found = {key: old[key] for key in ("thresholds", "mappings") if old.get(key)} | was
    merged = {
        "defaults": mapping(config.get("defaults")) | found,
        "overrides": listing(config.get("overrides")) + listing(old.get("overrides")),
    }
    reduce = {key: old.get(key) for key in ("values", "limit", "calcs")}
    rest = {key: value for key, value in options.items() if key != "fieldOptions"}
    return current | {"fieldConfig": merged, "options": rest | {"reduceOptions": reduce}}


def _options(options: Json, schema: int) -> Json:
    found = dict(options)
    if "tooltipOptions" in found:
        found.setdefault("tooltip", found.pop("tooltipOptions"))
    legend = found.get("legend")
    hidden = isinstance(legend, dict) and schema < 37 and legend.get("showLegend") is False
    if isinstance(legend, dict) and (hidden or legend.get("displayMode") == "hidden"):
        found["legend"] = legend | {"displayMode": "list", "showLegend": False}
    return found


def _transformations(current: Json, schema: int) -> list[Json]:
    found: list[Json] = []
    for item in objects(current.get("transformations")):
        options = mapping(item.get("options"))
        stats = options.get("refIdToStat")
        if item.get("id") == "timeSeriesTable" and isinstance(stats, dict):
            options = {ref: {"stat": stat} for ref, stat in stats.items()}
        found.append(item | {"options": options})
        if item.get("id") == "labelsToFields" and schema < 31:
            found.append({"id": "merge", "options": {}})
    return found


def _queries(current: Json, *, inputs: dict[str, Json], path: Path, notes: Notes) -> tuple[Query, ...]:
    targets = listing(current.get("targets"))
    taken = {text(item.get("refId")) for item in objects(targets)}
    letters = (
        letter
        for letter in (*string.ascii_uppercase, *(f"Q{index}" for index in range(len(targets))))
        if letter not in taken
    )
    used: set[str] = set()
    found = []
    for index, target in enumerate(targets):
        if not isinstance(target, dict):
            continue
        ref = text(target.get("refId"))
        named = bool(ref) and ref not in used
        if not named:
            ref = next(letters)
        used.add(ref)
        one = _query(
            target,
            ref=ref,
            named=named,
            panel_source=current.get("datasource"),
            inputs=inputs,
            path=(*path, "targets", index),
            notes=notes,
        )
        if one.text or one.tree:
            found.append(one)
    return tuple(found)


def _query(
    target: Json, *, ref: str, named: bool, panel_source: Any, inputs: dict[str, Json], path: Path, notes: Notes
) -> Query:
    own = target.get("datasource")
    if own in (None, "", {}) or (isinstance(own, dict) and not own.get("uid") and not own.get("type")):
        own = panel_source
    source = reference(own, inputs=inputs)
    key = next((name for name in TEXTS if isinstance(target.get(name), str) and target[name]), "")
    language = LANGUAGES.get(source.get("type", ""), "promql" if key == "expr" and not source.get("type") else "text")
    noise = QUERY_NOISE | BESIDE_EXPR if key == "expr" else QUERY_NOISE
    tree = {name: value for name, value in target.items() if name not in noise and name != key}
    if target.get("instant") or "range" in target:
        whole_range = target.get("range", not target.get("instant"))
        tree["mode"] = (
            "both" if target.get("instant") and whole_range else "instant" if target.get("instant") else "range"
        )
    tree = strip(tree, defaults.QUERY, dropped=notes.defaults, at="query")
    return Query(ref, named, language, text(target.get(key)), source, tree, path)
