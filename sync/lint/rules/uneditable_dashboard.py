"""A dashboard that can be edited in Grafana although it comes from files.

An edit in the browser is lost with the next push, unless the team pulls such edits back on purpose.

FAIL dashboard:
    editable: true

PASS dashboard:
    editable: false
"""

from __future__ import annotations

from sync.lint.dashboard import Dashboard
from sync.lint.problem import Finding
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Look at editable; `dash-sync push` sets it from the context's ui-edits."""
    if dashboard.raw.get("editable", True) is not False:
        yield Finding(
            "it can be edited in the browser: set editable to false, unless edits are pulled back",
            pointer=("editable",),
        )


RULE = Rule(__name__, None, peers={"dashboard-linter": "uneditable-dashboard"}, dashboard=check)
