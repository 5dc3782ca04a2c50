"""What Grafana's panel plugins fill in on load: said beforehand, so that a page opens as it was saved.

Read in each plugin's module.tsx and panelcfg.cue (public/app/plugins/panel/<kind>/), Grafana 12.4.
"""

from panels_lib.panel import Json, JsonObject

HIDE_FROM: JsonObject = {"legend": False, "tooltip": False, "viz": False}
LEGEND: JsonObject = {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True}
TOOLTIP: JsonObject = {"hideZeros": False, "mode": "single", "sort": "none"}
REDUCE: JsonObject = {"calcs": ["lastNotNull"], "fields": "", "values": False}
AXIS: JsonObject = {
    "axisBorderShow": False,
    "axisCenteredZero": False,
    "axisColorMode": "text",
    "axisLabel": "",
    "axisPlacement": "auto",
    "scaleDistribution": {"type": "linear"},
}

OPTIONS: dict[str, JsonObject] = {
    "timeseries": {"legend": LEGEND, "tooltip": TOOLTIP},
    "stat": {
        "colorMode": "value",
        "graphMode": "area",
        "justifyMode": "auto",
        "orientation": "auto",
        "percentChangeColorMode": "standard",
        "reduceOptions": REDUCE,
        "showPercentChange": False,
        "textMode": "auto",
        "wideLayout": True,
    },
    "gauge": {
        "barShape": "flat",
        "barWidthFactor": 0.5,
        "effects": {"barGlow": False, "centerGlow": False, "gradient": True},
        "endpointMarker": "point",
        "minVizHeight": 75,
        "minVizWidth": 75,
        "orientation": "auto",
        "reduceOptions": REDUCE,
        "segmentCount": 1,
        "segmentSpacing": 0.3,
        "shape": "gauge",
        "showThresholdLabels": False,
        "showThresholdMarkers": True,
        "sizing": "auto",
        "sparkline": True,
        "textMode": "auto",
    },
    "bargauge": {
        "displayMode": "gradient",
        "legend": {**LEGEND, "showLegend": False},
        "maxVizHeight": 300,
        "minVizHeight": 16,
        "minVizWidth": 8,
        "namePlacement": "auto",
        "orientation": "auto",
        "reduceOptions": REDUCE,
        "showUnfilled": True,
        "sizing": "auto",
        "valueMode": "color",
    },
    "table": {"cellHeight": "sm", "frameIndex": 0, "showHeader": True, "sortBy": []},
    "heatmap": {
        "calculate": False,
        "cellGap": 1,
        "cellValues": {},
        "color": {
            "exponent": 0.5,
            "fill": "dark-orange",
            "mode": "scheme",
            "reverse": False,
            "scale": "exponential",
            "scheme": "Oranges",
            "steps": 64,
        },
        "exemplars": {"color": "rgba(255,0,255,0.7)"},
        "filterValues": {"le": 1e-9},
        "legend": {"show": True},
        "rowsFrame": {"layout": "auto"},
        "selectionMode": "x",
        "showValue": "never",
        "tooltip": {"mode": "single", "showColorScale": False, "yHistogram": False},
        "yAxis": {"axisPlacement": "left", "reverse": False},
    },
    "state-timeline": {
        "alignValue": "left",
        "legend": LEGEND,
        "mergeValues": True,
        "perPage": 20,
        "rowHeight": 0.9,
        "showValue": "auto",
        "tooltip": TOOLTIP,
    },
    "status-history": {
        "colWidth": 0.9,
        "legend": LEGEND,
        "perPage": 20,
        "rowHeight": 0.9,
        "showValue": "auto",
        "tooltip": TOOLTIP,
    },
    "text": {
        "code": {"language": "plaintext", "showLineNumbers": False, "showMiniMap": False},
        "content": "",
        "mode": "markdown",
    },
    "logs": {
        "dedupStrategy": "none",
        "enableInfiniteScrolling": False,
        "enableLogDetails": True,
        "prettifyLogMessage": False,
        "showCommonLabels": False,
        "showLabels": False,
        "showLogContextToggle": False,
        "showTime": False,
        "sortOrder": "Descending",
        "wrapLogMessage": False,
    },
    "alertlist": {
        "alertInstanceLabelFilter": "",
        "alertName": "",
        "dashboardAlerts": False,
        "groupBy": [],
        "groupMode": "default",
        "maxItems": 20,
        "showInactiveAlerts": False,
        "sortOrder": 1,
        "stateFilter": {
            "error": True,
            "firing": True,
            "noData": False,
            "normal": False,
            "pending": True,
            "recovering": True,
        },
        "viewMode": "list",
    },
    "barchart": {
        "barRadius": 0,
        "barWidth": 0.97,
        "fullHighlight": False,
        "groupWidth": 0.7,
        "legend": LEGEND,
        "orientation": "auto",
        "showValue": "auto",
        "stacking": "none",
        "tooltip": TOOLTIP,
        "xTickLabelMaxLength": 100,
        "xTickLabelRotation": 0,
        "xTickLabelSpacing": 0,
    },
    "dashlist": {
        "includeVars": False,
        "keepTime": False,
        "maxItems": 10,
        "query": "",
        "showFolderNames": True,
        "showHeadings": True,
        "showRecentlyViewed": False,
        "showSearch": False,
        "showStarred": True,
        "tags": [],
    },
    "histogram": {"bucketCount": 30, "bucketOffset": 0, "legend": LEGEND, "tooltip": TOOLTIP},
    "news": {"feedUrl": "", "showImage": True},
    "piechart": {
        "displayLabels": [],
        "legend": {**LEGEND, "values": []},
        "orientation": "auto",
        "pieType": "pie",
        "reduceOptions": REDUCE,
        "sort": "desc",
        "tooltip": TOOLTIP,
    },
    "nodeGraph": {"edges": {}, "layoutAlgorithm": "layered", "nodes": {}, "zoomMode": "cooperative"},
}

