"""An alert without a runbook, or with an address that leads to none.

Who is woken by it reads what it means, what to check first and whom to call; `runbook_url` leads there: not to what is
still to be written, to the reader's own machine, or to the site's first page.

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: A target is down.}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: A target is down., runbook_url: TODO}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: A target is down., runbook_url: "htps://example.com/runbooks/a"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: A target is down., runbook_url: "https://example.com/<alert>"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: A target is down., runbook_url: "https://runbooks.example.com"}}

FAIL alert:
    {alert: A, expr: up == 0, annotations: {summary: A target is down., runbook_url: runbooks.example.com/a}}

PASS alert:
    {alert: A, expr: up == 0, annotations: {summary: A target is down., runbook: "docs/runbooks/a.md, or ask the team"}}

PASS alert:
    {alert: A, expr: up == 0, annotations: {summary: A target is down., runbook_url: "https://example.com/runbooks/a"}}

PASS alert:
    {alert: A, expr: up == 0, labels: {severity: info}}
"""

from __future__ import annotations

import re

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule

_NONE = re.compile(
    r"(?:none|null|n/?a|-|#|\?+)?|.*\b(?:todo|tbd|fixme|xxx|placeholder|change-?me|coming soon)\b.*|.*<[\w .-]+>.*",
    re.IGNORECASE | re.DOTALL,
)
"""What stands where the address of a runbook is still to be written."""
_FAULTS = (
    (re.compile(r"https?:/*$"), "its runbook's address is only a beginning"),
    (re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?=[:/]|$)"), "its runbook is on the reader's machine"),
    (re.compile(r"(?!https?:)h?t+p?s?s?:/|https?:(?:/?[^/]|///)|https?;//"), "its runbook's address is misspelt"),
    (re.compile(r"https?://[^{}\s]*\s[^{}\s]*$"), "its runbook's address has a blank in it"),
    (re.compile(r"https?://[\w.:-]+/?$"), "its runbook's address is that of a whole site"),
    (re.compile(r"(?:[\w-]+\.)+(?!md/)[a-z]{2,}/\S+$"), "its runbook's address lacks https://"),
)


def check(rule: FileRule, _project: Project) -> Findings:
    """Look for an annotation with `runbook` in its name; what wakes nobody needs none."""
    if not rule.alert or rule.labels.get("severity") in {"info", "none"}:
        return
    named = [(part, name) for part in ("annotations", "labels") for name in getattr(rule, part) if _is_runbook(name)]
    texts = {(part, name): getattr(rule, part)[name].strip() for part, name in named}
    if all(_NONE.fullmatch(text) for text in texts.values()):
        where = ("annotations",) if "annotations" in rule.raw else ("alert",)
        yield Finding(f"{rule.alert} has no runbook_url", pointer=where)
        return
    for pointer, text in texts.items():
        fault = next((words for pattern, words in _FAULTS if pattern.match(text)), None)
        if fault:
            yield Finding(f"{rule.alert}: {fault}", pointer=pointer, severity=Severity.WARNING)


def _is_runbook(name: str) -> bool:
    return "runbook" in name.lower()


RULE = Rule(__name__, Severity.INFO, peers={"pint": "alerts/annotation"}, rule=check)
