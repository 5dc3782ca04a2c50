"""OpenSLO v1 as input: the objectives that its documents mean, and what is refused, with line and remedy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from textwrap import dedent, indent

import pytest

import alerts
from catalogue import SIGNALS
from rules_lib.errors import ContentError
from rules_lib.load import load_objectives
from rules_lib.objective import Objective
from tests.rules_lib import shop

GOOD_TOTAL = """
ratioMetric:
  counter: true
  good: {metricSource: {type: Prometheus, spec: {query: 'requests_total{job="shop",status!~"5.."}'}}}
  total: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(requests_total{job="shop"}[5m]))'}}}
"""
BAD_TOTAL = """
ratioMetric:
  bad: {metricSource: {spec: {query: 'requests_total{job="shop",status=~"5.."}'}}}
  total: {metricSource: {spec: {query: 'requests_total{job="shop"}'}}}
"""
GOOD_BAD = """
ratioMetric:
  good: {metricSource: {spec: {query: 'orders_total{job="shop"}'}}}
  bad: {metricSource: {spec: {query: 'order_failures_total{job="shop"}'}}}
"""
BUCKETS = """
ratioMetric:
  good: {metricSource: {spec: {query: 'request_duration_seconds_bucket{job="shop",le="1"}'}}}
  total: {metricSource: {spec: {query: 'request_duration_seconds_count{job="shop"}'}}}
"""
RAW = """
ratioMetric:
  rawType: success
  raw: {metricSource: {spec: {query: 'probe_success{job="probe"}'}}}
"""
THRESHOLD = """
thresholdMetric:
  metricSource: {spec: {query: 'request_duration_seconds{job="shop"}'}}
