"""Every query of every rendered dashboard returns data on a real Prometheus, and the incidents show."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from stack.tools import ROOT
from tests.stack.expectations import EMPTY_WHEN_HEALTHY, TELLS, Panel, Tells
from tests.stack.grafana import Page, Session, Target, TimeRange
from tests.stack.prometheus_api import PrometheusApi, Series
from tests.stack.scenarios import HEALTHY, SCENARIOS, Scenario

pytestmark = pytest.mark.needs("prometheus", "promtool")

PAGES = {page.uid: page for page in map(Page.read, sorted((ROOT / "rendered" / "dashboards").rglob("*.json")))}


@dataclass(frozen=True)
class Query:
    """One query of one page, as a test's parameter."""

    page: Page
    target: Target

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.page.uid, self.target.panel, self.target.ref)


QUERIES = [Query(page, target) for page in PAGES.values() for target in page.targets()]


def look(prometheus: PrometheusApi, page: Page, scenario: Scenario, time: TimeRange | None = None) -> Session:
    return Session(prometheus, time or page.time(scenario.end))


def answer(prometheus: PrometheusApi, query: Query, scenario: Scenario, time: TimeRange | None = None) -> list[Series]:
    session = look(prometheus, query.page, scenario, time)
    return [series for series in session.run(query.target, session.values(query.page)) if series.values]


def queries_of(panel: Panel, ref: str) -> list[Query]:
    return [query for query in QUERIES if query.key == (*panel, ref)]


def named(query: Query) -> str:
    return f"{query.page.uid}/{query.target.panel}/{query.target.ref}"


def test_there_are_dashboards() -> None:
    assert PAGES, "nothing is rendered: run `make dashboards`"
    assert all(any(page.targets()) for page in PAGES.values())


@pytest.mark.parametrize("query", QUERIES, ids=named)
def test_a_query_has_data_when_all_is_well(prometheus: PrometheusApi, query: Query) -> None:
    found = answer(prometheus, query, HEALTHY)
    if empty := EMPTY_WHEN_HEALTHY.get(query.key):
        assert not found, f"declared empty: {empty.because}"
        scenario = SCENARIOS[empty.until]
        found = answer(prometheus, query, scenario, scenario.time)
    assert found, query.target.expr


@pytest.mark.parametrize("uid", PAGES)
def test_every_variable_has_values(prometheus: PrometheusApi, uid: str) -> None:
    page = PAGES[uid]
    session = look(prometheus, page, HEALTHY)
    known = session.values(page)
    assert [variable["name"] for variable in page.variables()] == [*known]
    for variable in page.variables():
        if variable["type"] == "query":
            options = session.options(variable, known)
            assert options
            assert set(options) & {"production", "eu-1", "orchestrator-1", "default-1", "redis-1", "lb-1", "node-1"}


@pytest.mark.parametrize("uid", PAGES)
def test_annotations_are_queries_that_prometheus_takes(prometheus: PrometheusApi, uid: str) -> None:
    page = PAGES[uid]
    session = look(prometheus, page, HEALTHY)
    known = session.values(page)
    for annotation in page.annotations():
        session.run(Target(annotation["name"], "A", annotation["expr"], instant=False), known)


@pytest.mark.parametrize("tells", TELLS, ids=lambda tells: f"{tells.incident}: {'/'.join(tells.panel)}: {tells.words}")
def test_a_panel_shows_its_incident_and_not_before(prometheus: PrometheusApi, tells: Tells) -> None:
    [query] = queries_of(tells.panel, tells.ref)
    scenario = SCENARIOS[tells.incident]
    assert tells.shown_by(answer(prometheus, query, scenario, scenario.time))
    assert not tells.shown_by(answer(prometheus, query, scenario, scenario.before))


@pytest.mark.parametrize("key", EMPTY_WHEN_HEALTHY, ids="/".join)
def test_a_query_that_is_declared_empty_exists(key: tuple[str, str, str]) -> None:
    assert [query for query in QUERIES if query.key == key], "no such panel: take it out of expectations.py"
