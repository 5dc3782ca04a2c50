"""Alert rules for Grafana to evaluate: pushed when asked for, owned, never over somebody's edit."""

from __future__ import annotations

import pytest

from tests.sync.owned.rules import (
    BASE,
    edit,
    group,
    held,
    of_alerts,
    push,
    reason,
    rule,
    states,
    write_group,
)

DOWN, SLOW = "alert/shop-down", "alert/shop-slow"
OPEN = {"X-Disable-Provenance": "true"}


def test_without_the_option_nothing_is_asked_or_written(shop, grafana):
    grafana.requests()
    assert states(shop.invoke("push", "--format", "json")) == {"shop-overview": "created"}
    assert not [request for request in grafana.requests() if "provisioning" in request]
    assert held(grafana) == {}


def test_a_group_is_made_whole_with_its_interval_and_the_marks(shop, grafana):
    done = push(shop, "--message", "First")
    assert done.code == 0, done
    assert of_alerts(done) == {DOWN: "created", SLOW: "created"}
    assert "where Prometheus does too, all are told twice" in done.err
    assert group(grafana)["interval"] == 30
    found = held(grafana)["shop-down"]
    assert (found["folderUID"], found["ruleGroup"], found["for"]) == ("shop", "shop", "2m")
    assert found["missingSeriesEvalsToResolve"] == 1
    mark = found["annotations"]["__dash_sync__"]
    assert mark.startswith("shop-down dash-sync/1 push=")
    assert mark.endswith("gen=1 | First")
    assert found["annotations"]["__dash_sync_before__"] == "none"
    assert "provenance" not in found, "ui-edits: allow leaves the rule open to the UI"


def test_the_panel_that_shows_it_is_linked(shop, grafana):
    push(shop)
    annotations = held(grafana)["shop-down"]["annotations"]
    assert (annotations["__dashboardUid__"], annotations["__panelId__"]) == ("shop-overview", "1")
    assert "__panelId__" not in held(grafana)["shop-slow"]["annotations"], "no panel reads latency"


def test_a_second_push_writes_nothing(shop, grafana):
    push(shop)
    before = held(grafana)
    grafana.requests()
    done = push(shop)
    assert done.code == 0
    assert of_alerts(done) == {DOWN: "unchanged", SLOW: "unchanged"}
    assert done.json["summary"]["push"] == ""
    assert "told twice" not in done.err
    assert not [request for request in grafana.requests() if not request.startswith("GET")]
    assert held(grafana) == before


def test_a_change_in_code_writes_that_rule_and_no_other(shop, grafana):
    push(shop)
    slow = held(grafana)["shop-slow"]
    write_group(shop, rule("shop-down", expr="up < 2"), rule("shop-slow", expr="latency > 1"))
    assert of_alerts(shop.invoke("plan", "--alerts", "--format", "json")) == {DOWN: "update", SLOW: "unchanged"}
    assert of_alerts(push(shop)) == {DOWN: "updated", SLOW: "unchanged"}
    found = held(grafana)
    assert found["shop-down"]["data"][0]["model"]["expr"] == "up < 2"
    assert "gen=2" in found["shop-down"]["annotations"]["__dash_sync__"]
    assert "gen=1" in found["shop-down"]["annotations"]["__dash_sync_before__"]
    assert found["shop-slow"] == slow
    assert of_alerts(push(shop)) == {DOWN: "unchanged", SLOW: "unchanged"}


def test_another_interval_is_a_change_of_the_group(shop, grafana):
    push(shop)
    write_group(shop, rule("shop-down"), rule("shop-slow", expr="latency > 1"), interval="1m")
    assert of_alerts(push(shop)) == {DOWN: "updated", SLOW: "updated"}
    assert group(grafana)["interval"] == 60
    assert of_alerts(push(shop)) == {DOWN: "unchanged", SLOW: "unchanged"}


@pytest.mark.parametrize("changes", [{"for": "1h"}, {"isPaused": True}, {"labels": {"severity": "warning"}}])
def test_an_edit_in_the_ui_is_refused_until_forced(shop, grafana, changes):
    push(shop)
    edit(grafana, "shop-down", **changes)
    done = push(shop)
    assert done.code == 5, done
    assert of_alerts(done) == {DOWN: "refused", SLOW: "unchanged"}
    assert "changed in Grafana" in reason(done, DOWN)
    forced = push(shop, "--force", DOWN, "--yes")
    assert forced.code == 0, forced
    assert of_alerts(forced)[DOWN] == "updated"
    assert held(grafana)["shop-down"]["for"] == "2m"
    assert held(grafana)["shop-down"]["annotations"]["__dash_sync_before__"] == "unmarked"


