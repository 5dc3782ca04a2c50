"""Annotations: what happened, drawn over what was measured."""

from collections.abc import Sequence

from panels_lib.colours import BLUE, RED
from panels_lib.panel import JsonObject

GRAFANA = {"type": "grafana", "uid": "-- Grafana --"}
PROMETHEUS = {"type": "prometheus", "uid": "${datasource}"}


def built_in() -> JsonObject:
    """Return Grafana's own entry, which every dashboard has: annotations made by hand on it."""
    return {
        "builtIn": 1,
        "datasource": GRAFANA,
        "enable": True,
        "hide": True,
        "iconColor": "rgba(0, 211, 255, 1)",
        "name": "Annotations & Alerts",
        "type": "dashboard",
    }


def tagged(name: str, *tags: str, colour: str = BLUE, limit: int = 100, enable: bool = True) -> JsonObject:
    """Show Grafana's annotations that carry any of these tags."""
    return {
        "datasource": GRAFANA,
        "enable": enable,
        "hide": False,
        "iconColor": colour,
        "name": name,
        "target": {"limit": limit, "matchAny": True, "tags": list(tags), "type": "tags"},
    }


def from_prometheus(
    name: str,
    expr: str,
    *,
    title: str,
    text: str = "",
    tags: Sequence[str] = (),
    colour: str = BLUE,
    step: str = "60s",
    enable: bool = True,
    value_is_time: bool = False,
) -> JsonObject:
    """Mark each moment at which the expression has a value; `{{label}}` in title and text, `tags` are label names.

    `value_is_time` puts the mark at the time that the value says, in milliseconds. Grafana's type of a dashboard has
    room for Grafana's own annotations only (see its `target`): a check against the types counts this entry.
    """
    found: JsonObject = {
        "datasource": PROMETHEUS,
        "enable": enable,
        "hide": False,
        "iconColor": colour,
        "name": name,
        "tagKeys": ",".join(tags),
        "target": {"expr": expr, "interval": step, "refId": "Anno"},
        "textFormat": text,
        "titleFormat": title,
    }
    return {**found, "useValueForTime": True} if value_is_time else found


def deploys(*tags: str) -> JsonObject:
    """Mark deploys that a pipeline wrote as annotations of Grafana, tagged `deploy` unless given."""
    return tagged("Deploys", *(tags or ("deploy",)))


def restarts(scope: str = "") -> JsonObject:
    """Mark processes that started, by process_start_time_seconds; `scope` is matchers such as `job="x"`."""
    return from_prometheus(
        "Restarts",
        f"time() - process_start_time_seconds{{{scope}}} < 60",
        title="{{job}} restarted",
        text="{{instance}}",
        tags=("job", "instance"),
    )


def firing_alerts(scope: str = "") -> JsonObject:
    """Mark alerts while they fire, by Prometheus' own ALERTS; `scope` is matchers such as `cluster=~"$cluster"`."""
    matchers = ", ".join(filter(None, ['alertstate="firing"', scope]))
    return from_prometheus(
        "Firing alerts",
        f"ALERTS{{{matchers}}}",
        title="{{alertname}}",
        text="{{severity}} {{job}} {{instance}}",
        tags=("alertname", "severity"),
        colour=RED,
    )
