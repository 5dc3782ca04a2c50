"""Rules for Grafana to evaluate, made from any team's rules."""

from __future__ import annotations

import pytest
import yaml

from rules_lib.grafana_rules import grafana_file, rule_uid
from rules_lib.rule import AlertingRule, Group, RecordingRule

DOWN = AlertingRule("ShopDown", "up < 1", "2m", {"severity": "critical", "owner": "shop"}, {"summary": "{{ $value }}"})


def read(*rules) -> list[dict]:
    groups = [Group("shop", "30s", rules), Group("recorded", "30s", (RecordingRule("a:b", "1"),))]
    content = grafana_file(groups, folder="Shop", prefix="shop", data_source="prom", comment="made")
    return yaml.safe_load(content)["groups"]


def test_a_group_without_alerts_is_left_out():
    assert [(group["name"], group["folder"]) for group in read(DOWN)] == [("shop", "Shop")]


def test_a_uid_is_made_of_name_and_labels_but_not_of_the_owner():
    assert rule_uid("shop", DOWN) == "shop-shop-down-critical"
    moved = AlertingRule("ShopDown", "up < 2", "2m", {"severity": "critical", "owner": "others"})
    assert rule_uid("shop", moved) == "shop-shop-down-critical"


def test_a_uid_that_would_be_too_long_stays_told_apart():
    names = ["A" + "Very" * 12 + "LongName", "A" + "Very" * 12 + "LongNames"]
    uids = {rule_uid("shop", AlertingRule(name, "up < 1")) for name in names}
    assert len(uids) == 2
    assert all(len(uid) <= 40 for uid in uids)


def test_two_alerts_that_nothing_tells_apart_are_refused():
    with pytest.raises(ValueError, match="shop-shop-down-critical"):
        read(DOWN, DOWN)


def test_other_variables_than_the_value_are_left_alone():
    rule = AlertingRule("A", "up", annotations={"summary": "{{ $values.A.Value }} {{ $labels.value }} {{ $value }}"})
    [group] = read(rule)
    text = group["rules"][0]["annotations"]["summary"]
    assert text == "{{ $values.A.Value }} {{ $labels.value }} {{ $values.A.Value }}"
