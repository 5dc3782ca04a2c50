"""One JSON object, as all verbs print with --format json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sync.lint.formats.counts import counts
from sync.lint.problem import Problem
from sync.report import Report


def write(problems: Sequence[Problem], paths: Sequence[str]) -> str:
    """Return {kind, schemaVersion, toolVersion, summary, rows}; a row is a problem."""
    return Report("lint", summary=counts(problems, paths), rows=[_row(problem) for problem in problems]).json()


def _row(problem: Problem) -> Mapping[str, Any]:
    return {
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "severity": problem.severity.value,
        "rule": problem.rule,
        "message": problem.message.encode("utf-8", "replace").decode(),
        "panel": problem.panel.encode("utf-8", "replace").decode(),
        "fixable": problem.fix is not None,
    }
