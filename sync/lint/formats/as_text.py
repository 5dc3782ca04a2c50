"""A line a problem, for people and editors: `path:line:column: severity: message [rule] (panel)`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from sync.lint.formats.counts import words
from sync.lint.problem import Problem, Severity

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}


def write(problems: Sequence[Problem], paths: Sequence[str]) -> str:
    """Return the lines and a summary; colours are for a terminal, which click removes elsewhere."""
    return "\n".join([*map(_line, problems), words(problems, paths)])


def _line(problem: Problem) -> str:
    severity = click.style(problem.severity, fg=_COLORS[problem.severity], bold=problem.severity is Severity.ERROR)
    panel = f" ({_printable(problem.panel)})" if problem.panel and problem.panel not in problem.message else ""
    where = f"{_printable(problem.path)}:{problem.line}:{problem.column}"
    return f"{where}: {severity}: {_printable(problem.message)}{panel} [{problem.rule}]"


def _printable(text: str) -> str:
    """Return the text on one line, without what would steer a terminal."""
    return text if text.isprintable() else "".join(character if character.isprintable() else " " for character in text)
