"""The collector's configuration: names without a deprecated alias, and what becomes of a line of the workload."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from catalogue.logs import LEVELS, LOGS, PARTS
from stack.tools import ROOT
from tests.stack.fields import read

CONFIG = yaml.safe_load((ROOT / "stack" / "collector" / "collector.yaml").read_text())
COMPOSE = yaml.safe_load((ROOT / "stack" / "compose.yaml").read_text())["services"]
RECEIVER = CONFIG["receivers"]["file_log"]
LINE = {
    "timestamp": "2026-11-24T22:22:12.448123Z",
    "level": "error",
    "correlation_id": "90c192cf-d3ac-44af-8f21-ddb66cad4a26",
    "plan_id": "plan-00c0ffee",
    "task_id": "task-00000007",
    "trace_id": "0fd630f1f29d0da9953f48f1a09f76b5",
    "span_id": "d66686e316a16ac6",
    "component": "agent",
    "message": "Task failed",
    "metadata": {
        "service_name": "phoenix-agent",
        "environment": "production",
        "cluster": "eu-1",
        "instance": "default-1",
    },
}
SEEN = [*map(json.loads, (ROOT / "tests" / "data" / "collector-0.158" / "lines.jsonl").read_text().splitlines())]
# Since 0.144 and 0.149 these are aliases that the collector warns of.
ALIASES = {"filelog", "otlp", "otlphttp"}


def kinds(part: str) -> set[str]:
    return {name.split("/")[0] for name in CONFIG[part]}


def path(field: str) -> list[str]:
    """Read a field of the file log receiver: attributes.a.b, resource["a.b"]."""
    root, bracket, rest = field.partition("[")
    return [*root.split("."), json.loads(rest.removesuffix("]"))] if bracket else root.split(".")


def at(entry: dict[str, Any], field: str) -> Any:
    value: Any = entry
    for key in path(field):
        value = value[key]
    return value


def read_line(line: dict[str, Any]) -> dict[str, Any]:
    """What the receiver's operators make of a line, by their documentation; a field that isn't there is a KeyError."""
    text = json.dumps(line)
    entry: dict[str, Any] = {"body": text, "attributes": {}, "resource": {}}
    for operator in RECEIVER["operators"]:
        match operator["type"]:
            case "json_parser":
                entry["attributes"] = json.loads(entry["body"])
                entry["timestamp"] = at(entry, operator["timestamp"]["parse_from"])
            case "move":
                *parents, last = path(operator["from"])
                moved = at(entry, ".".join(parents)).pop(last)
                *parents, last = path(operator["to"])
                at(entry, ".".join(parents))[last] = moved
            case "retain":
                kept = {field.removeprefix("attributes.") for field in operator["fields"]}
                entry["attributes"] = {name: value for name, value in entry["attributes"].items() if name in kept}
            case other:
                raise AssertionError(f"the test knows no operator {other!r}")
    return entry


def test_no_component_is_named_by_a_deprecated_alias() -> None:
    assert not kinds("exporters") & ALIASES
    assert not kinds("receivers") & (ALIASES - {"otlp"})  # of the receivers, otlp is the name itself


def test_every_component_is_used_and_every_used_one_is_there() -> None:
    service = CONFIG["service"]
    pipelines = service["pipelines"].values()
    for part in ("receivers", "processors", "exporters"):
        assert {name for pipeline in pipelines for name in pipeline[part]} == {*CONFIG[part]}
    assert {*service["extensions"]} == {*CONFIG["extensions"]}
    assert RECEIVER["storage"] in CONFIG["extensions"]
    for pipeline in pipelines:
        assert pipeline["processors"][0] == "memory_limiter"


def test_a_line_gets_the_catalogues_labels_and_its_ids_and_stays_as_it_is() -> None:
    entry = read_line(LINE)
    assert json.loads(entry["body"]) == LINE
    assert entry["resource"] == {
        "service.name": "phoenix-agent",
        "environment": "production",
        "component": "agent",
        "level": "error",
    }
    assert {name.replace(".", "_") for name in entry["resource"]} == {label.name for label in LOGS.labels}
    assert entry["attributes"] == {name: LINE[name] for name in LOGS.ids}


def test_the_line_is_one_of_the_workloads() -> None:
    schema = json.loads((ROOT / "catalogue" / "log_line.schema.json").read_text())
    Draft202012Validator(schema).validate(LINE)
    # What is moved must be in every line, or the collector says an error for each that lacks it.
    moved = [path(each["from"])[1:] for each in RECEIVER["operators"] if each["type"] == "move"]
    for name, *inner in moved:
        assert name in schema["required"]
        assert not inner or inner[0] in schema["properties"][name]["required"]


@pytest.mark.parametrize("seen", SEEN, ids=lambda seen: json.loads(seen["line"])["message"])
def test_a_real_collector_with_this_configuration_made_the_same_of_it(seen: dict[str, Any]) -> None:
    """What collector 0.158 sent to Loki of lines that the simulator wrote, as it was recorded."""
    line = json.loads(seen["line"])
    entry = read_line(line)
    assert entry["resource"] == seen["resource"]
    assert entry["attributes"] == seen["attributes"]
    written = datetime.fromisoformat(entry["timestamp"]) - datetime.fromtimestamp(0, UTC)
    assert written // timedelta(microseconds=1) * 1000 == int(seen["time_unix_nano"])


def test_every_level_and_component_was_recorded() -> None:
    seen = [each["resource"] for each in SEEN]
    assert {each["level"] for each in seen} == {*LEVELS}
    assert {each["component"] for each in seen} == {*PARTS}


def test_a_line_without_ids_is_read_too() -> None:
    bare = {name: value for name, value in LINE.items() if not name.endswith("_id")}
    assert read_line(bare)["attributes"] == {}


def test_the_time_of_a_line_is_read_as_it_is_written() -> None:
    [parser] = [each for each in RECEIVER["operators"] if each["type"] == "json_parser"]
    # Go's reference time, in which any fraction of a second is read: RFC 3339 with nanoseconds.
    assert parser["timestamp"]["layout"] == "2006-01-02T15:04:05.999999999Z07:00"
    assert datetime.fromisoformat(read_line(LINE)["timestamp"]).utcoffset() is not None


def test_lines_and_spans_go_where_loki_and_tempo_take_them() -> None:
    loki = read(ROOT / "stack" / "loki" / "loki.yaml")["server"]["http_listen_port"]
    assert CONFIG["exporters"]["otlp_http/loki"]["endpoint"] == f"http://loki:{loki}/otlp"
    tempo = read(ROOT / "stack" / "tempo" / "tempo.yaml")["distributor"]["receivers"]["otlp"]["protocols"]
    port = tempo["grpc"]["endpoint"].rpartition(":")[2]
    assert CONFIG["exporters"]["otlp_grpc/tempo"]["endpoint"] == f"tempo:{port}"


def test_the_simulator_writes_where_the_collector_reads_and_sends_where_it_listens() -> None:
    words = dict(word.removeprefix("--").split("=", 1) for word in COMPOSE["simulator"]["command"] if "=" in word)
    folder, _, pattern = RECEIVER["include"][0].rpartition("/")
    assert pattern == "*.jsonl"
    assert words["logs"].startswith(f"{folder}/")
    assert words["logs"].endswith(".jsonl")
    assert f"logs:{folder}" in COMPOSE["simulator"]["volumes"]
    assert f"logs:{folder}:ro" in COMPOSE["collector"]["volumes"]
    port = CONFIG["receivers"]["otlp"]["protocols"]["http"]["endpoint"].rpartition(":")[2]
    assert words["otlp"] == f"http://collector:{port}"
