"""What Grafana takes for granted, and writes into a dashboard when someone saves it in the UI.

Sources: the DashboardModel and PanelModel constructors (apps/dashboard/pkg/migration/frontend_defaults.go), the panels'
own plugin modules and models (public/app/plugins/panel/*), and the standard field options.
"""

from __future__ import annotations

from typing import Any

from sync.diff.values import Json

REFRESH_INTERVALS = ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"]
BUILT_IN_NAME = "Annotations & Alerts"
BUILT_IN_COLOUR = "rgba(0, 211, 255, 1)"

DASHBOARD: Json = {
    "editable": True,
    "graphTooltip": 0,
    "fiscalYearStartMonth": 0,
    "timepicker": {"refresh_intervals": REFRESH_INTERVALS},
    "time": {"from": "now-6h", "to": "now"},
}
VARIABLE: Json = {
    "hide": 0,
    "sort": 0,
    "auto_count": 30,
    "auto_min": "10s",
    "allowCustomValue": True,
    "regexApplyTo": "value",
}
ANNOTATION: Json = {"enable": True, "iconColor": BUILT_IN_COLOUR}
LINK: Json = {"icon": "external link", "type": "link"}
QUERY: Json = {"format": "time_series", "intervalFactor": 1, "mode": "range"}

THRESHOLDS: Json = {"mode": "absolute", "steps": "green, ≥ 80 red"}
LEGEND: Json = {"displayMode": "list", "placement": "bottom", "showLegend": True}
TOOLTIP: Json = {"mode": "single", "sort": "none"}
LEGEND_AND_TOOLTIP: Json = {"legend": LEGEND, "tooltip": TOOLTIP}
ONE_VALUE: Json = {"reduceOptions": {"calcs": ["lastNotNull"]}, "orientation": "auto", "text": {}}
AXIS: Json = {
    "axisColorMode": "text",
    "axisPlacement": "auto",
    "scaleDistribution": {"type": "linear"},
    "thresholdsStyle": {"mode": "off"},
}
LINES: Json = AXIS | {
    "barAlignment": 0,
    "barWidthFactor": 0.6,
    "drawStyle": "line",
    "fillOpacity": 0,
    "gradientMode": "none",
    "lineInterpolation": "linear",
    "lineStyle": {"fill": "solid"},
    "lineWidth": 1,
    "pointSize": 5,
    "showPoints": "auto",
    "stacking": {"group": "A", "mode": "none"},
}
BARS: Json = AXIS | {"fillOpacity": 80, "gradientMode": "none", "lineWidth": 1}
BY_THRESHOLDS = {"mode": "thresholds"}
BY_SERIES = {"mode": "palette-classic"}

