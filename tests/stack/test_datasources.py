"""The provisioning file of data sources: what it names exists, and every link asks what the other side can answer."""

from __future__ import annotations

import os
import re
from typing import Any

import orjson
import pytest
import yaml

from signals_lib import grammar
from stack.tools import ROOT
from sync.datasources import references
from tests.grafana_grammars.grammars import problems

FILE = ROOT / "rendered" / "provisioning" / "datasources.yaml"
ADDRESSES = {
    "PROMETHEUS_URL": "http://prometheus:9090",
    "LOKI_URL": "http://loki:3100",
    "TEMPO_URL": "http://tempo:3200",
    "ALERTMANAGER_URL": "http://alertmanager:9093",
}


@pytest.fixture
def sources(monkeypatch) -> dict[str, dict[str, Any]]:
    """What Grafana reads from the file, by uid."""
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, address in ADDRESSES.items():
        monkeypatch.setenv(name, address)
    return {source["uid"]: interpolated(source) for source in raw()}


def raw() -> list[dict[str, Any]]:
    return yaml.safe_load(FILE.read_text())["datasources"]


def interpolated(value: Any) -> Any:
    """Do as Grafana's provisioning: split at $$, put in the environment, an unset variable as nothing."""
    if isinstance(value, str):
        parts = (re.sub(r"\$\{?(\w+)\}?", lambda one: os.environ.get(one[1], ""), part) for part in value.split("$$"))
        return "$".join(parts)
    if isinstance(value, dict):
        return {key: interpolated(item) for key, item in value.items()}
    return [interpolated(item) for item in value] if isinstance(value, list) else value


def values(value: Any, name: str) -> list[Any]:
    if isinstance(value, dict):
        return [*([value[name]] if name in value else []), *(v for item in value.values() for v in values(item, name))]
    return [found for item in value for found in values(item, name)] if isinstance(value, list) else []


def test_addresses_come_from_the_environment_and_secrets_stay_out(sources):
    assert {source["url"] for source in sources.values()} == set(ADDRESSES.values())
    for source in raw():
        assert re.fullmatch(r"\$\{[A-Z_]+\}", source["url"])
        assert all(value.startswith("$") for value in source.get("secureJsonData", {}).values())


def test_the_uids_are_those_that_dashboards_use(sources):
    used = {
        key
        for file in (ROOT / "rendered" / "dashboards").rglob("*.json")
        for key in references(orjson.loads(file.read_bytes()))
    }
    kinds = [source["type"] for source in sources.values()]
    for what, name in used:
        if what == "uid":
            assert name in sources
        else:
            assert kinds.count(name) == 1, f"a variable that chooses a {name} has no choice but one"
    assert [source["uid"] for source in sources.values() if source["isDefault"]] == ["prometheus"]


def test_each_link_leads_to_a_data_source_of_the_right_kind(sources):
    found = {uid: set(values(source, "datasourceUid")) for uid, source in sources.items()}
    assert found == {"prometheus": {"tempo"}, "loki": {"tempo"}, "tempo": {"loki", "prometheus"}, "alertmanager": set()}
    targets = {uid: set(values(source, "targetUID")) for uid, source in sources.items()}
    assert targets == {"prometheus": {"loki"}, "loki": {"loki", "tempo"}, "tempo": set(), "alertmanager": set()}
    assert {sources[uid]["jsonData"]["alertmanagerUid"] for uid in ("prometheus", "loki")} == {"alertmanager"}


def test_an_exemplar_leads_to_its_trace_whoever_wrote_it(sources):
    named = {one["name"] for one in sources["prometheus"]["jsonData"]["exemplarTraceIdDestinations"]}
    assert named == {"trace_id", "traceID"}  # client libraries; Tempo's metrics generator


def test_a_log_line_leads_to_its_trace(sources):
    derived = sources["loki"]["jsonData"]["derivedFields"][0]
    assert (derived["name"], derived["matcherType"], derived["url"]) == ("Trace", "label", "${__value.raw}")
    # Grafana takes the first label whose name has a match anywhere, so a parent's or an extracted one might win.
    names = ("parent_trace_id", "trace_id_extracted", "span_id", "trace_id")
    assert [name for name in names if re.search(derived["matcherRegex"], name)] == ["trace_id"]


def test_a_log_line_leads_to_its_agent(sources):
    derived = sources["loki"]["jsonData"]["derivedFields"][1]
    assert (derived["name"], derived["matcherType"]) == ("Agent", "regex")
    assert derived["url"] == "/d/phoenix-agents?${__url_time_range}&var-agent=${__value.raw}"
    assert "datasourceUid" not in derived  # which would make a query of the address


def test_what_a_trace_asks_survives_provisioning_and_parses(sources):
    settings = sources["tempo"]["jsonData"]
    assert '| trace_id="${__trace.traceId}"' in settings["tracesToLogsV2"]["query"]
    queries = [each["query"] for each in settings["tracesToMetrics"]["queries"]]
    assert len(queries) == 3
    for query in queries:
        assert query.count("$__tags") == 1  # as Grafana writes its labels over it
        grammar.check(query.replace("$__tags", 'service="phoenix-agent"'))


def test_correlations_ask_in_the_language_of_their_target(sources):
    languages = {"loki": ("logql", "expr"), "tempo": ("traceql", "query")}
    asked = [("logql", sources["tempo"]["jsonData"]["tracesToLogsV2"]["query"])]
    for source in sources.values():
        for correlation in source.get("correlations", []):
            config = correlation["config"]
            language, key = languages[sources[correlation["targetUID"]]["type"]]
            (transformation,) = config["transformations"]
            assert f"${{{transformation['mapValue']}}}" in config["target"][key]
            re.compile(transformation["expression"])
            asked.append((language, config["target"][key]))
    assert len(asked) == 4
    assert not [found for found in problems(asked) if found]


def test_the_pattern_of_an_id_finds_it_in_a_log_line(sources):
    line = '{"timestamp":"2026-11-24T10:00:00Z","level":"info","correlation_id":"c-7", "plan_id": "plan-1"}'
    found = {}
    for correlation in sources["loki"]["correlations"]:
        (transformation,) = correlation["config"]["transformations"]
        match = re.search(transformation["expression"], line)
        assert match is not None
        found[transformation["mapValue"]] = match[1]
    assert found == {"plan_id": "plan-1", "correlation_id": "c-7"}
