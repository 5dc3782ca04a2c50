"""Tempo's configuration: fields that a real Tempo 3.0 took, one retention, the span metrics of the catalogue."""

from __future__ import annotations

import json
import re

import yaml

from catalogue import traces
from stack.tools import ROOT
from tests.stack.fields import fields, read, refused, seconds, started

CONFIG = read(ROOT / "stack" / "tempo" / "tempo.yaml")
GENERATOR = CONFIG["metrics_generator"]


def test_every_field_is_one_that_a_real_tempo_started_with() -> None:
    assert {*fields(CONFIG)} - started("tempo-3.0") == set()


def test_no_field_is_one_that_tempo_has_dropped() -> None:
    dropped = refused("tempo-3.0")
    assert dropped >= {"compactor", "ingester", "search_enabled", "traces_storage", "local_blocks"}
    names = {path.split(".")[0] for path in fields(CONFIG)} | {path.rpartition(".")[2] for path in fields(GENERATOR)}
    assert not names & dropped


def test_traces_are_kept_for_two_weeks_by_who_plans_and_who_deletes() -> None:
    planned = CONFIG["backend_scheduler"]["provider"]["compaction"]["compaction"]["block_retention"]
    done = CONFIG["backend_worker"]["compaction"]["block_retention"]
    assert seconds(planned) == seconds(done) == 14 * 86400


def test_the_time_of_every_page_can_be_asked_for() -> None:
    # The menu carries a page's time to the next: Tempo answers "range specified by start and end exceeds" beyond this.
    pages = [json.loads(path.read_text()) for path in (ROOT / "rendered" / "dashboards").rglob("*.json")]
    days = [int(found[1]) for page in pages if (found := re.fullmatch(r"now-(\d+)d", page["time"]["from"]))]
    for asked in ("search", "metrics"):
        assert seconds(CONFIG["query_frontend"][asked]["max_duration"]) > max(days) * 86400 >= 30 * 86400


def test_spans_come_by_otlp_only() -> None:
    receivers = CONFIG["distributor"]["receivers"]
    assert {name: {*each["protocols"]} for name, each in receivers.items()} == {"otlp": {"grpc", "http"}}


def test_span_metrics_and_the_service_graph_have_the_catalogues_labels_and_no_ids() -> None:
    processors = CONFIG["overrides"]["defaults"]["metrics_generator"]["processors"]
    assert {name.replace("-", "_") for name in processors} == GENERATOR["processor"].keys()
    for processor in GENERATOR["processor"].values():
        assert not {*processor["dimensions"]} & {*traces.IDS}
    own = {"service", "span_name", "span_kind", "status_code"}
    assert {*traces.GENERATED.spans.labels} == own | {*GENERATOR["processor"]["span_metrics"]["dimensions"]}
    own = {"client", "server", "connection_type"}
    assert {*traces.GENERATED.calls.labels} == own | {*GENERATOR["processor"]["service_graphs"]["dimensions"]}
    # Buckets are Tempo's own, which are those of the catalogue.
    assert not [path for path in fields(GENERATOR) if path.endswith("histogram_buckets")]


def test_what_is_generated_goes_where_prometheus_takes_it() -> None:
    [target] = GENERATOR["storage"]["remote_write"]
    assert target == {"url": "http://prometheus:9090/api/v1/write", "send_exemplars": True}
    compose = yaml.safe_load((ROOT / "stack" / "compose.yaml").read_text())
    flags = compose["services"]["prometheus"]["command"]
    assert {"--web.enable-remote-write-receiver", "--enable-feature=exemplar-storage"} <= {*flags}
