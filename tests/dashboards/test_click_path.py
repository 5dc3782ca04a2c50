"""From a burning objective to the route, its traces, their lines, the agent and its Redis: each click leads on.

It reads what is deployed, rendered/dashboards and rendered/provisioning, and nothing of what renders it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

RENDERED = Path(__file__).parents[2] / "rendered"
PAGES = {
    page["uid"]: page
    for page in (json.loads(path.read_text()) for path in sorted((RENDERED / "dashboards").rglob("*.json")))
}
SOURCES = {
    source["uid"]: source
    for source in yaml.safe_load((RENDERED / "provisioning" / "datasources.yaml").read_text().replace("$$", "$"))[
        "datasources"
    ]
}
SLO, TRACES, LOGS, AGENTS, REDIS = "phoenix-slo", "phoenix-traces", "phoenix-logs", "phoenix-agents", "phoenix-redis"
ROUTE_PAGES = ("phoenix-slo-availability", "phoenix-slo-latency", "phoenix-system-overview")
LINE = (
    '{"timestamp":"2026-01-15T12:00:22.362376Z","level":"error","plan_id":"plan-a49bc242","component":"%s","message":'
    '"Operation failed","metadata":{"service_name":"%s","environment":"production","instance":"%s"%s}}'
)
EVERY_VARIABLE = "${__all_variables}"


def panels(uid: str) -> list[dict[str, Any]]:
    flat = [inner for panel in PAGES[uid]["panels"] for inner in (panel, *panel.get("panels", []))]
    return [panel for panel in flat if panel["type"] != "row"]


def variables(uid: str) -> dict[str, dict[str, Any]]:
    return {variable["name"]: variable for variable in PAGES[uid]["templating"]["list"]}


def data_links(panel: dict[str, Any]) -> Iterator[str]:
    """Yield the addresses of a panel's links from values: those of all its fields and of single ones."""
    yield from (link["url"] for link in panel["fieldConfig"]["defaults"].get("links", []))
    for override in panel["fieldConfig"]["overrides"]:
        for given in override["properties"]:
            if given["id"] == "links":
                yield from (link["url"] for link in given["value"])


def leading(uid: str, to: str) -> list[tuple[dict[str, Any], str]]:
    """Return the panels of a page whose values lead to another page, each with the address."""
    return [(panel, url) for panel in panels(uid) for url in data_links(panel) if url.startswith(f"/d/{to}?")]


def queries(panel: dict[str, Any]) -> list[str]:
    return [target.get("expr") or target["query"] for target in panel["targets"]]


def set_by(url: str) -> dict[str, str]:
    """Return the variables that an address sets from what was clicked."""
    return dict(re.findall(r"[?&]var-(\w+)=([^&]*)", url))


def uses(uid: str, variable: str) -> list[dict[str, Any]]:
    asked = re.compile(rf"\$\{{?{variable}\b")
    return [panel for panel in panels(uid) if "targets" in panel and any(map(asked.search, queries(panel)))]


def test_from_the_objectives_to_the_page_of_each() -> None:
    [(_, url)] = leading(SLO, "phoenix-slo-${__value.raw}")
    rules = [path.read_text() for path in (RENDERED / "rules").glob("slo-*.yaml")]
    objectives = {name for text in rules for name in re.findall(r"^ *slo: ([\w-]+)$", text, re.MULTILINE)}
    assert len(objectives) == 5
    for name in objectives:
        assert f"phoenix-slo-{name}" in PAGES
    assert EVERY_VARIABLE in url


@pytest.mark.parametrize("uid", ROUTE_PAGES)
def test_from_a_burning_objective_to_the_traces_of_the_route(uid: str) -> None:
    found = leading(uid, TRACES)
    assert found
    for panel, url in found:
        assert set_by(url) == {"route": "${__field.labels.route}"}
        assert all(re.search(r"by \([^)]*\broute\b", query) for query in queries(panel)), panel["title"]
        # The moment of the point: Tempo refuses the 30 days that the page of an objective shows.
        assert "time=${__value.time}&time.window=" in url
        assert "${__url_time_range}" not in url
        assert "${environment:queryparam}" in url or EVERY_VARIABLE in url
    assert "environment" in variables(uid)
    # The page's own link in a corner leads to a time that Tempo searches, too.
    corner = [link["url"] for panel in panels(uid) for link in panel.get("links", [])]
    if PAGES[uid]["time"]["from"].endswith("d"):
        assert not [url for url in corner if url.startswith(f"/d/{TRACES}?") and "${__url_time_range}" in url]


