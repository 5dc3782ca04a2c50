"""Nothing that a file holds is more than a problem."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.lint import check, lint
from sync.lint.registry import RULES
from tests.sync.lint.examples import of_rule
from tests.sync.project import Project

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
WORDS = """up rate(x[5m]) $a { {app="a"}|="b" sum(b)by(a) ${ds} prometheus loki row timeseries A -1"""
TEXTS = st.sampled_from(WORDS.split())
KEYS = st.sampled_from(
    [
        "panels",
        "targets",
        "expr",
        "refId",
        "datasource",
        "uid",
        "type",
        "title",
        "templating",
        "list",
        "name",
        "query",
        "gridPos",
        "x",
        "y",
        "w",
        "h",
        "id",
        "fieldConfig",
        "defaults",
        "thresholds",
        "steps",
        "value",
        "overrides",
        "matcher",
        "options",
        "properties",
        "unit",
        "links",
        "url",
        "groups",
        "rules",
        "alert",
        "record",
        "for",
        "labels",
        "annotations",
        "summary",
        "description",
        "interval",
        "route",
        "routes",
        "receivers",
        "receiver",
        "matchers",
        "match",
        "continue",
        "inhibit_rules",
        "kind",
        "spec",
        "elements",
        "data",
        "queries",
        "vizConfig",
        "variables",
        "signals",
        "indicators",
        "buckets",
        "repeat",
        "multi",
        "includeAll",
        "transformations",
        "expression",
        "legendFormat",
        "schemaVersion",
        "rows",
        "dashboard",
        "items",
        "global",
        "scrape_configs",
    ]
)
DOCUMENTS = st.recursive(
    LEAVES | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=6),
    max_leaves=40,
)
SLOW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(document=DOCUMENTS)
def test_any_json_is_linted_without_an_exception(document: object) -> None:
    content = json.dumps(document).encode()
    check({"a.json": content, "b.yaml": content})


@SLOW
@given(panels=DOCUMENTS, variables=DOCUMENTS, groups=DOCUMENTS)
def test_any_panels_variables_and_groups_are_linted_without_an_exception(
    panels: object, variables: object, groups: object
) -> None:
    dashboard = {"title": "A", "uid": "a", "panels": [panels], "templating": {"list": [variables]}}
    rules = {"groups": [groups, {"name": "a", "rules": [groups]}]}
    check({"a.json": json.dumps(dashboard).encode(), "b.yaml": json.dumps(rules).encode()})


@SLOW
@given(text=st.text(max_size=200))
def test_any_text_is_linted_without_an_exception(text: str) -> None:
    content = text.encode("utf-8", "replace")
    check({"a.json": content, "b.yaml": content, "c.md": content, "d.prom": b"# TYPE a gauge\n" + content})


PIECES = """sum rate ( ) [ 5m ] { } = =~ "a" $x [$__rate_interval] by without on group_left , + - * / > bool and or
unless up le histogram_quantile 0.9 | |= json {app="a"} && || status error . resource.a duration 500ms offset @ : # '"""
QUERY = st.lists(st.sampled_from(PIECES.split()), max_size=25).map(" ".join)


@SLOW
@given(query=QUERY, source=st.sampled_from(["prometheus", "loki", "tempo", ""]))
def test_any_query_is_linted_without_an_exception(query: str, source: str) -> None:
    target = {"expr": query, "query": query if source == "tempo" else "", "refId": "A", "legendFormat": "{{a}} {{b}}"}
    panel = {"type": "timeseries", "title": "A", "datasource": {"type": source, "uid": "${ds}"}, "targets": [target]}
    rules = {"groups": [{"name": "a", "rules": [{"alert": "A", "expr": query, "annotations": {"summary": query}}]}]}
    check({"a.json": json.dumps({"title": "A", "panels": [panel]}).encode(), "b.yaml": json.dumps(rules).encode()})


@SLOW
@given(data=st.data())
def test_an_example_with_a_piece_of_it_gone_is_linted_without_an_exception(data: st.DataObject) -> None:
    examples = [example for rule in RULES for example in of_rule(rule)]
    path, text = data.draw(st.sampled_from(examples)).file()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    check({path: (text[:start] + text[end:]).encode()})


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.json", b'{"panels": [', "not JSON"),
        ("a.json", b"\xff\xfe", "no UTF-8"),
        ("a.yaml", b"a: [", "not YAML"),
        ("a.yaml", b"a: &a [*a]", "nests too deep"),
        ("a.json", b"[" * 100_000, "not JSON"),
        ("a.yaml", b"[" * 5_000, "not YAML"),
    ],
)
def test_an_unreadable_file_is_named(name: str, content: bytes, words: str) -> None:
    [problem] = check({name: content})
    assert (problem.path, problem.rule) == (name, "unreadable-file")
    assert words in problem.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    [problem] = lint([tmp_path / "none.json"])
    assert problem.message == "it can't be read: No such file or directory"