"""
ROLLING = "[{duration: 30d, isRolling: true}]"
MONTH = '[{duration: 1M, calendar: {startTime: "2026-01-01 00:00:00", timeZone: UTC}}]'


def slo(
    indicator: str = BAD_TOTAL,
    *,
    window: str = ROLLING,
    objective: str = "{targetPercent: 99.9}",
    method: str = "Occurrences",
    more: str = "",
) -> str:
    """One SLO with an inline indicator: metadata on line 3, its name on line 4, the spec on line 9."""
    text = f"""\
    apiVersion: openslo/v1
    kind: SLO
    metadata:
      name: shop
      displayName: Shop
      annotations:
        dash-sync/per: environment
        example.com/other: "1"
    spec:
      description: It sells.
      service: web
      timeWindow: {window}
      budgetingMethod: {method}
      objectives: [{objective}]
    """
    spec = indent(indicator.lstrip("\n"), " " * 6)
    return f"{dedent(text)}{indent(dedent(more), '  ')}  indicator:\n    spec:\n{spec}"


def read(folder: Path, text: str) -> tuple[Objective, ...]:
    (folder / "slo.yaml").write_text(text)
    return load_objectives(folder / "slo.yaml", shop.SIGNALS, shown_as="slo.yaml")


@pytest.mark.parametrize(
    ("indicator", "ours"),
    [
        (BAD_TOTAL, shop.AVAILABILITY),
        (GOOD_TOTAL, shop.GOOD_OF_TOTAL),
        (GOOD_BAD, shop.ORDERS),
        (BUCKETS, shop.LATENCY),
        (RAW, shop.PROBES),
    ],
    ids=["bad and total", "good and total", "good and bad", "buckets", "raw"],
)
def test_an_indicator_is_what_our_own_words_would_make_of_it(tmp_path: Path, indicator: str, ours: str) -> None:
    (one,) = read(tmp_path, slo(indicator))
    assert replace(one, line=None) == replace(shop.objective(sli=ours), line=None)


def test_a_threshold_of_a_histogram_is_its_bucket(tmp_path: Path) -> None:
    (one,) = read(tmp_path, slo(THRESHOLD, objective="{op: lte, value: 1, targetPercent: 99.9}"))
    assert one.sli == shop.objective(sli=shop.LATENCY).sli


def test_a_target_is_exact_as_share_and_as_per_cent(tmp_path: Path) -> None:
    (share,) = read(tmp_path, slo(objective="{target: 0.9995}"))
    (per_cent,) = read(tmp_path, slo(objective="{targetPercent: 99.95}"))
    assert share.target_text == per_cent.target_text == "99.95"
    assert share.budget == per_cent.budget


def test_windows_roll_or_are_the_month(tmp_path: Path) -> None:
    windows = {MONTH: "month", ROLLING: "30d", "[{duration: 4w, isRolling: true}]": "28d"}
    assert {window: read(tmp_path, slo(window=window))[0].period.text for window in windows} == windows


def test_an_indicator_can_stand_in_a_document_of_its_own(tmp_path: Path) -> None:
    text = slo().split("  indicator:")[0] + "  indicatorRef: errors\n---\n"
    text += "apiVersion: openslo/v1\nkind: SLI\nmetadata: {name: errors}\nspec:\n" + indent(BAD_TOTAL.lstrip(), "  ")
    text += "---\napiVersion: openslo/v1\nkind: Service\nmetadata: {name: web}\nspec: {}\n"
    (one,) = read(tmp_path, text)
    assert one.sli == shop.objective().sli


def test_several_objectives_are_read_in_their_order(tmp_path: Path) -> None:
    both = slo() + "---\n" + slo().replace("name: shop", "name: other")
    assert [(each.name, each.line) for each in read(tmp_path, both)] == [("shop", 1), ("other", 21)]


def test_annotations_say_what_openslo_has_no_word_for(tmp_path: Path) -> None:
    said = "dash-sync/per: environment, instance\n    dash-sync/owner: sales\n    dash-sync/min-bad-events: '9'"
    (one,) = read(tmp_path, slo().replace("dash-sync/per: environment", said))
    assert (one.per, one.owner, one.min_bad_events) == (("environment", "instance"), "sales", 9)


MISTAKES = {
    "time slices": (slo(method="Timeslices"), 13, ("'Timeslices' is none of Occurrences", "not slices of time")),
    "an older version": (
        slo().replace("openslo/v1", "openslo/v1alpha"),
        1,
        ("'openslo/v1alpha'", "openslo/v1 is read"),
    ),
    "another kind": (
        slo().replace("kind: SLO", "kind: AlertPolicy"),
        2,
        ("'AlertPolicy' is none of SLO, SLI, Service",),
    ),
    "alert policies": (slo(more="alertPolicies: []\n"), 15, ("unknown key 'alertPolicies'",)),
    "two targets": (slo(objective="{target: 0.9, targetPercent: 90}"), 14, ("one of target and targetPercent",)),
    "target 1": (slo(objective="{target: 1}"), 14, ("1 is not below 1", "a share")),
    "more objectives": (slo(objective="{target: 0.9}, {target: 0.99}"), 14, ("more than one", "an SLO for each")),
    "no method": (slo().replace("  budgetingMethod: Occurrences\n", ""), 9, ("'budgetingMethod' is missing",)),
    "a rolling month": (slo(window="[{duration: 1M, isRolling: true}]"), 12, ("'1M' is not read", "as 30d")),
    "another calendar": (slo(window=MONTH.replace("UTC", "Europe/Berlin")), 12, ("only the month", "in UTC")),
    "a quarter": (slo(window=MONTH.replace("1M", "1Q")), 12, ("only the month",)),
    "neither": (slo(window="[{duration: 30d}]"), 12, ("rolls or has a calendar", "isRolling: true")),
    "no indicator": (slo().split("  indicator:")[0], 9, ("one of indicator and indicatorRef",)),
    "an unknown SLI": (
        slo().split("  indicator:")[0] + "  indicatorRef: gone\n",
        15,
        ("no SLI 'gone'", "write an SLI"),
    ),
    "another source": (
        slo(BAD_TOTAL.replace("{spec:", "{type: Datadog, spec:")),
        18,
        ("'Datadog'", "Prometheus is read"),
    ),
    "a computed query": (
        slo(BAD_TOTAL.replace("'requests_total{job=\"shop\"}'", "'a / b'")),
        19,
        ("more than a counter",),
    ),
    "no PromQL": (slo(BAD_TOTAL.replace("'requests_total{job=\"shop\"}'", "'sum('")), 19, ("Prometheus can't read",)),
    "an unknown metric": (slo(BAD_TOTAL.replace('requests_total{job="shop"}', "hits")), 19, ("nothing exposes hits",)),
    "a metric of another job": (
        slo(BAD_TOTAL.replace('job="shop"', 'job="x"')),
        18,
        ("not exposed by the job x", "shop"),
    ),
    "an unknown label": (slo(BAD_TOTAL.replace("status=~", "code=~")), 18, ("no label 'code'",)),
    "a gauge": (slo("ratioMetric: {counter: false}\n"), 17, ("false is none of", "rates are taken of counters")),
    "one side": (slo(BAD_TOTAL.split("  total", maxsplit=1)[0]), 17, ("it has bad of good, bad, total and raw",)),
    "a bucket that is bad": (slo(BUCKETS.replace("good:", "bad:")), 18, ("it is good",)),
    "an undeclared bucket": (slo(BUCKETS.replace('"1"', '"2"')), 18, ("no bucket le=2", "0.1, 0.5, 1, 5")),
    "a threshold without a value": (slo(THRESHOLD), 14, ("needs op and value",)),
    "a threshold from below": (slo(THRESHOLD, objective="{op: gt, value: 1, target: 0.9}"), 14, ("'gt'", "at most")),
    "a threshold of a gauge": (
        slo(THRESHOLD.replace("request_duration_seconds", "open_carts"), objective="{op: lte, value: 1, target: 0.9}"),
        17,
        ("is a gauge", "latency needs a histogram"),
    ),
    "an alert that can never fire": (slo(objective="{targetPercent: 90}"), 14, ("can never fire", "above 93.06")),
    "a name that is no label": (slo().replace("name: shop", "name: My SLO"), 4, ("'My SLO'", "lower-case words")),
    "too few to be a number": (
        slo().replace("dash-sync/per: environment", "dash-sync/min-bad-events: few"),
        7,
        ("'few' is not a whole number",),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_names_line_mistake_and_remedy(tmp_path: Path, mistake: str) -> None:
    text, line, words = MISTAKES[mistake]
    with pytest.raises(ContentError) as caught:
        read(tmp_path, text)
    told = str(caught.value)
    assert told.startswith(f"slo.yaml:{line}: ")
    assert [word for word in words if word not in told] == []


def test_our_own_words_are_one_document(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"slo\.yaml:3: a second document begins here; write one"):
        read(tmp_path, "objectives: []\n---\nobjectives: []\n")


def test_the_example_of_the_documentation_is_phoenix_own_objective(tmp_path: Path) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "alerts.md").read_text()
    (example,) = (block for block in text.split("```yaml\n") if block.startswith("apiVersion: openslo/v1"))
    (tmp_path / "slo.yaml").write_text(example.split("```")[0])
    (one,) = load_objectives(tmp_path / "slo.yaml", SIGNALS)
    phoenix = alerts.objective("availability")
    assert (one.sli, one.budget, one.period, one.per) == (phoenix.sli, phoenix.budget, phoenix.period, phoenix.per)
