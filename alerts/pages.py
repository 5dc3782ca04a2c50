"""Runbooks: the prose of alerts/runbooks joined with what the rules and the routing table know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alerts.links import LINKS, objective_page
from rules_lib.errors import ContentError
from rules_lib.runbooks import join
from rules_lib.runbooks.facts import Facts, objective_facts, threshold_facts
from rules_lib.runbooks.page import problems, read_pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rules_lib.alert_kind import AlertKind
    from rules_lib.objective import Objective
    from rules_lib.routing.table import RoutingTable
    from rules_lib.threshold_alert import ThresholdAlert

FOLDER = "alerts/runbooks"
OBJECTIVES = "Objectives"


def runbook_files(
    watched: Mapping[str, Iterable[ThresholdAlert]],
    objectives: Iterable[Objective],
    table: RoutingTable,
    kinds: Sequence[AlertKind],
) -> dict[str, bytes]:
    """Return every page by its path in rendered/; `watched` are threshold alerts by the title of their component.

    Raises ContentError with alerts that have no page, pages that have no alert, and what pages lack.
    """
    facts: dict[str, list[Facts]] = {}
    groups: dict[str, list[str]] = {OBJECTIVES: []}
    for objective in objectives:
        page = objective_page(objective.name)
        for name, found in objective_facts(objective, table, kinds, dashboard=page).items():
            facts.setdefault(name, []).extend(found)
    groups[OBJECTIVES] += facts
    for title, alerts in watched.items():
        for alert in alerts:
            facts[alert.name] = threshold_facts(alert, table, kinds)
            groups.setdefault(title, []).append(alert.name)
    pages = read_pages(Path(__file__).with_name("runbooks"), shown_as=FOLDER)
    if mistakes := [*problems(pages, facts, shown_as=FOLDER)]:
        raise ContentError(mistakes)
    files = {
        f"{page.name}.md": join.guide(page) if page.is_guide else join.alert_page(page, facts[page.name], links=LINKS)
        for page in pages
    }
    files[join.INDEX] = join.index(pages, groups, facts, folder=FOLDER)
    return {f"runbooks/{name}": content for name, content in files.items()}
