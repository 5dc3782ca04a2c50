"""A dashboard of an old schema, which Grafana has to migrate each time it is opened.

What the migration makes of it is seen in the browser alone, and saved with the next edit: a difference that no one
made. Grafana 11 writes 39 to 41, Grafana 12 and 13 write 42. The number says which migrations are still to come: one
raised by hand skips them, and leaves the panels in a form that nothing reads any more.

FAIL dashboard:
    schemaVersion: 16

PASS dashboard:
    schemaVersion: 42
"""

from __future__ import annotations

from sync.lint.dashboard import Dashboard
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule
from sync.lint.shape import as_number

OLDEST = 36
"""Written by Grafana 9: what is older goes through migrations that change panels, not just defaults."""

_REMEDY = "open it in a current Grafana, save it there and export it"


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Look at schemaVersion."""
    if "elements" in dashboard.raw:
        return
    version = as_number(dashboard.raw.get("schemaVersion"))
    if version is None:
        yield Finding(
            f"no schemaVersion: Grafana takes it for its oldest and migrates everything: {_REMEDY}",
            pointer=("schemaVersion",),
        )
    elif version < OLDEST:
        yield Finding(
            f"schemaVersion {version:g} is migrated on every load: {_REMEDY}",
            pointer=("schemaVersion",),
        )


RULE = Rule(__name__, Severity.WARNING, dashboard=check)
