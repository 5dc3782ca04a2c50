"""A problem stands at the line, column and panel of what is wrong."""

from __future__ import annotations

import base64
import gzip
import json

from sync.lint import Problem, check
from sync.lint.known import nearest
from tests.sync.lint.examples import dashboard

RULES = """\
groups:
  - name: api
    rules:
      - alert: HighErrors
        expr: |
          sum(rate(http_errors_total[5m])
            > 5
      - alert: Other
        expr: "sum(rate(http_errors_total[5m])) > 5 )"
        for: 5 minutes
"""


def found(contents: dict[str, str], rule: str) -> list[Problem]:
    problems = check({path: text.encode() for path, text in contents.items()})
    return [problem for problem in problems if problem.rule == rule]


def test_a_broken_query_in_a_dashboard_is_shown_at_its_character() -> None:
    panel = {"type": "timeseries", "title": "Errors", "targets": [{"expr": 'rate(a{b="c"}[5m]) +', "refId": "A"}]}
    path, text = dashboard(panels=[panel])
    [problem] = found({path: text}, "query-syntax")
    line = text.splitlines()[problem.line - 1]
    assert line.strip().startswith('"expr"')
    assert line[problem.column - 1 :].startswith('"')
    assert problem.panel == "Errors"
    assert "invalid promql query" in problem.message


def test_a_column_counts_the_escapes_of_json() -> None:
    panel = {"type": "timeseries", "title": "A", "targets": [{"expr": 'rate(a{b="c"}[5m]) ) + 1', "refId": "A"}]}
    path, text = dashboard(panels=[panel])
    [problem] = found({path: text}, "query-syntax")
    assert text.splitlines()[problem.line - 1][problem.column - 1 :].startswith(") + 1")


def test_a_broken_query_in_a_rule_is_shown_at_its_line_and_the_rest_is_checked() -> None:
    [block, quoted] = found({"rules.yaml": RULES}, "query-syntax")
    assert (block.line, block.panel) == (6, "HighErrors")
    assert RULES.splitlines()[5][block.column - 1 :].startswith("(rate")
    assert quoted.line == 9
    assert RULES.splitlines()[8][quoted.column - 1 :] == ')"'
    [duration] = found({"rules.yaml": RULES}, "rule-file-shape")
    assert duration.line == 10


def test_a_variable_moves_no_column() -> None:
    expr = 'sum(rate(a{job=~"$job",i="${instance:regex}"}[$__rate_interval])) ) + 1'
    panel = {"type": "timeseries", "title": "A", "targets": [{"expr": expr, "refId": "A"}]}
    path, text = dashboard(panels=[panel], templating={"list": []})
    [problem] = found({path: text}, "query-syntax")
    assert text.splitlines()[problem.line - 1][problem.column - 1 :].startswith(") + 1")


def test_a_dashboard_of_the_second_schema_is_read() -> None:
    query = {"kind": "DataQuery", "group": "prometheus", "datasource": {"name": "x"}, "spec": {"expr": "rate(up)"}}
    element = {
        "kind": "Panel",
        "spec": {
            "id": 1,
            "title": "Up",
            "data": {
                "kind": "QueryGroup",
                "spec": {"queries": [{"kind": "PanelQuery", "spec": {"refId": "A", "query": query}}]},
            },
            "vizConfig": {"kind": "VizConfig", "group": "timeserie", "spec": {}},
        },
    }
    document = {
        "apiVersion": "dashboard.grafana.app/v2",
        "kind": "Dashboard",
        "metadata": {"name": "up"},
        "spec": {"title": "Up", "elements": {"panel-1": element}, "variables": []},
    }
    text = json.dumps(document, indent=2)
    [problem] = found({"up.json": text}, "query-syntax")
    assert problem.panel == "Up"
    assert '"expr"' in text.splitlines()[problem.line - 1]
    assert found({"up.json": text}, "datasource-variable")
    assert found({"up.json": text}, "dead-panel-kind")
    beside = text.replace('"timeserie"', "null")
    assert [problem.message for problem in found({"up.json": beside}, "dead-panel-kind")] == ["the panel has no type"]
    assert found({"up.json": beside.replace('"VizConfig"', '"timeserie"')}, "dead-panel-kind")


def test_a_row_that_is_collapsed_has_panels_too() -> None:
    inner = {"type": "timeseries", "title": "Inner", "targets": [{"expr": "rate(up)", "refId": "A"}]}
    path, text = dashboard(panels=[{"type": "row", "title": "Row", "collapsed": True, "panels": [inner]}])
    assert [problem.panel for problem in found({path: text}, "query-syntax")] == ["Inner"]


def test_a_rule_of_the_operator_is_read() -> None:
    head = "kind: PrometheusRule\napiVersion: v1\nspec:\n  groups:\n    - name: a\n      rules:\n"
    text = head + "        - {alert: A, expr: rate(up)}\n"
    [problem] = found({"rule.yaml": text}, "query-syntax")
    assert (problem.line, problem.panel) == (7, "A")


def test_a_query_of_a_runbook_is_checked() -> None:
    text = "# A\n\n```promql\nsum(rate(a_total[5m])\n```\n"
    [problem] = found({"runbooks/a.md": text}, "query-syntax")
    assert (problem.line, problem.column) == (4, 4)


