"""The alerts again as rules that Grafana evaluates, for those who push them (docs/alerts.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.links import LINKS, objective_page
from catalogue.datasources import PROMETHEUS
from rules_lib import alert_file, burn_alerts
from rules_lib.grafana_rules import grafana_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rules_lib.objective import Objective
    from rules_lib.rule import Group
    from rules_lib.threshold_alert import ThresholdAlert

FOLDER = "Phoenix"
PREFIX = "phoenix"


def managed_files(
    watched: Mapping[str, Sequence[ThresholdAlert]], objectives: Iterable[Objective], *, source: str
) -> dict[str, bytes]:
    """Return alerting/*.yaml by path in rendered/, named as the files of rules/; `watched` are alerts by module."""
    return {
        f"alerting/{name}.yaml": grafana_file(
            groups, folder=FOLDER, prefix=PREFIX, data_source=PROMETHEUS, comment=_head(made_from)
        )
        for name, made_from, groups in _groups(watched, objectives, source)
    }


def _groups(
    watched: Mapping[str, Sequence[ThresholdAlert]], objectives: Iterable[Objective], source: str
) -> Iterator[tuple[str, str, Sequence[Group]]]:
    for name, alerts in watched.items():
        yield name, f"alerts/{name}.py", alert_file.groups(name, alerts, LINKS)
    for each in objectives:
        page = objective_page(each.name)
        yield f"slo-{each.name}", source, [burn_alerts.group(each, links=LINKS, dashboard=page)]


def _head(source: str) -> str:
    return (
        f"Generated from {source} by dash-sync render; edits here are lost.\n"
        "For `dash-sync push --alerts`, instead of the alerts in rules/: with both, everybody is told twice."
    )