ENORMOUS = ["(" * 5_000 + "x" + ")" * 5_000, "+".join(["x"] * 5_000), "-" * 5_000 + "x", "x[9999999999y]", "1e999"]


@pytest.mark.parametrize("expr", ENORMOUS, ids=range(5))
def test_an_enormous_query_is_a_problem_of_its_own(expr: str) -> None:
    panel = {"type": "timeseries", "title": "A", "targets": [{"expr": expr, "refId": "A"}]}
    other = {"type": "timeseries", "title": "B", "targets": [{"expr": "rate(up)", "refId": "A"}]}
    problems = check({"a.json": json.dumps({"title": "A", "uid": "a", "panels": [panel, other]}).encode()})
    assert "B" in {problem.panel for problem in problems if problem.rule == "query-syntax"}


def test_a_lone_surrogate_is_a_problem_of_the_file() -> None:
    text = '{"title": "\\ud800", "uid": "a", "panels": [{"type": "stat", "title": "\\ud800"}], "templating": {}}'
    assert "unreadable-file" in {problem.rule for problem in check({"a.json": text.encode()})}


def test_aliases_that_stand_for_millions_of_values_are_a_problem_of_the_file() -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]
    [problem] = check({"rules.yaml": "\n".join(lines).encode()})
    assert problem.rule == "unreadable-file"
    assert "aliases" in problem.message


def test_a_file_with_groups_of_another_kind_is_not_taken_for_rules() -> None:
    [problem] = check({".pullapprove.yml": b"version: 2\ngroups: {pullapprove: {users: [a]}}\n"})
    assert problem.rule == "unknown-document"


def test_a_folder_with_links_and_pipes_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    (tmp_path / "fine.json").write_text('{"title": "A", "uid": "a", "schemaVersion": 42, "panels": []}')
    (tmp_path / "gone.json").symlink_to("nowhere")
    (tmp_path / "loop.json").symlink_to("loop.json")
    (tmp_path / "again").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.json")
    other = Project(tmp_path)
    (tmp_path / "dash-sync.yaml").unlink()
    result = other.run("lint", "--exit-code", ".")
    assert result.code == 10
    assert "gone.json:1:1: error: it can't be read: No such file or directory [unreadable-file]" in result.out
    assert "loop.json:1:1: error: it can't be read" in result.out
    assert "in 3 files" in result.out
    assert len(lint([tmp_path / "gone.json"])) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.yaml", "kind: [a]\nspec: {}\n"),
        ("a.json", '{"apiVersion":"v1","kind":"ConfigMap","data":{"a.json":"\\ud800"}}'),
        ("a.json", '{"title":"A","uid":"aaa","panels":[],"links":[{"title":"x","type":[],"url":""}]}'),
        (
            "a.yaml",
            "groups: [{rules: [{data: [{refId: A, datasourceUid: __expr__, model: {type: {}, expression: A}}]}]}]",
        ),
        ("a.yaml", 'groups: [{rules: [{alert: A, expr: \'up{job=~"a{99999999999}", job="a"}\'}]}]'),
        ("a.yaml", 'groups: [{rules: [{alert: A, expr: \'up{job=~"(a+)+", job="' + "a" * 40 + "b\"}'}]}]"),
        ("a.json", '{"title":"A","uid":"aaa","panels":[],"description":"' + "token=" * 20000 + '"}'),
        ("a.yaml", "groups: [{rules: [{alert: A, expr: up, annotations: {summary: '" + "above 5 {{ " * 9000 + "'}}]}]"),
    ],
)
def test_odd_kinds_and_texts_without_end_are_linted(name: str, content: str) -> None:
    assert isinstance(check({name: content.encode()}), list)


def test_a_chain_of_records_longer_than_any_is_followed_no_further() -> None:
    rules = [{"record": f"a:b{n}", "expr": f"sum by (x) (a:b{n + 1})"} for n in range(400)]
    document = {"groups": [{"name": "a", "rules": [*rules, {"alert": "A", "expr": "a:b0 > 1"}]}]}
    assert {problem.rule for problem in check({"a.yaml": json.dumps(document).encode()})} >= {"alert-severity"}


def test_no_finding_quotes_a_secret() -> None:
    token = "glsa_abcdefghijklmnopqrstuvwxyz012345_1a2b3c4d"
    text = f"groups: [{{name: a, rules: [{{alert: A, expr: 'up{{token=~\"{token}\"}} == 0'}}]}}]"
    found = check({"a.yaml": text.encode()})
    assert {"secret", "regex-matcher"} <= {problem.rule for problem in found}
    assert not any(token in problem.message for problem in found)


def _alert(expr: str, summary: str) -> str:
    return json.dumps(
        {"groups": [{"name": "a", "rules": [{"alert": "A", "expr": expr, "annotations": {"summary": summary}}]}]}
    )


