"""Nothing that panels_lib draws departs from Grafana's own types, and the check would say so if it did."""

import copy

import pytest

from tests.grafana_types.departures import departures
from tests.grafana_types.queries import query_departures
from tests.panels_lib.page import KINDS, OVERRIDES, TRANSFORMATIONS, page_of, whole_page


@pytest.mark.parametrize("kind", KINDS)
def test_a_panel_of_each_kind_is_as_grafana_types_it(kind):
    page = page_of(KINDS[kind]())
    assert departures(page) == []
    assert query_departures(page) == []


def test_a_page_of_everything_is_as_grafana_types_it():
    page = whole_page()
    assert departures(page) == []
    assert query_departures(page) == []


def broken(change):
    page = copy.deepcopy(whole_page())
    change(page, {panel["title"]: panel for panel in page["panels"]})
    return page


VIOLATIONS = {
    "an unknown key of the dashboard": (lambda page, _: page.update(style="dark"), "dashboard"),
    "a null": (lambda page, _: page.update(description=None), "dashboard"),
    "an unknown key of a panel": (lambda _, by: by["Latency"].update(span=6), "timeseries"),
    "a number as a text": (lambda _, by: by["Latency"]["gridPos"].update(w="12"), "timeseries"),
    "a missing option": (lambda _, by: by["Latency"]["options"].pop("legend"), "timeseries.options"),
    "a custom field of another kind": (
        lambda _, by: by["Latency"]["fieldConfig"]["defaults"]["custom"].update(cellOptions={"type": "auto"}),
        "timeseries.custom",
    ),
    "a word that is none of an option's": (
        lambda _, by: by["Budget left"]["options"].update(sizing="huge"),
        "gauge.options",
    ),
    "a variable's dead key": (lambda page, _: page["templating"]["list"][0].update(useTags=False), "dashboard"),
    "a row with a key of a panel": (lambda _, by: by["More"].update(targets=[]), "row"),
    "a panel inside a collapsed row": (lambda _, by: by["More"]["panels"][0].update(editable=True), "timeseries"),
    "a threshold's word": (
        lambda _, by: by["Latency"]["fieldConfig"]["defaults"]["thresholds"]["steps"][0].update(value="null"),
        "timeseries",
    ),
}


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_violation_is_found(violation):
    change, where = VIOLATIONS[violation]
    found = departures(broken(change))
    assert where in {what for what, _, _ in found}


def queries_of(page):
    return [target for panel in page["panels"] for target in panel.get("targets", [])]


QUERY_VIOLATIONS = {
    "no expression": lambda target: target.pop("expr"),
    "a dead key": lambda target: target.update(intervalFactor=2),
    "neither a range nor an instant": lambda target: target.update(range=False, instant=False),
    "no refId": lambda target: target.update(refId=""),
    "a data source by name": lambda target: target.update(datasource="Prometheus"),
    "an unknown format": lambda target: target.update(format="graph"),
}


@pytest.mark.parametrize("violation", QUERY_VIOLATIONS)
def test_a_violation_in_a_query_is_found(violation):
    page = page_of(KINDS["timeseries"]())
    QUERY_VIOLATIONS[violation](queries_of(page)[0])
    assert query_departures(page)


def test_a_refid_used_twice_is_found():
    page = page_of(KINDS["timeseries"]())
    for target in queries_of(page):
        target["refId"] = "A"
    assert query_departures(page)


def test_overrides_and_transformations_reach_the_panel():
    page = whole_page()
    (inside,) = page["panels"][-1]["panels"]
    assert inside["fieldConfig"]["overrides"] == OVERRIDES
    assert inside["transformations"] == TRANSFORMATIONS
