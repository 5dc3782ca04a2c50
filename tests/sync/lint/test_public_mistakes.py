"""Mistakes that public files have, each in a few lines of our own, and what public files rightly do.

docs/lint.md names the files. A rule that finds the mistake here finds it there.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sync.lint import check
from sync.lint.registry import BY_NAME
from tests.sync.lint.examples import Example
from tests.sync.lint.public_mistakes import IN_DASHBOARDS, Mistake, queries
from tests.sync.lint.public_rule_mistakes import IN_RULES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "lint.md"


TOKEN = """\
global:
  resolve_timeout: 5m
  api_token: "glsa_AbCdEfGhIjKlMnOpQrStUvWxYz012345_a1b2c3d4"
route: {receiver: a}
receivers: [{name: a}]
"""


MISTAKES = [*IN_DASHBOARDS, *IN_RULES]

RIGHT = [
    ("comparison-never", "promql", "rate(x_total[5m]) and on () (vector($latency_metrics) == -1)"),
    ("query-syntax", "promql", "increase(x_total[${__to:date:H}h${__to:date:m}m])"),
    ("query-syntax", "runbook", '```promql\n# good\navg by (cpu) (x)\n# bad\nx{y="z"}\n```\n'),
    (
        "dashboard-shape",
        "file v2.json",
        '{"title": "A", "elements": {}, "layout": {}, "annotations": [], "variables": []}',
    ),
    (
        "dashboard-shape",
        "file perses.yaml",
        "kind: Dashboard\nmetadata: {project: a}\nspec: {panels: {a: {kind: Panel}}}\n",
    ),
    (
        "unit-mismatch",
        "panel",
        "{type: stat, title: A, fieldConfig: {defaults: {unit: µs}}, targets: [{expr: write_micro_seconds, refId: A}]}",
    ),
    (
        "counter-without-rate",
        "record-expr",
        "disk_writes_total * on (node) group_left (shard) topk by (node) (1, kube_node_labels)",
    ),
    ("counter-without-rate", "promql", "sum(exporter_nodes_identified_total) / sum(exporter_nodes_unidentified_total)"),
    ("counter-without-rate", "panel", queries("sum by (status) (awx_status_total)", "irate(awx_status_total[5m])")),
    ("logql-stream-selector", "file loki/alerts.yaml", "groups: [{name: a, rules: [{alert: Always, expr: 1 > 0}]}]\n"),
    ("query-syntax", "file loki/alerts.yaml", "groups: [{name: always, rules: [{alert: Always, expr: 1 > 0}]}]\n"),
    (
        "query-syntax",
        "rules",
        'groups: [{name: a, rules: [{alert: A, expr: 1 > 0}, {alert: B, expr: \'rate({app="a"} |= "b" [5m]) > 0\'}]}]',
    ),
    (
        "rule-file-shape",
        "file scc.yaml",
        "apiVersion: security.openshift.io/v1\nkind: SecurityContextConstraints\ngroups: [system]\nusers: []\n",
    ),
    (
        "unit-mismatch",
        "panel",
        queries("rate(tsdb_compaction_chunk_range_seconds_sum[5m])")[:-1] + ", fieldConfig: {defaults: {unit: Bps}}}",
    ),
]


def _problems(rule: str, kind: str, body: str, folder: Path, beside: tuple[tuple[str, str], ...] = ()) -> list[str]:
    example = Example(BY_NAME[rule], True, kind, body, beside=beside)
    return [problem.message for problem in example.problems(folder)]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake.rule}-{mistake.kind.split()[0]}")
def test_a_public_mistake_is_found_and_its_mend_is_not(mistake: Mistake, tmp_path: Path) -> None:
    assert _problems(mistake.rule, mistake.kind, mistake.wrong, tmp_path, mistake.beside)
    assert not _problems(mistake.rule, mistake.kind, mistake.right, tmp_path, mistake.beside)


@pytest.mark.parametrize(("rule", "kind", "body"), RIGHT, ids=[f"{rule}-{kind.split()[0]}" for rule, kind, _ in RIGHT])
def test_what_public_files_rightly_do_is_left_alone(rule: str, kind: str, body: str, tmp_path: Path) -> None:
    assert not _problems(rule, kind, body, tmp_path)


def test_every_mistake_shown_here_is_named_on_the_page() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("### Seen where")[2]
    assert {mistake.rule for mistake in MISTAKES} <= set(re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE))


def test_every_rule_was_seen_in_a_public_file() -> None:
    page = PAGE.read_text(encoding="utf-8").partition("## On public files")[2]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)) == set(BY_NAME)


def test_a_secret_stands_at_its_own_line() -> None:
    [problem] = [each for each in check({"alertmanager.yaml": TOKEN.encode()}) if each.rule == "secret"]
    assert problem.line == 3
