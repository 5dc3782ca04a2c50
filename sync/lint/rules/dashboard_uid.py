"""A dashboard without a uid, with one that Grafana refuses, or with that of another file.

Links, alerts and history point at the uid; without one every import makes a new dashboard, and two files with one uid
overwrite each other. A uid has at most 40 letters, digits, - and _.

FAIL dashboard:
    uid: null

FAIL dashboard:
    uid: "has a space"

FAIL dashboard:
    uid: "12345678901234567890123456789012345678901"

PASS dashboard:
    uid: phoenix-system-overview
"""

from __future__ import annotations

import re

from sync.lint.dashboard import Dashboard
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule


def check(dashboard: Dashboard, project: Project) -> Findings:
    """Look at the uid and at those of the other files."""
    if dashboard.base and dashboard.base[-1] == "spec":
        yield from _named(dashboard)
        return
    if not dashboard.uid:
        yield Finding(
            "no uid: links can't point here, and every import makes another dashboard", severity=Severity.WARNING
        )
    elif not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", dashboard.uid):
        yield Finding(
            f"Grafana refuses the uid {dashboard.uid!r}: at most 40 letters, digits, - and _", pointer=("uid",)
        )
    elif others := [each.path for each in project.uids.get(dashboard.uid, []) if each is not dashboard]:
        yield Finding(f"{others[0]} has the uid {dashboard.uid} too: one overwrites the other", pointer=("uid",))


def _named(dashboard: Dashboard) -> Findings:
    """Look at the name of a resource, which is its uid."""
    if dashboard.uid and "$" not in dashboard.uid and not re.fullmatch(r"[A-Za-z0-9_.-]{1,253}", dashboard.uid):
        yield Finding(f"no resource may have the name {dashboard.uid!r}: letters, digits and - are for names")


RULE = Rule(__name__, Severity.ERROR, peers={"mixtool": "dashboard uid"}, dashboard=check)
