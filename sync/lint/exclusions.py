"""Findings that a team has decided to live with, each until a day and for a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fnmatch import fnmatchcase

from sync.lint.problem import Problem, Severity
from sync.lint.settings import Exclusion, Settings


def today() -> dt.date:
    """Return the day by UTC, the same for everybody who runs lint."""
    return dt.datetime.now(tz=dt.UTC).date()


def excluded(problems: list[Problem], settings: Settings, *, day: dt.date, paths: Iterable[str]) -> list[Problem]:
    """Return the problems that no exclusion covers, and those of the exclusions: ended, or covering nothing."""
    if not settings.exclusions:
        return problems
    used: set[Exclusion] = set()
    kept = []
    for problem in problems:
        covering = [each for each in settings.exclusions if _covers(each, problem)]
        used.update(covering)
        if not any(day <= each.until for each in covering):
            kept.append(problem)
    paths = list(paths)
    for each in settings.exclusions:
        concerned = any(_within(path, each.files) for path in paths)
        if each in used and day > each.until:
            kept.append(
                _problem(
                    settings,
                    each,
                    "exclusion-ended",
                    f"ended on {each.until}: mend what it covered, or give it another day",
                )
            )
        elif each not in used and concerned:
            kept.append(_problem(settings, each, "exclusion-unused", "covers nothing any more: remove it"))
    return kept


def _covers(each: Exclusion, problem: Problem) -> bool:
    return each.rule == problem.rule and _within(problem.path, each.files) and fnmatchcase(problem.panel, each.panel)


def _within(path: str, glob: str) -> bool:
    return fnmatchcase(path, glob) or fnmatchcase(path, f"*/{glob}")


def _problem(settings: Settings, each: Exclusion, rule: str, what: str) -> Problem:
    severity = Severity.WARNING if rule == "exclusion-ended" else Severity.INFO
    return Problem(settings.path, each.line, 1, severity, rule, f"the exclusion of {each.rule} ({each.reason}) {what}")
