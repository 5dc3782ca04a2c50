"""The notification policies, contact points and mute timings that files provision in Grafana."""

from __future__ import annotations

from sync.lint import check

POINTS = """\
apiVersion: 1
contactPoints:
  - orgId: 1
    name: mail
    receivers:
      - {uid: mail, type: email, settings: {addresses: a@example.org}}
      - uid: chat
        type: slack
        settings:
          recipient: shop
"""
ALL = """\
apiVersion: 1
groups:
  - {name: a, folder: Shop, interval: 1m, rules: []}
policies:
  - receiver: mail
    routes:
      - {receiver: mail, object_matchers: [[severity, =~, "crit("]]}
  - orgId: 2
    receiver: mail
    group_by: [alertnmae]
muteTimes:
  - name: night
    time_intervals: [{weekdays: [sundy]}]
"""


def _told(**files: str) -> set[tuple[str, int, str, str]]:
    problems = check({f"{name}.yaml": text.encode() for name, text in files.items()})
    return {(each.path, each.line, each.severity.value, each.rule) for each in problems}


def test_what_is_wrong_is_told_at_its_line() -> None:
    assert _told(points=POINTS) == {("points.yaml", 10, "error", "alertmanager-shape")}


def test_rules_policies_and_timings_of_one_file_are_all_read() -> None:
    assert _told(all=ALL) == {
        ("all.yaml", 7, "error", "alertmanager-matcher"),
        ("all.yaml", 10, "error", "alertmanager-matcher"),
        ("all.yaml", 12, "warning", "alertmanager-times"),
        ("all.yaml", 13, "error", "alertmanager-times"),
    }


def test_contact_points_of_other_files_are_there() -> None:
    mended = POINTS.replace("recipient: shop", "url: $SLACK")
    policies = "apiVersion: 1\npolicies: [{receiver: mail, routes: [{receiver: RECEIVER, matchers: [team = web]}]}]\n"
    assert _told(points=mended, policies=policies.replace("RECEIVER", "mail")) == set()
    assert _told(points=mended, policies=policies.replace("RECEIVER", "$MAIL")) == set()
    by_hand = _told(points=mended, policies=policies.replace("RECEIVER", "by hand"))
    assert by_hand == {("policies.yaml", 2, "warning", "receiver")}
    slip = _told(points=mended, policies=policies.replace("RECEIVER", "maill"))
    assert slip == {("policies.yaml", 2, "error", "receiver")}


def test_values_of_its_own_alerts_are_held_against_its_policies_and_others_are_not() -> None:
    rules = "groups: [{name: a, rules: [{alert: A, expr: up == 0, labels: {owner: web, severity: critical}}]}]\n"
    policies = "apiVersion: 1\npolicies: [{receiver: a, routes: [{receiver: b, matchers: [owner = webb]}]}]\n"
    assert ("policies.yaml", 2, "error", "unreachable-route") not in _told(rules=rules, policies=policies)
    own = "apiVersion: 1\ngroups: [{name: a, folder: A, rules: [{title: A, labels: {owner: shop}, data: []}]}]\n"
    asked = policies.replace("webb", "shpo")
    assert ("policies.yaml", 2, "error", "unreachable-route") in _told(own=own, policies=asked)


def test_policies_of_other_programs_are_no_matter_of_lint() -> None:
    told = _told(network="apiVersion: example.org/v1\npolicies: [{name: a, rules: []}]\n")
    assert told == {("network.yaml", 1, "info", "unknown-document")}
