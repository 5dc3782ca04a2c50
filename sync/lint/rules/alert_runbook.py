"""An alert without a runbook, or with an address that leads to none.

Who is woken by it reads what it means, what to check first and whom to call; `runbook_url` leads there: not to what is
still to be written, to the reader's own machine, to the site's first page, or, where all others have a page of their
own, to another's. Under another name than the others' it isn't shown where theirs are.

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

FAIL rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: a > 1, annotations: {runbook_url: "https://example.com/runbooks/a.md"}}
          - {alert: B, expr: b > 1, annotations: {runbook_url: "https://example.com/runbooks/b.md"}}
          - {alert: C, expr: c > 1, annotations: {runbook_url: "https://example.com/runbooks/b.md"}}

FAIL rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: a > 1, annotations: {runbook_url: "https://example.com/runbooks/x.md"}}
          - {alert: B, expr: b > 1, annotations: {runbook_url: "https://example.com/runbooks/x.md"}}
          - {alert: C, expr: c > 1, annotations: {runbook: "https://example.com/runbooks/y.md"}}

PASS alert:
    {alert: A, expr: up == 0, annotations: {summary: A target is down., runbook: "docs/runbooks/a.md, or ask the team"}}

PASS alert:
    {alert: A, expr: up == 0, annotations: {summary: A target is down., runbook_url: "https://example.com/runbooks/a"}}

PASS alert:
    {alert: A, expr: up == 0, labels: {severity: info}}

FAIL rules:
    groups:
      - name: a
        rules:
          - {alert: A, expr: up == 0, labels: {severity: info}, annotations: {runbook: https://books.example.org/a}}
          - {alert: B, expr: up == 0, labels: {severity: info}, annotations: {runbook: https://books.example.org/b}}
          - {alert: C, expr: up == 0, labels: {severity: info}}
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project, once_a_project
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import Rule as FileRule
from sync.lint.rule_file import RuleFile

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
_SOME = 2
"""So many others make a custom."""


def check(rule: FileRule, project: Project) -> Findings:
    """Look for an annotation with `runbook` in its name; what wakes nobody needs none."""
    if not rule.alert or (rule.labels.get("severity") in {"info", "none"} and not _is_custom(rule)):
        return
    named = [(part, name) for part in ("annotations", "labels") for name in getattr(rule, part) if _is_runbook(name)]
    texts = {(part, name): getattr(rule, part)[name].strip() for part, name in named}
    if all(_NONE.fullmatch(text) for text in texts.values()):
        where = ("annotations",) if "annotations" in rule.raw else ("alert",)
        yield Finding(f"{rule.alert} has no runbook_url", pointer=where)
        return
    yield from _of_another_name(rule, {name for _, name in named})
    for pointer, text in texts.items():
        fault = next((words for pattern, words in _FAULTS if pattern.match(text)), None)
        if fault is None and (other := _of_another(rule, text, project)):
            yield Finding(f"{rule.alert}: its runbook is that of {other}", pointer=pointer)
        if fault:
            yield Finding(f"{rule.alert}: {fault}", pointer=pointer, severity=Severity.WARNING)


def _is_custom(rule: FileRule) -> bool:
    """Whether all others of the file have a runbook, be they as quiet as this one."""
    habits = _habits(rule.group.file)
    return any(count == habits.alerts - 1 >= _SOME for count in habits.usual.values())


def _of_another_name(rule: FileRule, names: set[str]) -> Findings:
    """Look for an annotation of another name than all others of the file have, which the messages' template shows."""
    habits, own = _habits(rule.group.file), _Habits([rule])
    others = habits.alerts - 1
    common = {name for name, count in habits.usual.items() if count - own.usual[name] == others >= _SOME}
    if common and not common & names:
        told, usual = min(names), min(common)
        yield Finding(f"{rule.alert} has {told}, where the others have {usual}", pointer=("annotations",))


def _of_another(rule: FileRule, text: str, project: Project) -> str:
    """Return the other alert whose name an address ends with, where all others of the file end with their own."""
    end, own = _end(text), _plain(rule.alert)
    if end == own or end not in _names(project):
        return ""
    habits, alone = _habits(rule.group.file), _Habits([rule])
    addresses, named = habits.addresses - alone.addresses, habits.named - alone.named
    return _names(project)[end] if named == addresses >= _SOME else ""


class _Habits:
    """How some alerts name their runbooks; of a file, it is counted once for all of its alerts."""

    def __init__(self, alerts: list[FileRule]) -> None:
        self.alerts = len(alerts)
        told = [(each, name, text) for each in alerts for name, text in each.annotations.items() if _is_runbook(name)]
        counts = Counter(name for _, name, _ in told)
        self.usual = Counter({name: count for name, count in counts.items() if count >= self.alerts - 1})
        """In how many of them an annotation is, of those that at most one of them lacks."""
        self.addresses = len(told)
        self.named = sum(_end(text) == _plain(each.alert) for each, _, text in told)
        """How many addresses end with their alert's own name."""


@lru_cache(maxsize=1)  # the rules of a file are looked at one after another
def _habits(file: RuleFile) -> _Habits:
    return _Habits([each for each in file.rules if each.alert])


@once_a_project
def _names(project: Project) -> dict[str, str]:
    """Return the alerts' names by what addresses make of them."""
    return {_plain(name): name for name in project.alerts}


def _end(address: str) -> str:
    return _plain(re.sub(r"(?:\.md|\.html?)?/?$", "", address).rpartition("/")[2].rpartition("#")[2])


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _is_runbook(name: str) -> bool:
    return "runbook" in name.lower()


RULE = Rule(__name__, Severity.INFO, peers={"pint": "alerts/annotation"}, rule=check)
