"""Signals drawn: panels as data, laid out in rows, turned into today's Grafana JSON."""

from panels_lib.alert_list import alert_list
from panels_lib.bar_gauge import bar_gauge
from panels_lib.dashboard import dashboard
from panels_lib.gauge import gauge
from panels_lib.heatmap import heatmap
from panels_lib.layout import Row, row
from panels_lib.library_panel import library_panel
from panels_lib.logs import logs
from panels_lib.node_graph import node_graph
from panels_lib.panel import Panel, Target
from panels_lib.stat import stat
from panels_lib.state_timeline import state_timeline
from panels_lib.status_history import status_history
from panels_lib.table import Column, table
from panels_lib.targets import series
from panels_lib.text import text
from panels_lib.timeseries import timeseries
from panels_lib.traces import trace_list, traces

__all__ = [
    "Column",
    "Panel",
    "Row",
    "Target",
    "alert_list",
    "bar_gauge",
    "dashboard",
    "gauge",
    "heatmap",
    "library_panel",
    "logs",
    "node_graph",
    "row",
    "series",
    "stat",
    "state_timeline",
    "status_history",
    "table",
    "text",
    "timeseries",
    "trace_list",
    "traces",
]
