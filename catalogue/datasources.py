"""Grafana's data sources by their uids: how dashboards, alert rules and the data sources themselves name each other.

A Grafana whose uids are others maps them in its context (`datasources` in dash-sync.yaml).
"""

PROMETHEUS = "prometheus"
LOKI = "loki"
TEMPO = "tempo"
ALERTMANAGER = "alertmanager"
