"""Grafana-managed alert rules: the alerts of a rule file, evaluated by Grafana where no Prometheus does.

A rule asks what Prometheus would be asked, comparison included, at one instant, and fires for every series that comes
back whatever its value, 0 included; none is no alert. A series that is gone resolves its alert at the next evaluation.
These are the steps and settings that Grafana itself makes of imported Prometheus rules (`pkg/services/ngalert/prom`).
Recording rules stay in Prometheus.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from rules_lib.rule import AlertingRule, dumped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rules_lib.rule import Group

UID_LENGTH = 40
LOOK_BACK = 600
"""Seconds of the range that a query names; an instant query is asked at its end."""
EXPRESSIONS = "__expr__"
_VALUE = re.compile(r"\$value\b")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


def grafana_file(groups: Sequence[Group], *, folder: str, prefix: str, data_source: str, comment: str) -> bytes:
    """Return the alerts of groups in the form of Grafana's provisioning files, for the folder of that title.

    `prefix` begins every uid; `data_source` is the uid of the Prometheus that is asked. Raises ValueError where two
    rules have one name and the same labels.
    """
    content = [_group(group, folder, prefix, data_source) for group in groups if _alerts(group)]
    uids = [rule["uid"] for group in content for rule in group["rules"]]
    if twice := next((uid for uid in uids if uids.count(uid) > 1), None):
        raise ValueError(f"two alerts have the uid {twice}: the same name and labels")
    return dumped({"apiVersion": 1, "groups": content}, comment=comment)


def rule_uid(prefix: str, rule: AlertingRule) -> str:
    """Return a uid of at most 40 characters, made of the rule's name and its labels but the owner, who may change."""
    told = (value for label, value in rule.labels.items() if label != "owner")
    words = "-".join([prefix, *_WORD.findall(rule.alert), *told]).lower()
    uid = re.sub(r"[^a-z0-9]+", "-", words).strip("-")
    if len(uid) <= UID_LENGTH:
        return uid
    digest = sha256(words.encode()).hexdigest()[:8]
    return f"{uid[: UID_LENGTH - 9].rstrip('-')}-{digest}"


def _alerts(group: Group) -> Iterable[AlertingRule]:
    return [rule for rule in group.rules if isinstance(rule, AlertingRule)]


def _group(group: Group, folder: str, prefix: str, data_source: str) -> dict[str, Any]:
    rules = [_rule(rule, rule_uid(prefix, rule), data_source) for rule in _alerts(group)]
    return {"orgId": 1, "name": group.name, "folder": folder, "interval": group.interval, "rules": rules}


def _rule(rule: AlertingRule, uid: str, data_source: str) -> dict[str, Any]:
    return {
        "uid": uid,
        "title": rule.alert,
        "condition": "C",
        "data": [
            _query(rule.expr, data_source),
            _step("B", "math", expression="is_number($A) || is_nan($A) || is_inf($A)"),
            _step("C", "threshold", expression="B", conditions=[{"evaluator": {"type": "gt", "params": [0]}}]),
        ],
        "noDataState": "OK",  # no series is what an alert that doesn't fire looks like
        "execErrState": "Error",  # a Prometheus that doesn't answer is an alert of its own, DatasourceError
        "for": rule.hold,
        "missing_series_evals_to_resolve": 1,
        "annotations": {name: _VALUE.sub("$values.A.Value", text) for name, text in rule.annotations.items()},
        "labels": dict(rule.labels),
        "isPaused": False,
    }


def _query(expr: str, data_source: str) -> dict[str, Any]:
    source = {"type": "prometheus", "uid": data_source}
    model = {"refId": "A", "datasource": source, "editorMode": "code", "expr": expr, "instant": True, "range": False}
    return {
        "refId": "A",
        "relativeTimeRange": {"from": LOOK_BACK, "to": 0},
        "datasourceUid": data_source,
        "model": model,
    }


def _step(name: str, kind: str, **settings: Any) -> dict[str, Any]:
    source = {"type": EXPRESSIONS, "uid": EXPRESSIONS}
    return {
        "refId": name,
        "relativeTimeRange": {"from": 0, "to": 0},
        "datasourceUid": EXPRESSIONS,
        "model": {"refId": name, "datasource": source, "type": kind, **settings},
    }
