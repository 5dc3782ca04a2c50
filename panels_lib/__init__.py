"""Signals drawn: panels as data, laid out in rows, turned into today's Grafana JSON."""

from panels_lib.dashboard import dashboard
from panels_lib.gauge import gauge
from panels_lib.layout import Row, row
from panels_lib.panel import Panel, Target
from panels_lib.stat import stat
from panels_lib.table import Column, table
from panels_lib.targets import series
from panels_lib.text import library_panel, text
from panels_lib.timeseries import timeseries

__all__ = [
    "Column",
    "Panel",
    "Row",
    "Target",
    "dashboard",
    "gauge",
    "library_panel",
    "row",
    "series",
    "stat",
    "table",
    "text",
    "timeseries",
]
