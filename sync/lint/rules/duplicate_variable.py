"""Two variables of one name: the second can't be chosen.

FAIL dashboard:
    templating: {list: [{type: custom, name: a, query: "1"}, {type: custom, name: a, query: "2"}]}

PASS dashboard:
    templating: {list: [{type: custom, name: a, query: "1"}, {type: custom, name: b, query: "2"}]}
"""

from __future__ import annotations

from sync.lint.dashboard import Dashboard
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.rule import Findings, Rule


def check(dashboard: Dashboard, _project: Project) -> Findings:
    """Collect the names; in schema v2 a row or tab may have variables of its own."""
    seen = set[tuple[Pointer, str]]()
    for variable in dashboard.variables:
        here = variable.pointer[: variable.pointer.index("variables")] if dashboard.is_v2 else (), variable.name
        if here in seen:
            yield Finding(
                f"two variables are called {variable.name}", pointer=(*variable.pointer[len(dashboard.base) :], "name")
            )
        seen.add(here)


RULE = Rule(__name__, Severity.ERROR, dashboard=check)
