"""Signals of a small shop, one panel of each kind, and a page of them all."""

from panels_lib import (
    Column,
    alert_list,
    bar_gauge,
    cells,
    dashboard,
    gauge,
    heatmap,
    library_panel,
    links,
    logs,
    mappings,
    node_graph,
    overrides,
    row,
    series,
    stat,
    state_timeline,
    status_history,
    table,
    text,
    timeseries,
    trace_list,
    traces,
    transformations,
    variables,
)
from panels_lib import annotations as marks
from signals_lib import Component, Matcher, Thresholds
from signals_lib.promql import buckets, latest, quantile, rate, ratio

SHOP = Component("shop", title="Shop", labels=("environment", "cluster", "instance"))
ORDERS = SHOP.counter("orders_total", help="Orders taken.", unit="orders", labels=("route", "status"))
DURATION = SHOP.histogram(
    "order_duration_seconds",
    help="How long an order takes.",
    unit="s",
    buckets=("0.1", "0.5", "1", "5"),
    observations="orders",
    labels=("route",),
)
MEMORY = SHOP.gauge("memory_bytes", help="Memory in use.", unit="bytes", thresholds=Thresholds(warning=80, critical=90))
HEALTH = SHOP.state_set(
    "till_health",
    help="The state a till is in.",
    unit="tills",
    state_label="health",
    states=("open", "closed"),
    labels=("till",),
)

FAILURES = ratio(rate(ORDERS, where={"status": Matcher.regex("5..")}), rate(ORDERS)).named(
    title="Failed orders",
    description="The share of orders that failed. Above 1 % someone is waiting in vain.",
    thresholds=Thresholds(warning="0.01", critical="0.05"),
)
BUDGET_LEFT = FAILURES.named(
    title="Budget left", thresholds=Thresholds(warning="0.5", critical="0.1", direction="below")
)
LATENCY = [quantile(share, DURATION) for share in ("0.5", "0.95", "0.99")]

PROMETHEUS = variables.data_source()
LOKI, TEMPO = variables.data_source("loki"), variables.data_source("tempo")
ENVIRONMENT = variables.label_values(ORDERS, "environment")
CLUSTER = variables.label_values(ORDERS, "cluster", within=[ENVIRONMENT], all_value=".+")
INSTANCE = variables.label_values(ORDERS, "instance", within=[ENVIRONMENT, CLUSTER], all_value=None)
OTHERS = [
    variables.custom("mode", {"Fast": "fast", "Slow, but sure": "slow"}, multi=True, include_all=True),
    variables.interval("window", "1m", "5m"),
    variables.textbox("trace"),
    variables.constant("owner", "shop"),
]

STATES = mappings.words({0: ("closed", "red"), 1: ("open", "green")})

KINDS = {
    "timeseries": lambda: timeseries(LATENCY, title="Latency", meaning="latency", exemplars=True),
    "timeseries of one query": lambda: timeseries(rate(ORDERS, by=("route",)), title="Orders", meaning="traffic"),
    "timeseries, stacked": lambda: timeseries("sum by (job) (up)", title="Up", unit="targets", stack=True),
    "timeseries, mixed": lambda: timeseries(
        [FAILURES, series(MEMORY_RAW, unit="bytes", colour="red", legend="memory")], title="Both"
    ),
    "stat": lambda: stat(FAILURES, mappings=mappings.verdict(FAILURES.thresholds)),
    "gauge": lambda: gauge(BUDGET_LEFT),
    "bargauge": lambda: bar_gauge(rate(ORDERS, by=("route",)), title="By route"),
    "table": lambda: table(
        [MEMORY_RAW, rate(ORDERS, by=("instance",))],
        title="Instances",
        columns=[
            Column(
                field="instance", title="Instance", links=[links.data_link("Logs", uid="logs", i="${__value.text}")]
            ),
            Column(field=0, title="Memory", cell=cells.gauge_bar(), high=100, width=200, align="right"),
            Column(field=1, title="Orders", decimals=1, mappings=[mappings.between(None, 0, "idle", "red")]),
        ],
        sort_by="Memory",
        join="instance",
        pages=True,
        filterable=True,
    ),
    "table of trends": lambda: table(
        rate(ORDERS, by=("route",)),
        title="Trends",
        columns=[Column(field="route"), Column(field=0, cell=cells.sparkline())],
        trends=True,
    ),
    "heatmap": lambda: heatmap(buckets(DURATION), exemplars=True),
    "state-timeline": lambda: state_timeline(latest(HEALTH, by=("till",)), mappings=[STATES]),
    "status-history": lambda: status_history(latest(HEALTH, by=("till",)), mappings=[STATES]),
    "text": lambda: text("# Hello", key="hello"),
    "alertlist": lambda: alert_list(labels={"severity": "critical"}, group_by=["alertname"]),
    "logs": lambda: logs('{service_name="shop"}', title="Logs", lines=500),
    "traces": lambda: traces("${trace}", title="Trace"),
    "trace list": lambda: trace_list("{ status = error }", title="Failed traces"),
    "nodeGraph": lambda: node_graph(title="Who calls whom"),
    "library panel": lambda: library_panel("shared", "Shared"),
}
MEMORY_RAW = latest(MEMORY, by=("instance",), aggregation="max").named(title="Memory")

