"""Every alert that Phoenix needs exists, says what it must, and comes with tests that fire and stay silent."""

from __future__ import annotations

from tests.alerts.rendered import alerting_rules, rule_files, trial_files

PLAN = {"HighCPUUsage", "HighMemoryUsage", "HighLatency", "HighErrorRate", "AgentUnhealthy", "ErrorBudgetBurn"}
BEYOND = {
    "AgentVanished", "RedisDown", "RedisReplicaMissing", "RedisReplicationBroken", "RedisReplicationLag",
    "RedisMemoryNearLimit", "LoadBalancerWithoutServer", "LoadBalancerErrors", "TargetDown", "QueueGrowing",
    "JobVanished", "SLIWithoutData", "NodeHighMemoryUsage", "PrometheusRuleFailures", "AlertmanagerFailsToNotify",
}  # fmt: skip


def test_the_alerts_of_the_plan_and_those_beyond_it_exist() -> None:
    names = {rule["alert"] for rule in alerting_rules()}
    assert names >= PLAN | BEYOND


def test_every_alert_has_severity_owner_texts_and_links() -> None:
    for rule in alerting_rules():
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["labels"]["owner"]
        assert {"summary", "description", "runbook_url", "dashboard_url"} == rule["annotations"].keys()
        assert rule["annotations"]["runbook_url"].endswith(f"/{rule['alert']}.md")
        assert "from=now-" in rule["annotations"]["dashboard_url"]
        assert "{{" in rule["annotations"]["summary"]


def test_every_alert_is_tried_firing_and_silent() -> None:
    for name, rules in rule_files().items():
        tests = trial_files()[name]
        told = {
            (sample["labels"].split("{")[0], outcome["expr"].split('alertname="')[1].split('"')[0])
            for test in tests["tests"]
            for outcome in test["promql_expr_test"]
            if "alertname=" in outcome["expr"]
            for sample in outcome["exp_samples"] or [{"labels": "silent{"}]
        }
        watched = {rule["alert"] for group in rules["groups"] for rule in group["rules"] if "alert" in rule}
        assert {alert for outcome, alert in told if outcome == "ALERTS"} == watched
        assert {alert for outcome, alert in told if outcome == "silent"} == watched


def test_every_severity_of_an_alert_fires_in_a_test() -> None:
    fired = {
        sample["labels"]
        for tests in trial_files().values()
        for test in tests["tests"]
        for outcome in test["promql_expr_test"]
        for sample in outcome["exp_samples"]
    }
    for rule in alerting_rules():
        own = [f'alertname="{rule["alert"]}"', *(f'{label}="{value}"' for label, value in rule["labels"].items())]
        assert any(all(part in labels for part in own) for labels in fired), own


def test_no_alert_reads_a_window_that_only_grafana_knows() -> None:
    assert [rule["expr"] for rule in alerting_rules() if "$" in rule["expr"]] == []
