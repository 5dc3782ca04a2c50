"""What is counted in the texts of queries, none of which is parsed for it."""

from __future__ import annotations

import json

import pytest

from sync.lint.run import Run
from sync.lint.settings import Settings
from sync.lint.words import asked, labels, metric_names, rated


@pytest.mark.parametrize(
    ("text", "every", "grouped"),
    [
        ('sum by (job) (rate(a_total{code=~"5..",path=~"x{2}y",env="p"}[5m]))', "job code path env", "job"),
        ('a * on(pod) group_left (node) b{job="$job"}', "pod node job", ""),
        ("sum by ($by) (a)", "by", ""),
        ('count_over_time({app="a"} | json | level="error" [5m])', "app level", ""),
        ("a == 1 and b > 2", "", ""),
    ],
)
def test_labels_are_those_of_matchers_and_lists(text: str, every: str, grouped: str) -> None:
    assert labels(text) == (set(every.split()), set(grouped.split()))


def test_names_are_asked_for_values() -> None:
    text = 'rate(a_b_total{code="500|502", job=~"$job"}[5m]) / c_d{x!=\'y\'}'
    assert asked(text) == {
        ("a_b_total", "code", "500"),
        ("a_b_total", "code", "502"),
        ("a_b_total", "job", ""),
        ("c_d", "x", "y"),
    }
    assert metric_names(text) == {"a_b_total", "c_d"}
    assert rated(text) == {"a_b_total"}


def test_a_run_counts_the_queries_that_have_a_label() -> None:
    queries = ['a_b{job="x"}', 'sum by (pod) (a_b{job="y"})', "sum by (pod, node) (c_d)"]
    panels = [{"type": "stat", "targets": [{"expr": text}]} for text in queries]
    project = Run({"a.json": json.dumps({"panels": panels, "schemaVersion": 39}).encode()}, Settings()).project
    assert project.label_uses == {"job": 2, "pod": 2, "node": 1}
    assert project.groupings == {"pod": 2, "node": 1}
