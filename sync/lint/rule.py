"""What a rule is: a name, its documentation, how grave it is, who else checks it, and its checks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sync.lint.problem import Finding, Severity

if TYPE_CHECKING:
    from sync.lint.alertmanager import AlertmanagerConfig
    from sync.lint.dashboard import Dashboard, Panel, Target, Variable
    from sync.lint.project import Project
    from sync.lint.query import Query
    from sync.lint.rule_file import Group, RuleFile
    from sync.lint.rule_file import Rule as FileRule
    from sync.lint.runbook import Runbook

Findings = Iterable[Finding]
KINDS = [
    "query",
    "target",
    "panel",
    "variable",
    "dashboard",
    "rule",
    "managed",
    "group",
    "rule_file",
    "alertmanager",
    "runbook",
    "document",
]
"""What a check can be given: the names of a rule's checks."""


@dataclass(frozen=True)
class Rule:
    """One rule of the linter. Its module's docstring is its documentation, PASS and FAIL examples included.

    Each check is given one thing and the project around it, and yields what is wrong. A `query` check depends on the
    query and the project alone, so it runs once for each distinct query.
    """

    module: str
    severity: Severity | None
    peers: Mapping[str, str] = field(default_factory=dict)
    needs: str = ""
    query: Callable[[Query, Project], Findings] | None = None
    target: Callable[[Target, Project], Findings] | None = None
    panel: Callable[[Panel, Project], Findings] | None = None
    variable: Callable[[Variable, Project], Findings] | None = None
    dashboard: Callable[[Dashboard, Project], Findings] | None = None
    rule: Callable[[FileRule, Project], Findings] | None = None
    managed: Callable[[FileRule, Project], Findings] | None = None
    group: Callable[[Group, Project], Findings] | None = None
    rule_file: Callable[[RuleFile, Project], Findings] | None = None
    alertmanager: Callable[[AlertmanagerConfig, Project], Findings] | None = None
    runbook: Callable[[Runbook, Project], Findings] | None = None
    document: Callable[[Any, Project], Findings] | None = None

    @cached_property
    def name(self) -> str:
        """The module's name with dashes: `counter-without-rate`."""
        return self.module.rpartition(".")[2].replace("_", "-")

    @property
    def documentation(self) -> str:
        """The module's docstring, which `--explain` prints."""
        return (sys.modules[self.module].__doc__ or "").strip()

    @property
    def summary(self) -> str:
        """The first line of the documentation: what the rule finds."""
        return self.documentation.split("\n", 1)[0]
