"""Which mend a panel kind needs, and which kind took the place of one that Grafana no longer has."""

from collections.abc import Callable

from panels_lib import modern_options
from panels_lib.modern_graph import time_series
from panels_lib.modern_stat import stat
from panels_lib.panel import JsonObject

SUCCESSORS = {
    "graph": "timeseries",
    "singlestat": "stat",
    "grafana-singlestat-panel": "stat",
    "table-old": "table",
    "grafana-piechart-panel": "piechart",
    "natel-discrete-panel": "state-timeline",
    "flant-statusmap-panel": "status-history",
    "grafana-worldmap-panel": "geomap",
}
MENDS: dict[str, Callable[[JsonObject], JsonObject]] = {
    "alertlist": modern_options.alert_list,
    "bargauge": modern_options.bar_gauge,
    "dashlist": modern_options.dashboard_list,
    "gauge": modern_options.gauge,
    "grafana-singlestat-panel": stat,
    "graph": time_series,
    "heatmap": modern_options.heatmap,
    "news": modern_options.news,
    "singlestat": stat,
}


def living(given: JsonObject) -> JsonObject:
    """Return the panel as a living kind, with its settings where the kind's plugin reads them."""
    kind = given.get("type") or "timeseries"
    config = given.get("fieldConfig") or {}
    panel = {
        **given,
        "type": SUCCESSORS.get(kind, kind),
        "fieldConfig": {
            **config,
            "defaults": dict(config.get("defaults") or {}),
            "overrides": list(config.get("overrides") or []),
        },
    }
    mend = MENDS.get(kind)
    return mend(panel) if mend else panel