CUSTOM: dict[str, JsonObject] = {
    "timeseries": {
        **AXIS,
        "barAlignment": 0,
        "barWidthFactor": 0.6,
        "drawStyle": "line",
        "fillOpacity": 0,
        "gradientMode": "none",
        "hideFrom": HIDE_FROM,
        "insertNulls": False,
        "lineInterpolation": "linear",
        "lineWidth": 1,
        "pointSize": 5,
        "showPoints": "auto",
        "showValues": False,
        "spanNulls": False,
        "stacking": {"group": "A", "mode": "none"},
        "thresholdsStyle": {"mode": "off"},
    },
    "barchart": {
        **AXIS,
        "fillOpacity": 80,
        "gradientMode": "none",
        "hideFrom": HIDE_FROM,
        "lineWidth": 1,
        "thresholdsStyle": {"mode": "off"},
    },
    "histogram": {
        "fillOpacity": 80,
        "gradientMode": "none",
        "hideFrom": HIDE_FROM,
        "lineWidth": 1,
        "stacking": {"group": "A", "mode": "none"},
    },
    "piechart": {"hideFrom": HIDE_FROM},
    "table": {"align": "auto", "cellOptions": {"type": "auto"}, "footer": {"reducers": []}, "inspect": False},
    "heatmap": {"hideFrom": HIDE_FROM, "scaleDistribution": {"type": "linear"}},
    "state-timeline": {"axisPlacement": "auto", "fillOpacity": 70, "hideFrom": HIDE_FROM, "lineWidth": 0},
    "status-history": {"axisPlacement": "auto", "fillOpacity": 70, "hideFrom": HIDE_FROM, "lineWidth": 1},
}

COLOUR: dict[str, str] = {"timeseries": "palette-classic", "barchart": "palette-classic", "piechart": "palette-classic"}
WITHOUT_FIELDS = frozenset({"alertlist", "annolist", "dashlist", "logs", "news", "nodeGraph", "text", "traces"})
WITHOUT_STANDARD_FIELDS = WITHOUT_FIELDS | {"heatmap"}


def filled(given: Json, default: Json) -> Json:
    """Return what was given with the default's missing keys, at every depth; lists are whole."""
    if not (isinstance(given, dict) and isinstance(default, dict)):
        return given
    merged = {key: copied(value) for key, value in default.items() if key not in given}
    merged.update({key: filled(value, default[key]) if key in default else value for key, value in given.items()})
    return merged


def copied(value: Json) -> Json:
    """Return a copy, so that no panel shares a default with another."""
    if isinstance(value, dict):
        return {key: copied(inner) for key, inner in value.items()}
    return [copied(inner) for inner in value] if isinstance(value, list) else value