def test_two_files_with_one_uid_name_each_other() -> None:
    first, second = dashboard(title="A")[1], dashboard(title="B")[1]
    problems = found({"a.json": first, "b.json": second}, "dashboard-uid")
    assert [problem.path for problem in problems] == ["a.json", "b.json"]
    assert "b.json" in problems[0].message


def test_a_label_is_followed_through_recorded_series() -> None:
    rules = """\
groups:
  - name: a
    rules:
      - {record: "route:requests:rate5m", expr: "sum by (route) (rate(requests_total[5m]))", labels: {slo: a}}
      - {record: "route:requests:rate1h", expr: "avg_over_time(route:requests:rate5m[1h])"}
      - {alert: A, expr: 'route:requests:rate1h{slo="a", rout="/"} > 1'}
"""
    [problem] = found({"rules.yaml": rules}, "unknown-label")
    assert "has no label rout; did you mean route?" in problem.message


def test_a_finding_of_a_whole_dashboard_has_the_title_of_the_panel_that_it_points_into() -> None:
    inner = {"type": "stat", "title": "Inner", "id": 2, "targets": [{"expr": 'up{job="$jbo"}', "refId": "A"}]}
    row = {"type": "row", "title": "Row", "id": 1, "collapsed": True, "panels": [inner]}
    path, text = dashboard(panels=[row], templating={"list": [{"type": "custom", "name": "unused", "query": "a,b"}]})
    [undefined] = found({path: text}, "undefined-variable")
    assert undefined.panel == "Inner"
    [unused] = found({path: text}, "unused-variable")
    assert unused.panel == ""


def test_a_finding_of_a_whole_rule_file_has_the_name_of_the_rule() -> None:
    [problem] = found({"rules.yaml": RULES}, "rule-file-shape")
    assert problem.panel == "Other"


def test_a_file_inside_of_a_manifest_is_shown_at_its_line_in_the_manifest() -> None:
    rules = [f"    {line}\n" for line in RULES.splitlines()]
    manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: rules}\ndata:\n  api.rules: |\n" + "".join(rules)
    [block, quoted] = found({"map.yaml": manifest}, "query-syntax")
    assert (block.line, block.panel) == (11, "HighErrors")
    assert manifest.splitlines()[10][block.column - 1 :].startswith("(rate")
    assert manifest.splitlines()[quoted.line - 1][quoted.column - 1 :] == ')"'


def test_escapes_in_a_dashboard_inside_of_a_manifest_move_no_column() -> None:
    panel = {"type": "timeseries", "title": "A", "targets": [{"expr": "a{b=\"c\\\\d\",e=''} ) + 1", "refId": "A"}]}
    _, text = dashboard(panels=[panel])
    inside = "".join(f"    {line}\n" for line in text.splitlines())
    manifest = f"apiVersion: v1\nkind: ConfigMap\ndata:\n  a.json: |-\n{inside}"
    [problem] = found({"map.yaml": manifest}, "query-syntax")
    assert manifest.splitlines()[problem.line - 1][problem.column - 1 :].startswith(") + 1")


def test_a_name_is_nearest_to_itself_in_capitals() -> None:
    route = "route: {receiver: team-DB-pager}\nreceivers: [{name: team-Y-pager}, {name: team-db-pager}]\n"
    [problem] = [each for each in found({"alertmanager.yml": route}, "receiver") if each.severity == "error"]
    assert problem.message.endswith("did you mean team-db-pager?")


def test_a_dashboard_in_an_operators_resource_is_read_where_it_stands() -> None:
    inside = (
        '    {"title": "Shop", "schemaVersion": 42, "panels": [\n      {"id": 1, "type": "graph", "title": "Up"}]}\n'
    )
    head = "apiVersion: grafana.integreatly.org/v1beta1\nkind: GrafanaDashboard\nmetadata: {name: shop}\nspec:\n"
    problems = check({"shop.yaml": f"{head}  json: |\n{inside}".encode()})
    assert ("dead-panel-kind", 7) in {(each.rule, each.line) for each in problems}
    assert "dashboard-uid" not in {each.rule for each in problems}
    [broken] = check({"shop.yaml": f"{head}  json: |\n{inside.replace(']}', ']')}".encode()})
    assert broken.rule == "unreadable-file"
    packed = base64.b64encode(gzip.compress(inside.encode())).decode()
    problems = check({"shop.yaml": f"{head}  gzipJson: {packed}\n".encode()})
    assert ("dead-panel-kind", 5) in {(each.rule, each.line) for each in problems}


def test_what_the_operator_hands_on_is_read_as_the_resource_that_it_is() -> None:
    panel = {"kind": "Panel", "spec": {"id": 1, "title": "Up", "vizConfig": {"kind": "VizConfig", "group": "graph"}}}
    spec = {"title": "Shop", "elements": {"up": panel}, "layout": {"kind": "GridLayout", "spec": {"items": []}}}
    template = {
        "apiVersion": "dashboard.grafana.app/v2",
        "kind": "Dashboard",
        "metadata": {"name": "shop"},
        "spec": spec,
    }
    manifest = {
        "apiVersion": "grafana.integreatly.org/v1beta1",
        "kind": "GrafanaManifest",
        "spec": {"template": template},
    }
    problems = check({"shop.json": json.dumps(manifest).encode()})
    assert {"dead-panel-kind", "dashboard-shape"} <= {each.rule for each in problems}


def test_no_number_is_nearer_than_another() -> None:
    assert nearest("panel-35", ["panel-50", "panel-3"]) == ""
