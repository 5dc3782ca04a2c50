"""Traces: who calls whom, which step fails or is slow, and the traces that show it."""

from catalogue import orchestrator, process, traces
from catalogue.components import TEMPO
from dashboards._page import LOGS, MONITORING, OVERVIEW, TRACES, UP_OR_DOWN, Json, page, to, worded, worst
from panels_lib import (
    Column,
    Panel,
    cells,
    heatmap,
    links,
    node_graph,
    row,
    stat,
    table,
    timeseries,
    trace_list,
    variables,
)
from panels_lib import traces as waterfall
from signals_lib import Matcher
from signals_lib.traceql import quantile

SPAN = "{{service}} {{span_name}}"
# Grafana writes several values here as {a,b} unless told otherwise; `pipe` is what it does in TraceQL by itself.
SERVICE_MAP = f'{{client=~"{"|".join(("user", *traces.SERVICES))}",environment=~"${{environment:pipe}}"}}'
OF_ROUTE = {"route": Matcher.regex("$route")}


def dashboard() -> Json:
    """Return the page."""
    return page(
        "Traces",
        uid=TRACES,
        description="Where does the time of a request go, and where does it fail? Services first, then the steps "
        "within them, then the traces. Put a trace's id into its field to see it whole.",
        tags=["traces"],
        narrow=("environment",),
        sources=("tempo",),
        more=[
            variables.custom("route", orchestrator.ROUTES, include_all=True, all_value=".*"),
            variables.textbox("trace"),
        ],
        rows=[
            row(None, *is_it_fine()),
            row("Services", *services()),
            row("Steps", *steps()),
            row("Traces to open", *to_open()),
            row("One trace", one_trace(), collapsed=True),
        ],
    )


def is_it_fine() -> list[Panel]:
    """Answer in five seconds."""
    steps_failed, calls_failed = worst(traces.span_error_ratio(), "max"), worst(traces.call_error_ratio(), "max")
    there = worst(process.target_up().scoped({"job": str(TEMPO.job)}), "min")
    return [
        stat(steps_failed, title="Worst step", mappings=worded(steps_failed, "hardly fails", "fails", "often fails")),
        stat(calls_failed, title="Worst call", mappings=worded(calls_failed, "hardly fails", "fails", "often fails")),
        stat(
            worst(traces.span_duration_p95().scoped({"span_name": traces.ENTRY}), "max"),
            title="Requests take, p95",
            meaning="latency",
            colour="value",
            links=to(OVERVIEW, "System Overview"),
        ),
        stat(
            traces.span_rate("service").scoped({"span_name": traces.ENTRY}),
            title="Requests traced",
            meaning="traffic",
            colour="value",
            decimals=1,
        ),
        stat(there, title="Tempo", mappings=UP_OR_DOWN, links=to(MONITORING, "Monitoring")),
    ]


def services() -> list[Panel]:
    """Show who calls whom, and how it goes."""
    return [
        node_graph(
            SERVICE_MAP,
            title="Service map",
            description="Who calls whom: a circle a service, its ring the share of calls that failed, its numbers time "
            "and rate. The lowest circle with a red ring is where to begin. A click leads to its traces.",
        ),
        table(
            [traces.call_rate(), traces.call_error_ratio(), traces.call_duration_p95()],
            title="Each call",
            description="Every pair of services, the most failing first. The pair nearest to the bottom of the map is "
            "where the fault is; those above only pass it on.",
            columns=[
                Column(field="client", title="From"),
                Column(field="server", title="To"),
                Column(field=0, title="Calls", decimals=1),
                Column(field=1, title="Failed", cell=cells.coloured_background(), decimals=2),
                Column(field=2, title="p95"),
            ],
            sort_by="Failed",
            width=24,
        ),
    ]


def steps() -> list[Panel]:
    """Rate, errors, duration of the steps within the services."""
    return [
        timeseries(traces.span_error_ratio(), title="Failed by step", legend=SPAN, meaning="errors"),
        timeseries(
            traces.span_duration_p95(), title="Time by step, p95", legend=SPAN, meaning="latency", exemplars=True
        ),
        heatmap(traces.span_duration_distribution(), title="How long steps take", exemplars=True),
        timeseries(traces.span_rate(), title="Steps", legend=SPAN, meaning="traffic"),
        timeseries(
            quantile("0.95", traces.SPANS, by=["route"], where={"name": traces.ENTRY, **OF_ROUTE}),
            title="Time by route, p95",
            description="19 of 20 requests of each route take less, as their traces tell. One route alone is its own "
            "code or data, all together the process. Open one of its slow traces below.",
            meaning="latency",
            width=24,
            links=to(OVERVIEW, "System Overview"),
        ),
    ]


def to_open() -> list[Panel]:
    """List traces worth opening, of the route above."""
    found = (
        traces.slow_traces().scoped(OF_ROUTE),
        traces.failed_traces().entered_by(OF_ROUTE),
        traces.failed_on_agents().entered_by(OF_ROUTE),
    )
    # A search of Tempo answers ids without their leading zeros; lines have them.
    lines = [links.data_link("Log lines of this trace", uid=LOGS, trace_id="0*${__data.fields.traceID}")]
    return [
        failed_requests(),
        *(trace_list(query, links=to(LOGS, "Logs"), data_links=lines) for query in found),
    ]


def failed_requests() -> Panel:
    """Count the failed requests of each route; a click narrows the page to one."""
    return stat(
        orchestrator.failed_requests(),
        title="Failed requests by route",
        legend="{{route}}",
        text="value_and_name",
        meaning="errors",
        colour="value",
        decimals=0,
        instant=True,
        width=24,
        data_links=[links.data_link("Only this route", uid=TRACES, route="${__field.labels.route}")],
    )


def one_trace() -> Panel:
    """Show the trace whose id stands in the field."""
    return waterfall(
        "${trace}",
        title="Trace",
        description="One request from the orchestrator through the queue to the agent. The longest bar without a "
        "longer one below it is where the time goes. A span leads to its log lines.",
        links=to(LOGS, "Logs"),
    )