OVERRIDES = [
    overrides.override(overrides.by_name("p99"), overrides.colour("red"), overrides.dashed(), overrides.line_width(2)),
    overrides.override(overrides.by_names("a", "b"), overrides.unit("s"), overrides.decimals(2), overrides.fill(0)),
    overrides.override(overrides.by_regex("/^x/"), overrides.bounds(0, 1), overrides.on_right_axis()),
    overrides.override(overrides.by_query("A"), overrides.stacked(), overrides.hidden(legend=False)),
    overrides.override(overrides.by_type("number"), overrides.renamed("n"), overrides.no_value("none")),
    overrides.override(overrides.by_value("max", "gte", 3), overrides.thresholds(FAILURES.thresholds)),
    overrides.override(
        overrides.by_name("c"), overrides.mapped(STATES), overrides.linked(links.data_link("x", url="/y"))
    ),
]
TRANSFORMATIONS = [
    transformations.merge(),
    transformations.labels_to_fields("route", mode="columns"),
    transformations.filter_by_value(transformations.condition("Value", "greater", 0)),
    transformations.group_by(["route"], {"Value": ["sum"]}),
    transformations.join_by_field("route"),
    transformations.join_by_labels("status", "route"),
    transformations.reduce("lastNotNull", "max"),
    transformations.calculate("Sum", "A", "+", "B"),
    transformations.rename_by_regex("(.*)", "$1"),
    transformations.sort_by("Value", descending=True),
    transformations.keep("route", "Value"),
    transformations.limit(5),
    transformations.organize(hide=["Time"], order=["route"], rename={"route": "Route"}),
]


def page_of(*panels, **settings):
    """A page that has all that panels refer to."""
    return dashboard(
        "Panels",
        uid="panels",
        rows=[row("Panels", *panels)],
        variables=[PROMETHEUS, LOKI, TEMPO, ENVIRONMENT, CLUSTER, INSTANCE],
        **settings,
    )


def whole_page():
    """A page with every kind of everything."""
    kinds = [draw() for draw in KINDS.values()]
    return dashboard(
        "The shop",
        uid="the-shop",
        description="All there is to see.",
        tags=["shop", "orders"],
        variables=[PROMETHEUS, LOKI, TEMPO, ENVIRONMENT, CLUSTER, INSTANCE, *OTHERS],
        annotations=[marks.deploys(), marks.tagged("Sales", "sale")],
        links=[
            links.menu("shop", title="Shop"),
            links.to_dashboard("tills", "Tills"),
            links.to_page("https://example.org/runbook", "Runbook"),
        ],
        rows=[
            row(None, *(stat(FAILURES, key=f"stat {number}") for number in range(6))),
            row("Everything", *kinds),
            row("More", timeseries(FAILURES, overrides=OVERRIDES, transformations=TRANSFORMATIONS), collapsed=True),
        ],
    )
