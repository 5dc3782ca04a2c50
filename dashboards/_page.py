"""What the pages of Phoenix share: their frame, their words for states, and the links between them."""

from collections.abc import Sequence
from typing import Any, Literal

from alerts.links import LINKS
from catalogue import process
from panels_lib import Row, annotations, dashboard, links, mappings, variables
from panels_lib.variables import Variable
from signals_lib import Query, Signal
from signals_lib.asked import Asked
from signals_lib.promql import total

OVERVIEW, BUSINESS, OBJECTIVES = "phoenix-system-overview", "phoenix-business-metrics", "phoenix-slo"
AGENTS, REDIS, BALANCER, NODES = "phoenix-agents", "phoenix-redis", "phoenix-load-balancer", "phoenix-nodes"
MONITORING, LOGS, TRACES = "phoenix-monitoring", "phoenix-logs", "phoenix-traces"

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
    instance: str = "instance",
    sources: Sequence[Literal["loki", "tempo"]] = (),
    more: Sequence[Variable] = (),
    marks: Sequence[Json] = (),
    time: tuple[str, str] = ("now-6h", "now"),
    refresh: str = "30s",
) -> Json:
    """Return a page in Phoenix's frame; `narrow` are the labels of `targets` that a reader may choose, outermost first.

    `instance` names the variable that chooses an instance. A component's page has one of its own, so that a link
    doesn't carry a Redis server to the page of the load balancers, and it leaves the other components' queries alone.
    Deploys are annotations tagged `deploy`, alerts those tagged `alert`; who deploys or alerts writes them to Grafana.
    `marks` are annotations beyond these, `sources` data sources beside Prometheus, `more` variables after the labels.
    """
    chosen = [variables.data_source(), *map(variables.data_source, sources)]
    for label in narrow:
        name = instance if label == "instance" else label
        own = name != label
        chosen.append(variables.label_values(targets, label, name=name, title=_title(name), within=chosen, own=own))
    return dashboard(
        title,
        uid=uid,
        description=description,
        tags=["phoenix", *tags],
        rows=rows,
        variables=[*chosen, *more],
        annotations=[annotations.deploys(), annotations.tagged("Alerts", "alert", colour="red"), *marks],
        links=[links.menu("phoenix", title="Phoenix")],
        time=time,
        refresh=refresh,
    )


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def worded(query: Asked, good: str, warning: str, critical: str) -> list[Json]:
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


def lately(uid: str, title: str) -> list[Json]:
    """Link a panel to a page at that page's own time: Tempo doesn't search the 30 days of an objective's page."""
    return [links.panel_link(title, uid=uid, timed=False)]


def runbook(alert: str) -> list[Json]:
    """Link a panel to the runbook of the alert that watches the same line."""
    return [links.panel_link(f"Runbook: {alert}", url=LINKS.runbook(alert))]


def only(uid: str, variable: str = "instance") -> list[Json]:
    """Let a click on a series narrow a page to that instance; `variable` is the page's name for it."""
    return [_data_link("Only this one", uid, variable, "${__field.labels.instance}")]


def of_route() -> list[Json]:
    """Let a click on a route's series open its traces of that time."""
    return [links.data_link("Traces of this route", uid=TRACES, around=3600, route="${__field.labels.route}")]


def row_of(uid: str, title: str, variable: str = "instance", column: str = "Instance") -> list[Json]:
    """Let a click on a table's row open a page narrowed to the row's instance, which stands in `column`."""
    return [_data_link(title, uid, variable, f"${{__data.fields.{column}}}")]


def _data_link(title: str, uid: str, variable: str, value: str) -> Json:
    chosen: dict[str, Any] = {variable: value}
    return links.data_link(title, uid=uid, **chosen)
