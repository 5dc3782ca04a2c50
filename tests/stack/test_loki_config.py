"""Loki's configurations: fields that a real Loki 3.7 took, labels of the catalogue, retention as the plan asks."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from alerts.links import LINKS
from catalogue.logs import LEVELS, LOGS, PARTS, error_share
from signals_lib import logql
from stack.tools import ROOT
from tests.grafana_grammars.grammars import problems
from tests.stack.fields import fields, read, refused, seconds, started, verdicts

FOLDER = ROOT / "stack" / "loki"
LOCAL, S3 = read(FOLDER / "loki.yaml"), read(FOLDER / "loki-s3.yaml")
GROUPS = yaml.safe_load((FOLDER / "rules" / "fake" / "phoenix.yaml").read_text())["groups"]
RULES = [rule for group in GROUPS for rule in group["rules"]]
BOTH = pytest.mark.parametrize("config", [LOCAL, S3], ids=["local", "s3"])
DAY = 86400
# Not in what was recorded. Valid by Loki 3.7's reference: ingester and limits_config, `otlp_config`.
BY_REFERENCE = {"ingester.chunk_retain_period"} | {
    f"limits_config.otlp_config{path}"
    for path in (
        "",
        ".resource_attributes",
        ".resource_attributes.ignore_defaults",
        *(
            f".{kind}{field}"
            for kind in ("resource_attributes.attributes_config", "scope_attributes", "log_attributes")
            for field in ("", "[].action", "[].attributes", "[].regex")
        ),
    )
}


def retention(config: dict[str, Any], **labels: str) -> float:
    """How many days a line with these labels is kept: the period of the matching selector with the highest priority."""
    limits = config["limits_config"]
    matching = [
        (each["priority"], each["period"])
        for each in limits["retention_stream"]
        if all(labels.get(name) == value for name, value in re.findall(r'(\w+)="([^"]*)"', each["selector"]))
    ]
    return seconds(max(matching)[1] if matching else limits["retention_period"]) / DAY


@BOTH
def test_every_field_is_one_that_a_real_loki_started_with(config: dict[str, Any]) -> None:
    assert {*fields(config)} - started("loki-3.7") <= BY_REFERENCE


@BOTH
def test_no_field_is_one_that_loki_has_dropped(config: dict[str, Any]) -> None:
    dropped = refused("loki-3.7")
    assert dropped >= {"shared_store", "table_manager", "boltdb_shipper", "max_look_back_period"}
    assert not {path.rpartition(".")[2] for path in fields(config)} & dropped


@BOTH
def test_the_index_is_one_that_takes_structured_metadata(config: dict[str, Any]) -> None:
    exact = next(each for each in verdicts("loki-3.7") if each["file"] == "A_exact.yaml")
    assert "schema v13 is required" in exact["verify_3.7.6"]
    [period] = config["schema_config"]["configs"]
    assert (period["store"], period["schema"], period["index"]["period"]) == ("tsdb", "v13", "24h")
    assert config["limits_config"]["allow_structured_metadata"] is True


@BOTH
@pytest.mark.parametrize(("level", "days"), [("debug", 7), ("info", 30), ("warn", 30), ("error", 90)])
@pytest.mark.parametrize("component", PARTS)
def test_lines_are_kept_as_long_as_their_level_is_worth(
    config: dict[str, Any], component: str, level: str, days: int
) -> None:
    assert level in LEVELS
    assert retention(config, component=component, level=level, environment="production") == days


@BOTH
def test_the_compactor_deletes_and_says_where_it_notes_that(config: dict[str, Any]) -> None:
    unsaid = next(each for each in verdicts("loki-3.7") if each["file"] == "N_retention_without_delete_store.yaml")
    assert "delete-request-store should be configured" in unsaid["verify_3.7.6"]
    compactor = config["compactor"]
    assert compactor["retention_enabled"] is True
    assert compactor["delete_request_store"] == config["schema_config"]["configs"][0]["object_store"]
    priorities = [each["priority"] for each in config["limits_config"]["retention_stream"]]
    assert len(set(priorities)) == len(priorities)
    # Loki deletes whole tables' worth: a period must be a multiple of the index's day, and no shorter.
    periods = [each["period"] for each in config["limits_config"]["retention_stream"]]
    assert all(seconds(each) % DAY == 0 for each in [*periods, config["limits_config"]["retention_period"]])


@BOTH
def test_lines_that_come_late_are_taken_for_no_longer_than_the_shortest_retention(config: dict[str, Any]) -> None:
    limits = config["limits_config"]
    shortest = min(seconds(each["period"]) for each in limits["retention_stream"])
    assert seconds(limits["reject_old_samples_max_age"]) <= shortest


@BOTH
def test_labels_are_those_of_the_catalogue_and_ids_are_none(config: dict[str, Any]) -> None:
    otlp = config["limits_config"]["otlp_config"]
    assert otlp["resource_attributes"]["ignore_defaults"] is True
    labels, others = otlp["resource_attributes"]["attributes_config"]
    assert labels["action"] == "index_label"
    assert {name.replace(".", "_") for name in labels["attributes"]} == {label.name for label in LOGS.labels}
    ids, rest = otlp["log_attributes"]
    assert ids["action"] == "structured_metadata"
    assert {*ids["attributes"]} == {*LOGS.ids}
    assert others == rest == {"action": "drop", "regex": ".*"}
    assert not {*ids["attributes"]} & {*labels["attributes"]}


def test_one_process_keeps_one_copy_and_three_keep_three() -> None:
    assert LOCAL["common"]["replication_factor"] == 1
    assert S3["common"]["replication_factor"] == 3
    for config in (LOCAL, S3):
        assert "lifecycler" not in config["ingester"]  # its factor would win over the common one


def test_both_variants_treat_lines_alike() -> None:
    for part in ("limits_config", "ingester", "pattern_ingester", "query_range", "analytics"):
        assert LOCAL[part] == S3[part]


@BOTH
def test_chunks_are_kept_open_as_the_plan_says(config: dict[str, Any]) -> None:
    assert config["ingester"]["chunk_idle_period"] == "1h"
    assert config["ingester"]["chunk_retain_period"] == "30s"
    assert config["schema_config"]["configs"][0]["index"] == {"prefix": "index_", "period": "24h"}


def test_no_secret_stands_in_a_configuration() -> None:
    for path in FOLDER.rglob("*.yaml"):
        assert not re.search(r"secret_access_key:|access_key_id:|password:", path.read_text())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_rules_ask_what_loki_can_read_and_watch_the_catalogues_line(rule: dict[str, Any]) -> None:
    assert problems([("logql", rule["expr"])]) == [[]]
    assert "$__" not in rule["expr"]  # Grafana's macros are errors to Loki
    critical = error_share.thresholds.critical
    assert f">= {critical}" in rule["expr"]
    assert logql.lines(LOGS).expr in rule["expr"].replace(', level="error"', "")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_alerts_of_logs_have_what_the_routing_asks_and_lead_to_pages_that_exist(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert rule["labels"]["owner"] in {"orchestrator", "agents", "platform"}
    said = rule["annotations"]
    assert said["summary"]
    assert said["description"]
    base, _, page = said["runbook_url"].rpartition("/")
    assert base == LINKS.runbooks
    assert (ROOT / "rendered" / "runbooks" / page).exists()
    uid = said["dashboard_url"].removeprefix(f"{LINKS.grafana}/d/").partition("?")[0]
    pages = (ROOT / "rendered" / "dashboards" / "Phoenix").glob("*.json")
    assert uid in {json.loads(path.read_text())["uid"] for path in pages}
