"""Alert rules that Grafana evaluates: their query is compared as a query, their steps by name."""

from __future__ import annotations

import pytest

from sync.diff.compare import compare
from sync.diff.filesets import Memory

RULES = """apiVersion: 1
groups:
- name: shop
  folder: Shop
  interval: 30s
  rules:
  - uid: shop-down
    title: ShopDown
    condition: B
    for: 2m
    data:
    - refId: A
      datasourceUid: prometheus
      model: {refId: A, expr: sum by (job) (up) < 2}
    - refId: B
      datasourceUid: __expr__
      model: {refId: B, type: threshold, expression: A}
"""


@pytest.mark.parametrize(
    ("old", "new", "what", "line"),
    [
        ("< 2", "< 3", "query", 14),
        ("for: 2m", "for: 5m", "for", 10),
        ("expression: A", "expression: C", "data “B”: model expression", 0),
        ("interval: 30s", "interval: 1m", "evaluated every", 0),
    ],
)
def test_an_edit_is_said_in_words(old, new, what, line):
    sides = [Memory({"alerting/a.yaml": text.encode()}, label="") for text in (RULES, RULES.replace(old, new))]
    found = compare(*sides)
    [item] = found.items
    [change] = item.changes
    assert (item.kind, change.what) == ("rules", what)
    assert not line or change.line == line
    assert "Name(" not in repr(change.what)
