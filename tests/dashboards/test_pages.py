"""What every page owes its reader: a first row that answers, a few panels that say what they mean, links that lead."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from typing import Any

import pytest
import yaml

import alerts
import dashboards

ABOUT_25 = 25
OWN_LINKS = re.compile(r"/d/(?P<uid>[\w-]+)\?(?P<query>[^\"]*)")
RUNBOOK = re.compile(re.escape(alerts.LINKS.runbook("X")[:-1]) + r"(?P<alert>\w+)")


def made() -> list[dict[str, Any]]:
    pages = []
    for found in pkgutil.iter_modules(dashboards.__path__):
        module = importlib.import_module(f"dashboards.{found.name}")
        pages += module.dashboards() if hasattr(module, "dashboards") else []
        pages += [module.dashboard()] if hasattr(module, "dashboard") and not found.name.startswith("_") else []
    return pages


PAGES = {page["uid"]: page for page in made()}


def panels(page: dict[str, Any]) -> list[dict[str, Any]]:
    flat = [inner for panel in page["panels"] for inner in (panel, *panel.get("panels", []))]
    return [panel for panel in flat if panel["type"] != "row"]


def first_row(page: dict[str, Any]) -> list[dict[str, Any]]:
    heads = [panel["gridPos"]["y"] for panel in page["panels"] if panel["type"] == "row"]
    return [panel for panel in page["panels"] if panel["type"] != "row" and panel["gridPos"]["y"] < min(heads)]


def leads_to(page: dict[str, Any]) -> set[str]:
    return {found["uid"] for found in OWN_LINKS.finditer(json.dumps(page))} - {page["uid"]}


def alert_names() -> set[str]:
    files = [yaml.safe_load(text) for path, text in alerts.render().items() if re.fullmatch(r"rules/[^/]+", path)]
    rules = [rule for file in files for group in file["groups"] for rule in group["rules"]]
    return {rule["alert"] for rule in rules if "alert" in rule}


@pytest.mark.parametrize("uid", PAGES)
def test_the_first_row_answers_in_at_most_six_numbers(uid: str) -> None:
    head = first_row(PAGES[uid])
    assert 1 <= len(head) <= 6
    assert {panel["type"] for panel in head} <= {"stat", "gauge"}


@pytest.mark.parametrize("uid", PAGES)
def test_a_page_is_not_longer_than_a_reader_takes_in(uid: str) -> None:
    assert len(panels(PAGES[uid])) <= ABOUT_25


@pytest.mark.parametrize("uid", PAGES)
def test_every_panel_says_what_it_means(uid: str) -> None:
    assert [panel["title"] for panel in panels(PAGES[uid]) if not panel.get("description")] == []


@pytest.mark.parametrize("uid", PAGES)
def test_panels_of_a_page_have_titles_of_their_own(uid: str) -> None:
    told = [(panel["type"], panel["title"]) for panel in panels(PAGES[uid])]
    assert sorted({each for each in told if told.count(each) > 1}) == []


@pytest.mark.parametrize("uid", PAGES)
def test_links_lead_to_pages_that_exist_and_set_variables_that_those_have(uid: str) -> None:
    for found in OWN_LINKS.finditer(json.dumps(PAGES[uid])):
        assert found["uid"] in PAGES
        names = {variable["name"] for variable in PAGES[found["uid"]]["templating"]["list"]}
        assert {*re.findall(r"var-(\w+)=\$\{__", found["query"])} <= names


@pytest.mark.parametrize("uid", PAGES)
def test_runbook_links_name_alerts_that_exist(uid: str) -> None:
    named = {found["alert"] for found in RUNBOOK.finditer(json.dumps(PAGES[uid]))}
    assert named <= alert_names()


@pytest.mark.parametrize("uid", PAGES)
def test_a_page_leads_on_and_is_led_to_and_has_the_menu(uid: str) -> None:
    assert leads_to(PAGES[uid])
    assert [other for other, page in PAGES.items() if uid in leads_to(page)]
    [menu] = [link for link in PAGES[uid]["links"] if link["type"] == "dashboards"]
    assert (menu["tags"], menu["includeVars"], menu["keepTime"]) == (["phoenix"], True, True)
    assert "phoenix" in PAGES[uid]["tags"]


@pytest.mark.parametrize("uid", PAGES)
def test_a_choice_of_one_component_is_not_carried_into_another(uid: str) -> None:
    # `$instance` is shared by pages of all jobs only: a Redis server chosen here would empty the load balancer's page.
    for variable in PAGES[uid]["templating"]["list"]:
        if variable["name"] == "instance":
            assert "job=" not in variable["query"]["query"]