def test_every_list_of_traces_is_of_the_route_and_the_environment() -> None:
    assert {"route", "environment"} <= variables(TRACES).keys()
    lists = [panel for panel in panels(TRACES) for target in panel["targets"] if target.get("tableType") == "traces"]
    assert len(lists) == 3
    for panel in lists:
        [query] = queries(panel)
        sets = re.findall(r"\{[^}]*\}", query)
        assert sets
        assert all('resource.environment =~ "$environment"' in each for each in sets)
        # Only the request's own span has a route; what it led to hasn't.
        assert ['span.http.route =~ "$route"' in each for each in sets] == [True, *([False] * (len(sets) - 1))]


def test_the_page_of_traces_says_which_route_fails() -> None:
    [(panel, url)] = leading(TRACES, TRACES)
    assert set_by(url) == {"route": "${__field.labels.route}"}
    [query] = queries(panel)
    assert 'status=~"5.."' in query
    assert "by (route)" in query


def test_the_service_map_takes_several_environments() -> None:
    [panel] = [panel for panel in panels(TRACES) if panel["type"] == "nodeGraph"]
    [target] = panel["targets"]
    # Grafana gives this query the values as {a,b} unless a form is named.
    assert variables(TRACES)["environment"]["multi"]
    assert 'environment=~"${environment:pipe}"' in target["serviceMapQuery"]


def test_from_a_trace_to_its_lines() -> None:
    lists = leading(TRACES, LOGS)
    assert len(lists) == 3
    for _, url in lists:
        # A search of Tempo answers ids without their leading zeros; lines have them.
        [(variable, pattern)] = set_by(url).items()
        assert variable in variables(LOGS)
        asked = pattern.replace("${__data.fields.traceID}", "2ed8795610452768dbec3de25019d")
        assert re.fullmatch(asked, "0002ed8795610452768dbec3de25019d")
        assert re.fullmatch(asked, "2ed8795610452768dbec3de25019d")
    assert all('trace_id=~"$trace_id"' in query for panel in uses(LOGS, "trace_id") for query in queries(panel))
    assert [panel["type"] for panel in uses(LOGS, "trace_id")] == ["logs"]
    # And from a span, wherever the trace is seen.
    to_logs = SOURCES["tempo"]["jsonData"]["tracesToLogsV2"]
    assert SOURCES[to_logs["datasourceUid"]]["type"] == "loki"
    assert 'trace_id="${__trace.traceId}"' in to_logs["query"]


def test_from_an_exemplar_and_from_a_line_to_the_trace() -> None:
    by_exemplar = SOURCES["prometheus"]["jsonData"]["exemplarTraceIdDestinations"]
    [by_line] = [field for field in SOURCES["loki"]["jsonData"]["derivedFields"] if field["name"] == "Trace"]
    for each in (*by_exemplar, by_line):
        assert SOURCES[each["datasourceUid"]]["type"] == "tempo"


@pytest.mark.parametrize(
    ("line", "agent"),
    [
        (LINE % ("agent", "phoenix-agent", "default-3", ""), "default-3"),
        (LINE % ("queue", "phoenix-orchestrator", "orchestrator-1", ',"agent":"build-1"'), "build-1"),
        (LINE % ("orchestrator", "phoenix-orchestrator", "orchestrator-1", ""), None),
    ],
)
def test_from_a_line_to_its_agent(line: str, agent: str | None) -> None:
    [field] = [field for field in SOURCES["loki"]["jsonData"]["derivedFields"] if field["name"] == "Agent"]
    found = re.search(field["matcherRegex"], line)
    assert (found and found[1]) == agent
    assert field["url"].startswith(f"/d/{AGENTS}?${{__url_time_range}}&")
    assert set_by(field["url"]) == {"agent": "${__value.raw}"}
    assert variables(AGENTS)["agent"]["query"]["query"].endswith(", instance)")
    assert len(uses(AGENTS, "agent")) > 10


def test_from_an_agent_to_its_redis() -> None:
    corner = [link["url"] for panel in panels(AGENTS) for link in panel.get("links", [])]
    [url] = [url for url in corner if url.startswith(f"/d/{REDIS}?")]
    assert EVERY_VARIABLE in url
    assert {"environment", "cluster"} <= variables(REDIS).keys() & variables(AGENTS).keys()
