"""Mending one panel: its envelope, and what the other modules mend of it."""

from panels_lib.defaults import LEGEND, OPTIONS, filled
from panels_lib.modern_fields import fields
from panels_lib.modern_frame import dashboard_link, data_source
from panels_lib.modern_kind import living
from panels_lib.modern_target import mended_targets
from panels_lib.panel import JsonObject

PLUGIN_VERSION = "12.4.0"
GRAFANALIB_POINTS = 100  # its default, which draws any line with a hundred points
ALWAYS = ("gridPos", "id", "libraryPanel", "maxDataPoints", "queryCachingTTL", "timeCompare", "type")
ONLY_WHEN_SET = (
    "cacheTimeout",
    "description",
    "hideTimeOverride",
    "interval",
    "links",
    "maxPerRow",
    "repeat",
    "repeatDirection",
    "timeFrom",
    "timeShift",
    "transformations",
    "transparent",
)
ASKING_NOTHING = frozenset({"text", "alertlist", "dashlist", "annolist", "news"})
LEGEND_KEYS = ("calcs", "displayMode", "limit", "placement", "showLegend", "sortBy", "sortDesc", "values", "width")


def modern_panel(given: JsonObject) -> JsonObject:
    """Return a panel or a row in today's form."""
    if given.get("libraryPanel"):
        kept: JsonObject = {key: given[key] for key in ("gridPos", "id", "libraryPanel", "title") if key in given}
        return {**kept, "type": "library-panel-ref"}
    if given.get("type") == "row":
        return modern_row(given)
    panel = living(given)
    found = {key: panel[key] for key in ALWAYS if panel.get(key) is not None}
    found |= {key: panel[key] for key in ONLY_WHEN_SET if panel.get(key)}
    if found.get("maxDataPoints") == GRAFANALIB_POINTS:
        del found["maxDataPoints"]
    if "links" in found:
        found["links"] = [dashboard_link(one) for one in found["links"]]
    return {
        **found,
        **queried(panel),
        "fieldConfig": fields(panel),
        "options": filled(options(panel), OPTIONS.get(panel["type"], {})),
        "pluginVersion": PLUGIN_VERSION,
        "title": panel.get("title") or "",
    }


def modern_row(given: JsonObject) -> JsonObject:
    """Return a row's header."""
    found = {
        "collapsed": bool(given.get("collapsed")),
        "gridPos": given["gridPos"],
        "id": given["id"],
        "panels": [modern_panel(panel) for panel in given.get("panels") or []],
        "title": given.get("title") or "",
        "type": "row",
    }
    return {**found, "repeat": given["repeat"]} if given.get("repeat") else found


def queried(panel: JsonObject) -> JsonObject:
    """Return the data source and the queries; a panel that asks nothing has neither."""
    given = panel.get("targets") or []
    if panel["type"] in ASKING_NOTHING and not given:
        return {}
    source = data_source(panel.get("datasource"), "prometheus")
    targets = mended_targets(given, source)
    sources = [target["datasource"] for target in targets]
    shared = sources and all(one == sources[0] for one in sources)
    return {"datasource": sources[0] if shared and not panel.get("datasource") else source, "targets": targets}


def options(panel: JsonObject) -> JsonObject:
    """Return a panel's options without nulls, its legend saying whether it is shown."""
    given = panel.get("options")
    found = {key: value for key, value in given.items() if value is not None} if isinstance(given, dict) else {}
    if isinstance(found.get("legend"), dict) and panel["type"] != "heatmap":
        found["legend"] = legend(found["legend"])
    return found


def legend(given: JsonObject) -> JsonObject:
    """Return a legend with its calculations; 'hidden' was a display mode once."""
    found = {**LEGEND, **{key: given[key] for key in LEGEND_KEYS if given.get(key) is not None}}
    return {**found, "displayMode": "list", "showLegend": False} if found["displayMode"] == "hidden" else found
