"""TraceQL from span sets, and the series that Tempo makes of them."""

from __future__ import annotations

import pytest

from signals_lib import Label, Matcher, traceql
from signals_lib.errors import (
    CardinalityError,
    DefinitionError,
    GrammarError,
    KindError,
    LabelError,
    LabelValueError,
)
from signals_lib.promql import quantile, rate
from signals_lib.span_query import SpanQuery
from signals_lib.span_set import Attribute, SpanSet
from signals_lib.trace_metrics import ERROR, trace_metrics

SHOP = SpanSet(
    "shop",
    services=("till", "bank"),
    spans=("order", "pay"),
    help="Orders and what they cost.",
    resource=("environment",),
    attributes=(Attribute("route", "http.route", ("/orders", "/carts")),),
    ids=("order_id",),
)
OURS = 'resource.service.name =~ "till|bank"'


@pytest.mark.parametrize(
    ("query", "expr"),
    [
        (traceql.search(SHOP), f"{{ {OURS} }}"),
        (traceql.search(SHOP, where={"order_id": "7"}), f'{{ {OURS} && span.order_id = "7" }}'),
        (traceql.slow(SHOP, "1.5s", where={"name": "pay"}), f'{{ {OURS} && name = "pay" && duration > 1.5s }}'),
        (
            traceql.errors(SHOP, where={"service": "bank"}, select=["route", "order_id", "status"]),
            '{ resource.service.name = "bank" && status = error } | select(span.http.route, span.order_id, status)',
        ),
        (
            traceql.search(SHOP, where={"kind": ("server", "client"), "status": Matcher.none_of("ok", "unset")}),
            f"{{ {OURS} && (status != ok && status != unset) && (kind = server || kind = client) }}",
        ),
        (
            traceql.search(SHOP, where={"name": "order"}).leading_to(traceql.errors(SHOP, where={"service": "bank"})),
            f'{{ {OURS} && name = "order" }} >> {{ resource.service.name = "bank" && status = error }}',
        ),
        (
            traceql.search(SHOP, where={"name": "order"}).together_with(traceql.errors(SHOP, select=["name"])),
            f'{{ {OURS} && name = "order" }} && {{ {OURS} && status = error }} | select(name)',
        ),
        (
            traceql.search(SHOP).leading_to(traceql.errors(SHOP)).entered_by({"route": "/orders"}),
            f'{{ {OURS} && span.http.route = "/orders" }} >> {{ {OURS} && status = error }}',
        ),
        (traceql.search(SHOP).entered_by({"route": "/orders"}), f'{{ {OURS} && span.http.route = "/orders" }}'),
        (
            traceql.rate(SHOP, by=["service", "route"]),
            f"{{ {OURS} }} | rate() by (resource.service.name, span.http.route)",
        ),
        (traceql.count(SHOP), f"{{ {OURS} }} | count_over_time()"),
        (
            traceql.quantile("0.95", SHOP, by=["name"], where={"route": "/orders"}),
            f'{{ {OURS} && span.http.route = "/orders" }} | quantile_over_time(duration, 0.95) by (name)',
        ),
        (traceql.distribution(SHOP), f"{{ {OURS} }} | histogram_over_time(duration)"),
    ],
)
def test_a_query_is_this_text(query: SpanQuery, expr: str) -> None:
    assert query.expr == expr
    assert query.language == "traceql"


def test_an_id_is_searched_for_and_never_grouped_by() -> None:
    with pytest.raises(CardinalityError, match=r"'order_id' is an id: .* Search for it instead: where="):
        traceql.rate(SHOP, by=["order_id"])
    with pytest.raises(CardinalityError):
        SpanSet("x", services=["x"], spans=["x"], help="X.", attributes=[Attribute("user_id", "user.id")])
    with pytest.raises(CardinalityError, match="can't be a dimension"):
        trace_metrics(SHOP, dimensions=["order_id"])


def test_what_spans_have_not_is_named_with_what_they_have() -> None:
    with pytest.raises(LabelError, match="no field 'rout'; did you mean 'route'"):
        traceql.search(SHOP, where={"rout": "/orders"})
    with pytest.raises(LabelValueError, match="never '/x'"):
        traceql.search(SHOP, where={"route": "/x"})
    with pytest.raises(LabelValueError, match="never 'failed'"):
        traceql.search(SHOP, where={"status": "failed"})
    with pytest.raises(LabelValueError, match="is a keyword, so name its values"):
        _ = traceql.search(SHOP, where={"status": Matcher.regex("$status")}).expr
    with pytest.raises(GrammarError, match="'soon' is no duration"):
        traceql.slow(SHOP, "soon")
    with pytest.raises(KindError):
        traceql.search(SHOP).leading_to(traceql.rate(SHOP))
    with pytest.raises(KindError):
        traceql.search(SHOP).together_with(traceql.rate(SHOP))
    with pytest.raises(KindError):
        traceql.search(SHOP).together_with(traceql.errors(SHOP)).leading_to(traceql.search(SHOP))
    with pytest.raises(DefinitionError):
        SpanSet("x", services=[], spans=["x"], help="X.")


def test_scoping_narrows_both_ends_and_only_by_fields_that_spans_have() -> None:
    both = traceql.search(SHOP).leading_to(traceql.errors(SHOP))
    scoped = both.scoped({"environment": Matcher.regex("$environment"), "instance": "x"})
    assert scoped.expr.count('resource.environment =~ "$environment"') == 2
    assert "instance" not in scoped.expr
    assert scoped.scoped({"environment": Matcher.regex("$environment")}) == scoped
    assert both.sets == (SHOP,)


def test_what_tempo_generates_is_asked_as_any_signal() -> None:
    made = trace_metrics(SHOP, dimensions=["environment", Label("zone", ("a", "b"))], callees=["vault"])
    failed = rate(made.spans, by=["span_name"], where={"status_code": ERROR})
    assert failed.expr == (
        'sum by (span_name) (rate(traces_spanmetrics_calls_total{status_code="STATUS_CODE_ERROR"}[$__rate_interval]))'
    )
    slow = quantile("0.95", made.call_duration, by=["client", "server"]).scoped({"environment": "production"})
    assert 'traces_service_graph_request_server_seconds_bucket{environment="production"}' in slow.expr
    assert made.calls.label("server").values == ("till", "bank", "vault")
    assert made.calls.label("client").values == ("user", "till", "bank")
    assert [str(bound) for bound in made.latency.buckets][-1] == "16.384"
    assert len({signal.key for signal in made}) == 6