def _page(**own: object) -> str:
    return json.dumps({"title": "A", "uid": "a", "schemaVersion": 41, "panels": [], **own})


OF_A_TABLE = {"type": "table", "id": 1, "title": "X", "targets": [{"refId": "A", "expr": "up"}]}
BRACKET = {"name": "(", "type": "query", "multi": True, "query": "label_values(up, job)"}
ASKING = {"name": "b", "type": "query", "datasource": {"type": "prometheus"}, "query": 'label_values(up{job="(a"}, x)'}
OLD = {"type": "graph", "id": 1, "title": "T", "yaxes": [{"format": "s"}, {"format": "bytes"}]}
ROUTED = {"route": {"receiver": "a"}, "receivers": [{"name": "a"}]}
OF_A_SHARE = {"type": "gauge", "id": 1, "title": "X", "targets": OF_A_TABLE["targets"]}
LONG = {"unit": ["s"], "max": 10**400, "thresholds": {"steps": [{"value": 10**400}]}}
MATCHED = [{"matcher": {"id": []}}, {"matcher": {"id": "byRegexp", "options": "/[[]a|[^]b/"}}]
WITHOUT_END = [{"alias": "/^(a+)+$/", "yaxis": 2}]
SECONDS = 10
"""Many times what it takes on a slow machine, and less than what it took when the time grew as the square."""


@pytest.mark.parametrize(
    "text",
    [
        _alert("(time() - last_timestamp_seconds) > 24", "No backup for more than 0 hours"),
        _alert("(time() - last_timestamp_seconds) > Inf", "No backup for more than 24 hours"),
        _alert("sum by (job) (disk_free_bytes) < Inf", "Less than 5GB are free"),
        json.dumps({**ROUTED, "time_intervals": [{"name": "n", "time_intervals": [{"location": ["UTC"]}]}]}),
        _page(panels=[{**OF_A_TABLE, "transformations": [{"id": {}, "options": {}}], "options": {"x": "Value #B"}}]),
        _page(templating={"list": [BRACKET, ASKING]}),
        _page(
            panels=[
                {**OLD, "seriesOverrides": WITHOUT_END, "targets": [{"expr": "up", "legendFormat": "a" * 40 + "!"}]}
            ]
        ),
        _page(panels=[{**OF_A_SHARE, "fieldConfig": {"defaults": LONG}}]),
        _page(panels=[{**OF_A_TABLE, "fieldConfig": {"overrides": MATCHED}}]),
    ],
    ids=["zero", "infinite", "infinite size", "place", "kind", "bracket", "pattern without end", "long", "matched"],
)
@pytest.mark.filterwarnings("error")
def test_what_a_reader_broke_it_with(text: str) -> None:
    assert check({"a.json": text.encode()})


@pytest.mark.parametrize(
    "rule",
    [
        '{{alert: Alert{n}x, expr: a > {n}, annotations: {{runbook_url: "https://example.com/alert{n}x.md"}}}}',
        '{{alert: Alert{n}x, expr: a > {n}, annotations: {{runbook_url: "https://example.com/alert1{n}x.md"}}}}',
        '{{alert: A{n}, expr: "a:burnrate1h > {n} * 0.01 and a:burnrate5m > {n} * 0.01"}}',
    ],
)
def test_the_time_for_one_of_many_rules_does_not_grow(rule: str) -> None:
    started = time.process_time()
    check({"a.yaml": f"groups: [{{name: a, rules: [{', '.join(rule.format(n=n) for n in range(1500))}]}}]".encode()})
    assert time.process_time() - started < SECONDS


def test_expressions_that_name_one_another_are_not_written_out_without_end() -> None:
    asked: list[dict[str, object]] = [{"refId": "A", "expr": "rate(a_total[5m])"}]
    for name, before in zip("BCDEF", "ABCDE", strict=True):
        expression = " + ".join([f"${before}"] * 31)
        asked.append({"refId": name, "datasource": {"type": "__expr__"}, "type": "math", "expression": expression})
    for name in "GHIJKLMNOPQ":
        expression = " + ".join(f"${other}" for other in "GHIJKLMNOPQ" if other != name)
        asked.append({"refId": name, "datasource": {"type": "__expr__"}, "type": "math", "expression": expression})
    panel = {"type": "timeseries", "title": "A", "targets": asked, "fieldConfig": {"defaults": {"unit": "s"}}}
    started = time.process_time()
    check({"a.json": _page(panels=[panel]).encode()})
    assert time.process_time() - started < SECONDS


def test_lists_of_other_things_are_unknown() -> None:
    for text in (b"- a\n- b\n", b"- {rules: 1}\n", b"config: {route: {path: /x}, receivers: [a]}\n"):
        assert {problem.rule for problem in check({"a.yaml": text})} == {"unknown-document"}
