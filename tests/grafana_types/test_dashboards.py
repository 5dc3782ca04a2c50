"""Every dashboard of this repository: Grafana's types, the query models, the SDK's models."""

import importlib
import pkgutil

import pytest

import dashboards
from tests.grafana_types.departures import departures
from tests.grafana_types.foundation import lost
from tests.grafana_types.queries import query_departures


def pages():
    for found in pkgutil.iter_modules(dashboards.__path__):
        if found.name.startswith("_"):  # what pages share
            continue
        module = importlib.import_module(f"dashboards.{found.name}")
        if hasattr(module, "dashboard"):
            yield found.name, module.dashboard()
        if hasattr(module, "dashboards"):
            made = module.dashboards()
            named = made.items() if isinstance(made, dict) else ((page["uid"], page) for page in made)
            yield from ((f"{found.name}: {name}", page) for name, page in named)


PAGES = dict(pages())


def test_there_are_dashboards():
    assert {"system_overview", "business_metrics"} <= PAGES.keys()


@pytest.mark.parametrize("name", PAGES)
def test_a_dashboard_is_as_grafana_types_it(name):
    assert departures(PAGES[name]) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_dashboards_queries_are_their_data_sources(name):
    assert query_departures(PAGES[name]) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_dashboard_survives_the_sdk(name):
    assert lost(PAGES[name]) == []
