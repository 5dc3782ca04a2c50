"""Two groups of a file with one name, or a name too long to read.

Prometheus refuses a file with two groups of one name. Names of groups with alerts are read in lists: 40 characters.

FAIL rules:
    groups: [{name: a, rules: []}, {name: a, rules: []}]

FAIL rules:
    groups: [{name: a.group.whose.name.says.all.that.stands.in.it.and.more, rules: [{alert: A, expr: up == 0}]}]

PASS rules:
    groups: [{name: a, rules: []}, {name: b, rules: []}]
"""

from __future__ import annotations

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import RuleFile

LONGEST = 40


def check(file: RuleFile, _project: Project) -> Findings:
    """Collect the names."""
    seen = set[str]()
    for group in file.groups:
        where = (*group.pointer[len(file.base) :], "name")
        if group.name and group.name in seen:
            yield Finding(f"two groups are called {group.name}", pointer=where)
        elif len(group.name) > LONGEST and any(rule.alert for rule in group.rules):
            yield Finding(
                f"the name is {len(group.name)} characters long, more than {LONGEST}",
                pointer=where,
                severity=Severity.INFO,
            )
        seen.add(group.name)


RULE = Rule(__name__, Severity.ERROR, peers={"mixtool": "alert-group-name-length"}, rule_file=check)
