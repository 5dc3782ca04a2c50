"""The shell: scoped queries, variables, what Grafana would refuse, the same bytes every time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from panels_lib import dashboard, row, stat, timeseries
from panels_lib import variables as v
from signals_lib import Component
from signals_lib.promql import rate
from tests.panels_lib.page import CLUSTER, ENVIRONMENT, INSTANCE, ORDERS, PROMETHEUS, page_of, whole_page


def expressions(page):
    return [target["expr"] for panel in page["panels"] for target in panel.get("targets", [])]


def test_every_query_is_narrowed_by_the_variables_of_its_labels():
    (expr,) = expressions(page_of(timeseries(rate(ORDERS, by=("route",)))))
    assert expr == (
        'sum by (route) (rate(orders_total{job="shop",environment=~"$environment",cluster=~"$cluster",'
        'instance=~"$instance"}[$__rate_interval]))'
    )


def test_a_signal_without_the_label_and_a_text_are_left_alone():
    other = Component("other", labels=("cluster",)).counter("x_total", help="X.", unit="things")
    page = page_of(timeseries([rate(other), 'up{job="x"}'], title="x"))
    assert expressions(page) == ['sum(rate(x_total{job="other",cluster=~"$cluster"}[$__rate_interval]))', 'up{job="x"}']


def test_a_variable_of_one_value_is_compared_as_a_value():
    one = v.label_values(ORDERS, "cluster", multi=False, include_all=False)
    page = dashboard("x", uid="x", rows=[row(None, stat(rate(ORDERS), title="x"))], variables=[one])
    assert 'cluster="$cluster"' in expressions(page)[0]


def test_a_components_own_variable_leaves_other_jobs_alone_but_not_what_every_job_has():
    till = v.label_values(ORDERS, "instance", name="till", own=True)
    bank = Component("bank", labels=("instance",)).counter("payments_total", help="Paid.", unit="payments")
    every = Component(None, labels=("job", "instance")).counter("x_total", help="X.", unit="things")
    panel = timeseries([rate(ORDERS), rate(bank), rate(every)], title="x")
    assert expressions(dashboard("x", uid="x", rows=[row(None, panel)], variables=[till])) == [
        'sum(rate(orders_total{job="shop",instance=~"$till"}[$__rate_interval]))',
        'sum(rate(payments_total{job="bank"}[$__rate_interval]))',
        'sum(rate(x_total{instance=~"$till"}[$__rate_interval]))',
    ]


def variables_of(page):
    return {variable["name"]: variable for variable in page["templating"]["list"]}


def test_label_variables_are_chained():
    queries = {name: one["query"]["query"] for name, one in variables_of(page_of()).items() if one["type"] == "query"}
    assert queries == {
        "environment": 'label_values(orders_total{job="shop"}, environment)',
        "cluster": 'label_values(orders_total{job="shop",environment=~"$environment"}, cluster)',
        "instance": (
            'label_values(orders_total{job="shop",environment=~"$environment",cluster=~"$cluster"}, instance)'
        ),
    }


def test_a_label_variable_says_what_all_stands_for():
    found = variables_of(page_of())
    assert [found[name].get("allValue") for name in ("environment", "cluster", "instance")] == [".*", ".+", None]
    assert found["environment"]["current"] == {"text": ["All"], "value": ["$__all"]}
    assert found["environment"]["refresh"] == 2
    assert found["environment"]["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_each_kind_of_variable_holds_what_grafana_saves():
    found = variables_of(whole_page())
    assert found["datasource"] == {
        "current": {"text": "default", "value": "default"},
        "includeAll": False,
        "label": "Data source",
        "name": "datasource",
        "options": [],
        "query": "prometheus",
        "refresh": 1,
        "regex": "",
        "type": "datasource",
    }
    assert found["mode"]["query"] == r"Fast : fast,Slow\, but sure : slow"
    assert [option["value"] for option in found["mode"]["options"]] == ["$__all", "fast", "slow"]
    assert found["window"]["options"][0] == {"selected": True, "text": "1m", "value": "1m"}
    assert found["trace"]["options"] == [{"selected": True, "text": "", "value": ""}]
    assert found["owner"] == {
        "current": {"text": "shop", "value": "shop"},
        "hide": 2,
        "label": "Owner",
        "name": "owner",
        "query": "shop",
        "type": "constant",
    }


def test_queries_and_panels_name_the_data_source_by_its_variable():
    page = page_of(timeseries(rate(ORDERS), title="x"))
    panel = page["panels"][1]
    assert panel["datasource"] == panel["targets"][0]["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_a_collapsed_row_holds_its_panels():
    page = dashboard(
        "x", uid="x", rows=[row("R", stat("up", title="s"), collapsed=True), row("S", stat("up", title="t"))]
    )
    assert [panel["title"] for panel in page["panels"]] == ["R", "S", "t"]
    assert [panel["title"] for panel in page["panels"][0]["panels"]] == ["s"]


@pytest.mark.parametrize("uid", ["", "x" * 41, "with space", "ü", "a/b"])
def test_a_uid_that_grafana_refuses_is_refused(uid):
    with pytest.raises(ValueError, match="Grafana takes 1 to 40 letters"):
        dashboard("x", uid=uid, rows=[])


def test_two_variables_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two variables are named 'datasource'"):
        dashboard("x", uid="x", rows=[], variables=[PROMETHEUS, PROMETHEUS])


def test_the_same_bytes_whatever_the_hash_seed():
    program = "import orjson; from tests.panels_lib.page import whole_page; print(orjson.dumps(whole_page()).hex())"
    root = Path(__file__).parents[2]
    made = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=root,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(made) == 1


def test_a_page_made_after_another_is_the_same():
    first = whole_page()
    page_of(stat("up", title="x"))
    assert whole_page() == first


def test_variables_are_frozen_data():
    assert (ENVIRONMENT.scopes, CLUSTER.scopes, INSTANCE.scopes) == ("environment", "cluster", "instance")
    with pytest.raises(AttributeError):
        ENVIRONMENT.name = "x"
