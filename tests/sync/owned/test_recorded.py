"""The forms held against what a real Grafana 12.4 was asked and answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sync import errors
from sync.grafana.failures import kind_of
from sync.owned import alert_form, datasources

RECORDED = Path(__file__).resolve().parents[2] / "data" / "grafana-12.4"


def recorded(name: str) -> dict[str, dict[str, Any]]:
    return {step["step"]: step for step in json.loads((RECORDED / f"{name}.json").read_text())}


ALERTING = recorded("alerting")
SOURCES = recorded("datasources-and-permissions")


def form(rule: dict[str, Any]) -> dict[str, Any]:
    return alert_form.from_api(rule, interval=60.0)


@pytest.mark.parametrize("step", ["rule-create", "rule-update", "rule-create-editable"])
def test_what_grafana_adds_to_a_rule_is_no_difference(step):
    sent, answered = ALERTING[step]["request"]["body"], ALERTING[step]["response"]["body"]
    assert form(answered) == form(sent)


def test_a_rule_is_the_same_from_every_place_that_tells_it():
    one = form(ALERTING["rule-create"]["response"]["body"])
    assert form(ALERTING["rule-get"]["response"]["body"]) == one
    listed = {rule["uid"]: form(rule) for rule in ALERTING["rules"]["response"]["body"]}
    grouped = {rule["uid"]: form(rule) for rule in ALERTING["group-get"]["response"]["body"]["rules"]}
    assert listed == grouped
    assert listed["high-error-rate"] == form(ALERTING["rule-update"]["response"]["body"])


def test_a_rule_of_a_file_is_that_of_the_export():
    [group] = ALERTING["export"]["response"]["body"]["groups"]
    [rule] = group["rules"]
    found = alert_form.from_file(rule, folder="alerts", group=group["name"], interval=group["interval"])
    [after] = ALERTING["group-put"]["request"]["body"]["rules"]
    assert found == form(after)


def test_a_body_has_every_key_that_grafana_asks_for_and_no_other():
    sent = ALERTING["rule-create"]["request"]["body"]
    body = alert_form.body("high-error-rate", form(sent), message="mark", before="none")
    known = ALERTING["rule-create"]["response"]["body"].keys() | {alert_form.EVALUATIONS}
    assert sent.keys() - {"orgID"} <= body.keys() <= known
    assert form(body) == form(sent), "our marks are no part of the content"


def test_a_copy_is_read_back_as_the_same_rule():
    content = form(ALERTING["rule-get"]["response"]["body"])
    [group] = alert_form.in_file("high-error-rate", content, folder="Alerts")["groups"]
    [rule] = group["rules"]
    again = alert_form.from_file(rule, folder="alerts", group=group["name"], interval=group["interval"])
    assert again == content


def test_what_grafana_adds_to_a_data_source_is_no_difference():
    for step in ("create", "update"):
        sent, answered = SOURCES[step]["request"]["body"], SOURCES[step]["response"]["body"]["datasource"]
        assert datasources.held_of(answered).content == datasources.content_of(sent, sent["jsonData"], [])


def test_a_secret_is_known_by_its_name():
    answered = SOURCES["update-with-secret"]["response"]["body"]["datasource"]
    assert datasources.held_of(answered).content["secrets"] == ["basicAuthPassword"]


@pytest.mark.parametrize(
    ("steps", "step", "kind"),
    [
        (SOURCES, "update-stale", errors.Conflict),
        (SOURCES, "create-same-name", errors.Rejected),
        (ALERTING, "rule-create-again", errors.Rejected),
        (ALERTING, "rule-folder-missing", errors.Rejected),
    ],
)
def test_a_refusal_is_a_conflict_only_where_somebody_has_written(steps, step, kind):
    answer = steps[step]["response"]
    assert kind_of(answer["status"], answer["body"]) is kind
