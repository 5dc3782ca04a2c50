"""GitHub's workflow commands, which put a problem beside its line."""

from __future__ import annotations

from collections.abc import Sequence

from sync.lint.problem import Problem, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def write(problems: Sequence[Problem], _paths: Sequence[str]) -> str:
    """Return a command a problem; GitHub shows ten of each kind a step, so the gravest come first."""
    return "\n".join(_command(problem) for problem in sorted(problems, key=lambda problem: problem.severity.rank))


def _command(problem: Problem) -> str:
    panel = f"{problem.panel}: " if problem.panel and problem.panel not in problem.message else ""
    place = f"file={_property(problem.path)},line={problem.line},col={problem.column},title={_property(problem.rule)}"
    return f"::{_COMMANDS[problem.severity]} {place}::{_data(panel + problem.message)}"


def _data(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
