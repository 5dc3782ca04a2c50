"""SARIF 2.1.0, which code hosts show beside the lines of a change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from sync.lint.problem import Problem, Severity
from sync.lint.registry import BY_NAME
from sync.version import __version__

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def write(problems: Sequence[Problem], _paths: Sequence[str]) -> str:
    """Return a log of one run; only the rules that found something are described."""
    names = sorted({problem.rule for problem in problems})
    driver = {"name": "dash-sync lint", "version": __version__, "rules": [_rule(name) for name in names]}
    results = [_result(problem, names.index(problem.rule)) for problem in problems]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(name: str) -> Mapping[str, Any]:
    rule = BY_NAME.get(name)
    if rule is None:
        return {"id": name}
    return {"id": name, "shortDescription": {"text": rule.summary}, "help": {"text": rule.documentation}}


def _result(problem: Problem, index: int) -> Mapping[str, Any]:
    panel = f"{problem.panel}: " if problem.panel and problem.panel not in problem.message else ""
    place = {
        "artifactLocation": {"uri": quote(problem.path.replace("\\", "/"))},
        "region": {"startLine": problem.line, "startColumn": problem.column},
    }
    return {
        "ruleId": problem.rule,
        "ruleIndex": index,
        "level": _LEVELS[problem.severity],
        "message": {"text": panel + problem.message},
        "locations": [{"physicalLocation": place}],
    }
