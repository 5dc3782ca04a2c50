"""Two queries of a panel with one refId.

Grafana keeps the answers by refId: one of the two is never seen. `--fix` renames the later one.

FAIL panel:
    {type: timeseries, title: A, targets: [{expr: up, refId: A}, {expr: up == 0, refId: A}]}

PASS panel:
    {type: timeseries, title: A, targets: [{expr: up, refId: A}, {expr: up == 0, refId: B}]}
"""

from __future__ import annotations

from string import ascii_uppercase

from sync.lint.dashboard import Panel
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule


def check(panel: Panel, _project: Project) -> Findings:
    """Collect the refIds."""
    seen = set[str]()
    for number, target in enumerate(panel.targets):
        if target.ref_id and target.ref_id in seen:
            message = f"two queries have the refId {target.ref_id}: one of them is never seen"
            yield Finding(message, pointer=("targets", number, "refId"), fix=_free(panel))
        seen.add(target.ref_id)


def _free(panel: Panel) -> str | None:
    taken = {target.ref_id for target in panel.targets}
    return next((letter for letter in ascii_uppercase if letter not in taken), None)


RULE = Rule(__name__, Severity.ERROR, panel=check)