OPTIONS: dict[str, Json] = {
    "timeseries": LEGEND_AND_TOOLTIP,
    "trend": LEGEND_AND_TOOLTIP,
    "xychart": LEGEND_AND_TOOLTIP | {"mapping": "auto", "seriesMapping": "auto"},
    "candlestick": LEGEND_AND_TOOLTIP
    | {
        "candleStyle": "candles",
        "colorStrategy": "open-close",
        "colors": {"down": "red", "up": "green", "flat": "gray"},
        "mode": "candles+volume",
    },
    "barchart": LEGEND_AND_TOOLTIP
    | {
        "barWidth": 0.97,
        "barRadius": 0,
        "groupWidth": 0.7,
        "orientation": "auto",
        "showValue": "auto",
        "stacking": "none",
        "xTickLabelRotation": 0,
        "xTickLabelSpacing": 0,
        "xTickLabelMaxLength": 0,
    },
    "histogram": LEGEND_AND_TOOLTIP | {"bucketCount": 30, "bucketOffset": 0},
    "state-timeline": LEGEND_AND_TOOLTIP
    | {"alignValue": "left", "mergeValues": True, "rowHeight": 0.9, "showValue": "auto", "perPage": 20},
    "status-history": LEGEND_AND_TOOLTIP | {"colWidth": 0.9, "rowHeight": 0.9, "showValue": "auto", "perPage": 20},
    "piechart": LEGEND_AND_TOOLTIP | ONE_VALUE | {"pieType": "pie", "sort": "desc"},
    "stat": ONE_VALUE
    | {
        "colorMode": "value",
        "graphMode": "area",
        "justifyMode": "auto",
        "textMode": "auto",
        "wideLayout": True,
        "percentChangeColorMode": "standard",
    },
    "gauge": ONE_VALUE
    | {
        "minVizHeight": 75,
        "minVizWidth": 75,
        "showThresholdMarkers": True,
        "sizing": "auto",
        "shape": "gauge",
        "barWidthFactor": 0.5,
        "barShape": "flat",
        "segmentCount": 1,
        "segmentSpacing": 0.3,
        "endpointMarker": "point",
        "effects": {"barGlow": False, "centerGlow": False, "gradient": False},
        "sparkline": False,
        "textMode": "auto",
    },
    "bargauge": ONE_VALUE
    | {
        "displayMode": "gradient",
        "maxVizHeight": 300,
        "minVizHeight": 16,
        "minVizWidth": 8,
        "namePlacement": "auto",
        "showUnfilled": True,
        "sizing": "auto",
        "valueMode": "color",
        "legend": LEGEND | {"showLegend": False},
    },
    "table": {
        "cellHeight": "sm",
        "showHeader": True,
        "frameIndex": 0,
        "footer": {"reducer": ["sum"], "show": False},
    },
    "heatmap": {
        "cellGap": 1,
        "cellRadius": 0,
        "color": {
            "exponent": 0.5,
            "fill": "dark-orange",
            "mode": "scheme",
            "scale": "exponential",
            "scheme": "Oranges",
            "steps": 64,
        },
        "exemplars": {"color": "rgba(255,0,255,0.7)"},
        "filterValues": {"le": 1e-9},
        "legend": {"show": True},
        "rowsFrame": {"layout": "auto"},
        "selectionMode": "x",
        "showValue": "auto",
        "tooltip": {"mode": "single", "show": True, "sort": "none"},
        "yAxis": {"axisPlacement": "left"},
    },
    "text": {"mode": "markdown", "code": {"language": "plaintext"}},
    "logs": {
        "dedupStrategy": "none",
        "enableLogDetails": True,
        "sortOrder": "Descending",
        "detailsMode": "inline",
        "fontSize": "default",
    },
    "news": {"showImage": True},
    "dashlist": {"maxItems": 10, "showHeadings": True, "showStarred": True, "showFolderNames": True},
    "annolist": {
        "limit": 10,
        "navigateAfter": "10m",
        "navigateBefore": "10m",
        "navigateToPanel": True,
        "showTags": True,
        "showTime": True,
        "showUser": True,
    },
    "alertlist": {
        "alertInstanceLabelFilter": "",
        "groupMode": "default",
        "maxItems": 20,
        "sortOrder": 1,
        "viewMode": "list",
    },
    "nodeGraph": {"layoutAlgorithm": "layered", "zoomMode": "cooperative"},
    "geomap": {"tooltip": {"mode": "details"}},
    "canvas": {"inlineEditing": True, "panZoom": True, "showAdvancedTypes": True, "zoomToContent": True},
}
CUSTOM: dict[str, Json] = {
    "timeseries": LINES,
    "trend": LINES,
    "candlestick": LINES,
    "xychart": AXIS
    | {"show": "points", "pointSize": {"fixed": 5}, "pointShape": "circle", "pointStrokeWidth": 1, "fillOpacity": 50},
    "barchart": BARS,
    "histogram": BARS | {"stacking": {"group": "A", "mode": "none"}},
    "state-timeline": {"fillOpacity": 70, "lineWidth": 0, "axisPlacement": "auto"},
    "status-history": {"fillOpacity": 70, "lineWidth": 1, "axisPlacement": "auto"},
    "heatmap": {"scaleDistribution": {"type": "linear"}},
    "table": {"align": "auto", "cellOptions": {"type": "auto"}, "footer": {"reducers": []}},
    "geomap": {},
}
COLOUR: dict[str, Any] = dict.fromkeys(
    ("stat", "gauge", "bargauge", "table", "state-timeline", "status-history", "geomap", "canvas"), BY_THRESHOLDS
)


def panel(kind: str) -> Json:
    """Return the defaults of a panel of a kind, in the shape of its normalised tree."""
    return {
        "fieldConfig": {
            "defaults": {
                "color": COLOUR.get(kind, BY_SERIES),
                "thresholds": THRESHOLDS,
                "custom": CUSTOM.get(kind, {}),
            },
        },
        "options": OPTIONS.get(kind, LEGEND_AND_TOOLTIP),
        "repeatDirection": "h",
    }
