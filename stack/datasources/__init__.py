"""Grafana's data sources, each leading to the others: rendered/provisioning/datasources.yaml.

Grafana reads the file below /etc/grafana/provisioning/datasources; `dash-sync push --datasources` sends it by the HTTP
API. Both put in the addresses from their environment: PROMETHEUS_URL, LOKI_URL, TEMPO_URL, ALERTMANAGER_URL.
"""

from __future__ import annotations

from rules_lib.rule import dumped
from stack.datasources.sources import SOURCES

FILE = "provisioning/datasources.yaml"
_HEAD = "\n".join(
    (
        "Generated from stack/datasources by dash-sync render; edits here are lost.",
        "For /etc/grafana/provisioning/datasources. Grafana's environment says where the servers are:",
        *(source.url for source in SOURCES),
        "A `$$` is a `$` that isn't the environment's.",
    )
)


def render() -> dict[str, bytes]:
    """Return the provisioning file, by its path in rendered/."""
    return {FILE: dumped({"apiVersion": 1, "datasources": [source.provisioned() for source in SOURCES]}, comment=_HEAD)}