def test_an_edit_and_a_change_in_code_are_both_named(shop, grafana):
    push(shop)
    edit(grafana, "shop-down", **{"for": "1h"})
    write_group(shop, rule("shop-down", expr="up < 2"), rule("shop-slow", expr="latency > 1"))
    done = push(shop)
    assert done.code == 5
    assert "changed in both" in reason(done, DOWN)


def test_an_interval_changed_in_the_ui_is_an_edit(shop, grafana):
    push(shop)
    now = {**group(grafana), "interval": 300}
    assert grafana.client.put(f"{BASE}/folder/shop/rule-groups/shop", now, headers=OPEN).status == 200
    done = push(shop)
    assert done.code == 5
    assert of_alerts(done) == {DOWN: "refused", SLOW: "refused"}
    assert group(grafana)["interval"] == 300


def test_an_edit_that_the_code_says_too_is_taken(shop, grafana):
    push(shop)
    edit(grafana, "shop-down", **{"for": "5m"})
    write_group(shop, rule("shop-down", **{"for": "5m"}), rule("shop-slow", expr="latency > 1"))
    assert of_alerts(push(shop)) == {DOWN: "updated", SLOW: "unchanged"}
    assert of_alerts(push(shop)) == {DOWN: "unchanged", SLOW: "unchanged"}


def test_a_rule_of_others_is_left_alone_until_adopted(shop, grafana):
    push(shop)
    by_hand = {**held(grafana)["shop-slow"], "uid": "shop-new", "title": "ByHand", "annotations": {}}
    assert grafana.client.post(f"{BASE}/alert-rules", by_hand, headers=OPEN).status == 201
    write_group(shop, rule("shop-down"), rule("shop-slow", expr="latency > 1"), rule("shop-new"))
    done = push(shop)
    assert done.code == 5
    assert of_alerts(done)["alert/shop-new"] == "refused"
    assert held(grafana)["shop-new"]["title"] == "ByHand"
    assert of_alerts(push(shop, "--adopt", "alert/shop-new", "--yes"))["alert/shop-new"] == "updated"


def test_a_rule_of_another_project_is_refused(shop, grafana):
    push(shop)
    text = held(grafana)["shop-down"]["annotations"]["__dash_sync__"].replace("-shop-", "-other-", 1)
    edit(grafana, "shop-down", annotations={**held(grafana)["shop-down"]["annotations"], "__dash_sync__": text})
    done = push(shop)
    assert done.code == 5
    assert "belongs to dash-sync:other" in reason(done, DOWN)


def test_a_copy_made_in_the_ui_is_not_ours_though_it_carries_the_mark(shop, grafana):
    push(shop)
    copy = {**held(grafana)["shop-down"], "uid": "copied", "title": "Copy of ShopDown"}
    assert grafana.client.post(f"{BASE}/alert-rules", copy, headers=OPEN).status == 201
    done = push(shop, "--prune", "--yes")
    assert done.code == 0
    assert of_alerts(done) == {DOWN: "unchanged", SLOW: "unchanged"}
    assert "copied" in held(grafana)


def test_prune_deletes_what_is_ours_and_in_no_file_and_keeps_a_copy(shop, grafana):
    push(shop)
    by_hand = {**held(grafana)["shop-slow"], "uid": "by-hand", "title": "ByHand", "annotations": {}}
    grafana.client.post(f"{BASE}/alert-rules", by_hand, headers=OPEN)
    write_group(shop, rule("shop-down"))
    assert of_alerts(push(shop)) == {DOWN: "unchanged"}, "without --prune nothing goes"
    done = push(shop, "--prune", "--yes")
    assert done.code == 0, done
    assert of_alerts(done) == {DOWN: "unchanged", SLOW: "deleted"}
    assert held(grafana).keys() == {"shop-down", "by-hand"}
    assert list(shop.root.glob("deleted/local/*/alerting/shop-slow.yaml"))


def test_more_than_half_is_not_pruned_without_a_limit(shop, grafana):
    push(shop)
    (shop.root / "rendered/alerting/shop.yaml").unlink()
    done = push(shop, "--prune", "--yes")
    assert done.code == 5
    assert "2 alert rules would be deleted" in done.err
    assert len(held(grafana)) == 2


