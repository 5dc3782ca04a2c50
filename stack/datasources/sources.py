"""Prometheus, Loki, Tempo and Alertmanager: a click leads from a number to a trace, its logs, its service, and back."""

from __future__ import annotations

from alerts.links import AGENTS
from catalogue import logs, traces
from catalogue.datasources import ALERTMANAGER, LOKI, PROMETHEUS, TEMPO
from signals_lib import logql, traceql
from signals_lib.promql import quantile, rate
from signals_lib.query import Query
from signals_lib.trace_metrics import ERROR
from stack.datasources.datasource import Correlation, DataSource

AROUND = "10m"
"""What is shown before and after a span: a log line may come late, a rate needs samples."""

_TAGS = "$__tags"


def _of_span(query: Query) -> str:
    """Return a query for the span that somebody looks at: Grafana writes its labels in place of $__tags."""
    return query.expr.replace(f'service="{_TAGS}"', _TAGS)


_SERVICE = {"service": _TAGS}
# What fails is a rate here; its share of all spans is on the Traces page.
_TRACE_TO_METRICS = {
    "Spans per second": rate(traces.GENERATED.spans, where=_SERVICE, by=("span_name",), window="5m"),
    "Failed spans per second": rate(
        traces.GENERATED.spans, where={**_SERVICE, "status_code": ERROR}, by=("span_name",), window="5m"
    ),
    "Duration p95": quantile("0.95", traces.GENERATED.latency, where=_SERVICE, by=("span_name",), window="5m"),
}


def _line_field(name: str) -> str:
    """Return what finds a field of a log line's JSON."""
    return f'"{name}":\\s*"([^"]+)"'


# Whose line it is if an agent wrote it, else the agent that it is about; the keys of an object have no order.
_AGENT = f'^(?:(?=.*"service_name":\\s*"{logs.COMPONENT_SERVICES["agent"]}").*"instance"|.*"agent"):\\s*"([^"]+)"'

PROMETHEUS_SOURCE = DataSource(
    uid=PROMETHEUS,
    kind="prometheus",
    name="Prometheus",
    is_default=True,
    settings={
        "httpMethod": "POST",
        "prometheusType": "Prometheus",
        "timeInterval": "15s",  # the scrape interval of stack/prometheus: $__rate_interval is four of them
        "manageAlerts": True,
        "alertmanagerUid": ALERTMANAGER,
        "exemplarTraceIdDestinations": [
            # Our processes say trace_id, Tempo's metrics generator traceID.
            {"name": name, "datasourceUid": TEMPO, "urlDisplayLabel": "Trace"}
            for name in ("trace_id", "traceID")
        ],
    },
    correlations=(
        Correlation(
            target=LOKI,
            label="Errors in its logs",
            description="What the process wrote when this number was measured.",
            field="job",
            variable="job",
            query={"expr": logql.lines(logs.LOGS, where={"service_name": "${job}", "level": "error"}).expr},
        ),
    ),
)

LOKI_SOURCE = DataSource(
    uid=LOKI,
    kind="loki",
    name="Loki",
    settings={
        "maxLines": 1000,
        "alertmanagerUid": ALERTMANAGER,
        "derivedFields": [
            {
                "name": "Trace",
                "matcherType": "label",  # structured metadata counts as one
                "matcherRegex": "^trace_id$",  # Grafana takes the first label that has a match anywhere in its name
                "url": "${__value.raw}",
                "datasourceUid": TEMPO,
                "urlDisplayLabel": "Trace",
            },
            {
                "name": "Agent",
                "matcherType": "regex",
                "matcherRegex": _AGENT,
                "url": f"/d/{AGENTS}?${{__url_time_range}}&var-agent=${{__value.raw}}",
                "urlDisplayLabel": "Agent",
            },
        ],
    },
    correlations=(
        Correlation(
            target=TEMPO,
            label="Traces of the plan",
            description="Every trace of the plan that the line is about.",
            field="Line",
            variable="plan_id",
            pattern=_line_field("plan_id"),
            query={
                "query": traceql.search(traces.SPANS, where={"plan_id": "${plan_id}"}).expr,
                "queryType": "traceql",
            },
        ),
        Correlation(
            target=LOKI,
            label="All lines of the request",
            description="What every service wrote about the request, by its correlation id.",
            field="Line",
            variable="correlation_id",
            pattern=_line_field("correlation_id"),
            query={"expr": logql.lines(logs.LOGS, having={"correlation_id": "${correlation_id}"}).expr},
        ),
    ),
)

TEMPO_SOURCE = DataSource(
    uid=TEMPO,
    kind="tempo",
    name="Tempo",
    settings={
        "tracesToLogsV2": {
            "datasourceUid": LOKI,
            "spanStartTimeShift": f"-{AROUND}",
            "spanEndTimeShift": AROUND,
            "customQuery": True,
            "query": logql.lines(logs.LOGS, having={"trace_id": "${__trace.traceId}"}).expr,
        },
        "tracesToMetrics": {
            "datasourceUid": PROMETHEUS,
            "spanStartTimeShift": f"-{AROUND}",
            "spanEndTimeShift": AROUND,
            "tags": [{"key": "service.name", "value": "service"}],
            "queries": [{"name": name, "query": _of_span(query)} for name, query in _TRACE_TO_METRICS.items()],
        },
        "serviceMap": {"datasourceUid": PROMETHEUS},
        "nodeGraph": {"enabled": True},
        "search": {"hide": False},
        "spanBar": {"type": "Tag", "tag": "http.route"},
    },
)

ALERTMANAGER_SOURCE = DataSource(
    uid=ALERTMANAGER,
    kind="alertmanager",
    name="Alertmanager",
    # It gets the alerts of Prometheus. True would send it those of Grafana's own rules too (docs/alerts.md).
    settings={"implementation": "prometheus", "handleGrafanaManagedAlerts": False},
)

SOURCES = (PROMETHEUS_SOURCE, LOKI_SOURCE, TEMPO_SOURCE, ALERTMANAGER_SOURCE)
