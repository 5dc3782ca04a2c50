"""A mend changes its own piece of the file and nothing else; a mended file has no more to mend."""

from __future__ import annotations

import difflib
import json

import pytest

from sync.lint import Settings, check
from sync.lint.fixing import mended
from tests.sync.lint.examples import dashboard


def mend(path: str, text: str) -> str:
    return mended({path: text.encode()}, Settings(), knowledge={}).get(path, text.encode()).decode()


def changed(before: str, after: str) -> list[tuple[str, str]]:
    pairs = zip(before.splitlines(), after.splitlines(), strict=True)
    return [(one.strip(), other.strip()) for one, other in pairs if one != other]


def of_expr(expr: str, **more: object) -> tuple[str, str]:
    target = {"expr": expr, "refId": "A", "datasource": {"type": "prometheus", "uid": "${ds}"}}
    return dashboard(panels=[{"type": "timeseries", "title": "Ü", "id": 1, "targets": [target]}], **more)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("rate(a_total[$__interval])", "rate(a_total[$__rate_interval])"),
        ('up{job=~"api"}', 'up{job="api"}'),
        ('up{job=~"^api.*$"}', 'up{job=~"api.*"}'),
        (
            "histogram_quantile(0.9, sum by (job) (rate(a_seconds_bucket[$__interval])))",
            "histogram_quantile(0.9, sum by (le, job) (rate(a_seconds_bucket[$__rate_interval])))",
        ),
    ],
)
def test_a_query_is_mended_and_the_rest_of_the_file_stays(before: str, after: str) -> None:
    path, text = of_expr(before)
    [(old, new)] = changed(text, mend(path, text))
    assert json.loads("{" + old.rstrip(",") + "}")["expr"] == before
    assert json.loads("{" + new.rstrip(",") + "}")["expr"] == after


def test_a_variable_of_several_values_is_compared_by_pattern() -> None:
    variables = {
        "list": [{"type": "query", "name": "job", "multi": True, "query": "label_values(up, job)", "refresh": 2}]
    }
    path, text = of_expr('up{job="$job",env!="$job"}', templating=variables)
    [(_, new)] = changed(text, mend(path, text))
    assert r"job=~\"$job\",env!~\"$job\"" in new


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'label_replace(up{job=~"api"}, "a", "job=~\'api\'", "b", "job=~`api`")',
            'label_replace(up{job="api"}, "a", "job=~\'api\'", "b", "job=~`api`")',
        ),
        ('up{job=~"api"} # as job=~"api"', 'up{job="api"} # as job=~"api"'),
        (
            "rate(a_total[$__interval]) # not rate(a[$__interval])",
            "rate(a_total[$__rate_interval]) # not rate(a[$__interval])",
        ),
        (
            'label_replace(up{job=~\'^a$\'}, "b", "^a$", "c", "^a$")',
            'label_replace(up{job=\'a\'}, "b", "^a$", "c", "^a$")',
        ),
        ("sum(increase(a_total[$__interval]))", "sum(increase(a_total[$__interval]))"),
    ],
)
def test_the_same_words_in_strings_and_comments_stay_and_so_does_what_is_counted_a_point(
    before: str, after: str
) -> None:
    path, text = of_expr(before)
    assert json.loads(mend(path, text))["panels"][0]["targets"][0]["expr"] == after


def test_in_a_query_of_logs_the_range_is_mended_and_what_is_looked_for_stays() -> None:
    before = 'sum(count_over_time({app="a"} |= "[$__interval]" [$__interval]))'
    target = {"expr": before, "refId": "A", "datasource": {"type": "loki", "uid": "${ds}"}}
    path, text = dashboard(panels=[{"type": "timeseries", "title": "A", "id": 1, "targets": [target]}])
    after = json.loads(mend(path, text))["panels"][0]["targets"][0]["expr"]
    assert after == 'sum(count_over_time({app="a"} |= "[$__interval]" [$__auto]))'


def test_ids_and_refids_get_a_name_of_their_own() -> None:
    targets = [{"expr": "up", "refId": "A"}, {"expr": "up == 0", "refId": "A"}]
    panels = [{"type": "stat", "title": "A", "id": 7, "targets": targets}, {"type": "stat", "title": "B", "id": 7}]
    path, text = dashboard(panels=panels)
    after = json.loads(mend(path, text))["panels"]
    assert [panel["id"] for panel in after] == [7, 8]
    assert [target["refId"] for target in after[0]["targets"]] == ["A", "B"]


YAML = """\
groups:
  - name: a  # kept
    rules:
      - alert: A
        expr: up{job=~"api"} == 0
      - alert: B
        expr: 'up{job=~"^web.*"} == 0'
      - alert: C
        expr: |
          up{job=~"db"}
            == 0  # kept too
"""


def test_a_rule_is_mended_in_the_style_in_which_it_is_written() -> None:
    assert [new for _, new in changed(YAML, mend("a.yaml", YAML))] == [
        'expr: up{job="api"} == 0',
        "expr: 'up{job=~\"web.*\"} == 0'",
        'up{job="db"}',
    ]


def test_what_is_mended_has_no_more_to_mend() -> None:
    path, text = of_expr('rate(a_total{job=~"^a$"}[$__interval])')
    after = mend(path, text)
    assert mend(path, after) == after
    assert not [problem for problem in check({path: after.encode()}) if problem.fix is not None]


def test_a_file_without_mends_is_left_alone() -> None:
    path, text = of_expr("rate(up)")
    assert not mended({path: text.encode()}, Settings(), knowledge={}), "\n".join(difflib.unified_diff([text], []))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('up{job=~"^web$"}', 'up{job="web"}'),
        ('up{job=~"^web$", zone="{{`{{ .Zone }}`}}"}', 'up{job=~"^web$", zone="{{`{{ .Zone }}`}}"}'),
    ],
)
def test_what_helm_leaves_alone_stays_as_it_is_written(before: str, after: str) -> None:
    """Its marks are blanked to be read: a mend keeps those elsewhere, and leaves alone a query that has them itself."""
    path, text = of_expr(before, description="{{`{{ .Job }}`}}")
    now = json.loads(mend(path, text))
    assert now["panels"][0]["targets"][0]["expr"] == after
    assert now["description"] == "{{`{{ .Job }}`}}"