def test_a_group_with_rules_of_others_keeps_its_interval(shop, grafana):
    push(shop)
    by_hand = {**held(grafana)["shop-slow"], "uid": "by-hand", "title": "ByHand", "annotations": {}}
    grafana.client.post(f"{BASE}/alert-rules", by_hand, headers=OPEN)
    write_group(shop, rule("shop-down"), rule("shop-slow", expr="latency > 1"), interval="1m")
    done = push(shop)
    assert done.code == 5, done
    assert "holds rules that aren't ours: ByHand" in reason(done, DOWN)
    assert group(grafana)["interval"] == 30
    assert "by-hand" in held(grafana)


def test_a_locked_grafana_gets_rules_that_its_ui_cannot_change(shop, grafana):
    shop.connect(grafana.url, **{"ui-edits": "deny"})
    push(shop)
    assert held(grafana)["shop-down"]["provenance"] == "api"
    write_group(shop, rule("shop-down", expr="up < 2"), rule("shop-slow", expr="latency > 1"))
    assert of_alerts(push(shop))[DOWN] == "updated"
    assert held(grafana)["shop-down"]["provenance"] == "api"


def test_the_context_says_which_prometheus_is_asked(shop, grafana):
    shop.connect(grafana.url, datasources={"prometheus": "prom-prod"})
    push(shop)
    assert held(grafana)["shop-down"]["data"][0]["datasourceUid"] == "prom-prod"
    assert of_alerts(push(shop)) == {DOWN: "unchanged", SLOW: "unchanged"}


def test_status_says_who_changed_what(shop, grafana):
    assert of_alerts(shop.invoke("status", "--alerts", "--format", "json")) == {DOWN: "missing", SLOW: "missing"}
    push(shop)
    edit(grafana, "shop-down", **{"for": "1h"})
    found = of_alerts(shop.invoke("status", "--alerts", "--format", "json"))
    assert found == {DOWN: "changed in Grafana", SLOW: "in step"}
    assert not of_alerts(shop.invoke("status", "--format", "json"))


def test_a_kept_plan_is_carried_out_or_refused(shop, grafana):
    plan = str(shop.root / "plan.json")
    shop.invoke("plan", "--alerts", "--out", plan)
    done = shop.invoke("push", "--plan", plan, "--format", "json")
    assert of_alerts(done) == {DOWN: "created", SLOW: "created"}, done
    write_group(shop, rule("shop-down", expr="up < 2"), rule("shop-slow", expr="latency > 1"))
    shop.invoke("plan", "--alerts", "--out", plan)
    edit(grafana, "shop-down", **{"for": "1h"})
    done = shop.invoke("push", "--plan", plan, "--format", "json")
    assert done.code == 5
    assert of_alerts(done) == {DOWN: "refused"}
    assert held(grafana)["shop-down"]["for"] == "1h"


def test_a_file_that_is_wrong_is_named_with_its_line_and_nothing_is_sent(shop, grafana):
    text = "apiVersion: 1\ngroups:\n- name: shop\n  folder: Shop\n  interval: 30s\n  rules:\n  - uid: no spaces here\n"
    shop.rendered("alerting/shop.yaml", text)
    grafana.requests()
    done = push(shop)
    assert done.code == 1
    assert "alerting/shop.yaml:7" in done.err
    assert not [request for request in grafana.requests() if not request.startswith("GET")]


def test_a_folder_that_holds_no_dashboards_is_refused(shop):
    shop.rendered("alerting/shop.yaml", '{"groups": [{"name": "a", "folder": "No", "interval": "1m", "rules": []}]}')
    done = push(shop)
    assert done.code == 1
    assert "its folder 'No' is none of those below dashboards/" in done.err


def test_select_does_not_go_with_it(shop):
    assert push(shop, "--select", "shop-*").code == 2


def test_a_uid_that_is_not_there_cannot_be_forced(shop):
    done = push(shop, "--force", "alert/nobody")
    assert done.code == 1
    assert "alert/nobody" in done.err


def test_a_difference_from_grafana_is_said_in_words(shop, grafana):
    push(shop)
    write_group(shop, rule("shop-down", expr="up < 2"), rule("shop-slow", expr="latency > 1"))
    edit(grafana, "shop-slow", **{"for": "1h"})
    done = shop.invoke("diff", "--live", "--alerts", "--exit-code")
    assert done.code == 10, done
    assert "alert “ShopDown”: query: number 1 → 2" in done.out
    assert "alert “ShopSlow”: for 1h → 2m" in done.out
    assert "ShopDown" not in shop.invoke("diff", "--live").out
    assert shop.invoke("diff", "--alerts", "a", "b").code == 2
