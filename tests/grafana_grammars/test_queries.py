"""LogQL and TraceQL that builders make, the catalogue asks and dashboards send, judged by Grafana's grammars."""

from __future__ import annotations

import importlib
import itertools
import pkgutil
from typing import Any

import catalogue
import dashboards
from catalogue.logs import LOGS
from catalogue.traces import SPANS
from signals_lib import Matcher, logql, traceql
from signals_lib.log_query import LogQuery
from signals_lib.span_query import SpanQuery
from tests.grafana_grammars.grammars import problems

LANGUAGES = {"loki": ("logql", "expr"), "tempo": ("traceql", "query")}


def refused(queries: list[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    return [(text, found) for (_, text), found in zip(queries, problems(queries), strict=True) if found]


def asked(*queries: LogQuery | SpanQuery) -> list[tuple[str, str]]:
    return [(query.language, query.expr) for query in queries]


def test_the_grammars_refuse_what_loki_and_tempo_refuse() -> None:
    # Each was answered with 400 by Loki 3.7.6 or Tempo 3.0.3.
    wrong = [
        ("logql", '{service_name="x"'),
        ("logql", 'rate({service_name="x"})'),
        ("logql", '{service_name="x"} | jsn'),
        ("logql", 'foo_over_time({service_name="x"}[1m])'),
        ("logql", 'sum({service_name="x"})'),
        ("traceql", "{ span.plan_id = "),
        ("traceql", '{ foo.bar = "1" }'),
        ("traceql", "{ } | rat()"),
        ("traceql", "({ status = error } | rate()) / ({ } | rate())"),
    ]
    assert len(refused(wrong)) == len(wrong)


def test_the_grammars_take_what_loki_and_tempo_take() -> None:
    right = [
        ("logql", '{service_name=~"phoenix.*"} |= "x" | json correlation="correlation_id" | correlation="x"'),
        ("logql", 'topk(5, sum by (message) (count_over_time({a="b"} | json message="message" | __error__="" [30m])))'),
        ("traceql", '{ name="agent.call" } > { name = "task.run" }'),
        ("traceql", '{ name = "task.run" } | quantile_over_time(duration, 0.95, 0.5)'),
    ]
    assert not refused(right)


def test_the_catalogue_asks_what_grafana_can_read() -> None:
    queries = [each() for each in (*catalogue.ASKED_OF_LOGS.values(), *catalogue.ASKED_OF_TRACES.values())]
    scope = {"environment": Matcher.regex("$environment"), "level": Matcher.regex("$level")}
    assert queries
    assert not refused(asked(*queries, *(query.scoped(scope) for query in queries)))


def test_every_way_to_ask_logs_is_logql() -> None:
    wheres: list[Any] = [None, {"level": "error"}, {"service_name": "phoenix-agent", "level": Matcher.none_of("debug")}]
    havings: list[Any] = [
        None,
        {"plan_id": 'a "quoted" id'},
        {"trace_id": Matcher.regex("$trace"), "task_id": ("a", "b")},
    ]
    texts = ["", 'said "no"\n', "back\\slash"]
    queries = [logql.busiest(3, LOGS, "plan_id"), logql.top_messages(3, LOGS, by=["component", "level"])]
    for where, having, text in itertools.product(wheres, havings, texts):
        queries.append(logql.lines(LOGS, where=where, having=having, containing=text, matching="(?i)x|y"))
        for count in (logql.volume, logql.rate):
            query = count(LOGS, by=["level"], where=where, having=having, containing=text)
            queries += [query, query.over("5m"), query.highest(), query.share_of(logql.rate(LOGS, by=["level"]))]
    assert not refused(asked(*queries))


def test_every_way_to_ask_traces_is_traceql() -> None:
    wheres: list[Any] = [
        None,
        {"service": "phoenix-agent", "name": "task.run"},
        {"status": ("error", "unset"), "kind": Matcher.none_of("client", "server")},
        {"plan_id": 'a "quoted" id', "route": Matcher.regex("$route"), "environment": Matcher.not_equal("staging")},
    ]
    queries: list[SpanQuery] = [traceql.distribution(SPANS)]
    for where in wheres:
        found = traceql.search(SPANS, where=where)
        queries += [found, traceql.search(SPANS, where=where, longer_than="1.5s", select=["plan_id", "route", "kind"])]
        queries += [found.leading_to(traceql.errors(SPANS)), traceql.slow(SPANS, "500ms", where=where)]
        queries += [found.together_with(traceql.errors(SPANS, select=["name"]))]
        queries += [found.leading_to(found, directly=True).leading_to(traceql.slow(SPANS, "$least"))]
        queries += [count(SPANS, by=["service", "route"], where=where) for count in (traceql.rate, traceql.count)]
        queries += [traceql.quantile("0.99", SPANS, by=["name"], where=where)]
    assert not refused(asked(*queries))


def pages() -> list[dict[str, Any]]:
    names = [found.name for found in pkgutil.iter_modules(dashboards.__path__) if not found.name.startswith("_")]
    modules = [importlib.import_module(f"dashboards.{name}") for name in names]
    return [module.dashboard() for module in modules if hasattr(module, "dashboard")]


def test_the_dashboards_send_what_grafana_can_read() -> None:
    queries = []
    for page in pages():
        panels = [inner for panel in page["panels"] for inner in (panel, *panel.get("panels", []))]
        for target in (target for panel in panels for target in panel.get("targets", [])):
            language, key = LANGUAGES.get(target["datasource"]["type"], ("", ""))
            text = target.get(key, "")
            if language and not text.startswith("${") and target["queryType"] != "serviceMap":
                queries.append((language, text))
    assert {language for language, _ in queries} == {"logql", "traceql"}
    assert not refused(queries)
