"""What the pages of Phoenix share: their frame, their words for states, and the links between them."""

from collections.abc import Sequence
from typing import Any, Literal

from alerts.links import LINKS
from catalogue import process
from panels_lib import Row, annotations, dashboard, links, mappings, variables
from signals_lib import Query, Signal
from signals_lib.promql import total

OVERVIEW, BUSINESS, OBJECTIVES = "phoenix-system-overview", "phoenix-business-metrics", "phoenix-slo"

UP_OR_DOWN = [mappings.words({0: ("down", "red"), 1: ("up", "green")})]
AGENT_STATES = [mappings.words({0: ("healthy", "green"), 1: ("degraded", "orange"), 2: ("unhealthy", "red")})]

Json = dict[str, Any]


def page(
    title: str,
    *,
    uid: str,
    description: str,
    tags: Sequence[str],
    rows: Sequence[Row],
    targets: Signal = process.UP,
    narrow: Sequence[str] = ("environment", "cluster", "instance"),
    time: tuple[str, str] = ("now-6h", "now"),
    refresh: str = "30s",
) -> Json:
    """Return a page in Phoenix's frame; `narrow` are the labels of `targets` that a reader may choose, outermost first.

    Deploys are annotations tagged `deploy`, alerts those tagged `alert`; who deploys or alerts writes them to Grafana.
    """
    chosen = [variables.data_source()]
    for label in narrow:
        chosen.append(variables.label_values(targets, label, within=chosen))
    return dashboard(
        title,
        uid=uid,
        description=description,
        tags=["phoenix", *tags],
        rows=rows,
        variables=chosen,
        annotations=[annotations.deploys(), annotations.tagged("Alerts", "alert", colour="red")],
        links=[links.menu("phoenix", title="Phoenix")],
        time=time,
        refresh=refresh,
    )


def worded(query: Query, good: str, warning: str, critical: str) -> list[Json]:
    """Say in words on which side of its thresholds a query is."""
    if query.thresholds is None:
        raise ValueError(f"{query.title} has no thresholds to put into words")
    return mappings.verdict(query.thresholds, good=good, warning=warning, critical=critical)


def worst(query: Query, aggregation: Literal["max", "min"]) -> Query:
    """Return the one number of many that a first row shows; it keeps what the many mean."""
    one = total(query, aggregation=aggregation)
    return one.named(title=query.title, description=query.description, thresholds=query.thresholds)


def to(uid: str, title: str) -> list[Json]:
    """Link a panel to the page that explains it."""
    return [links.panel_link(title, uid=uid)]


def runbook(alert: str) -> list[Json]:
    """Link a panel to the runbook of the alert that watches the same line."""
    return [links.panel_link(f"Runbook: {alert}", url=LINKS.runbook(alert))]


def only_instance(uid: str) -> list[Json]:
    """Let a click on a series narrow a page to that instance."""
    carry = ("datasource", "environment", "cluster")
    return [links.data_link("Only this instance", uid=uid, carry=carry, instance="${__field.labels.instance}")]
