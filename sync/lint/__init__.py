"""Lint: dashboards, rules, Alertmanager configuration and runbooks checked offline, one rule a module.

`lint(files)` returns the problems of files; `check(contents)` those of texts that are at hand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

from sync.lint.problem import Problem, Severity
from sync.lint.settings import Settings

__all__ = ["Problem", "Settings", "Severity", "check", "lint"]


def lint(
    files: Iterable[str | Path],
    *,
    settings: Settings | None = None,
    workers: int | None = None,
    today: dt.date | None = None,
) -> list[Problem]:
    """Return what is wrong with files, in the order of files and lines.

    Files are judged together: what one defines (a dashboard's uid, a recorded series, a catalogue's signals), another
    may use. A file that can't be read is a problem of its own. `workers` is the number of processes, by default as
    many as pay; `today` decides whether an exclusion has ended. Raises nothing for what is in the files.
    """
    from sync.lint.discovery import read

    contents, missing = read({str(path): Path(path) for path in files})
    return missing + check(contents, settings=settings, workers=workers, today=today)


def check(
    contents: Mapping[str, bytes],
    *,
    settings: Settings | None = None,
    workers: int | None = 1,
    today: dt.date | None = None,
    knowledge: Mapping[str, bytes] | None = None,
) -> list[Problem]:
    """Return what is wrong with texts, given by path; `knowledge` are files that name metrics and aren't checked."""
    from sync.lint import exclusions
    from sync.lint.run import Run, uncollected

    settings = settings or Settings()
    with uncollected():
        problems = Run(contents, settings, knowledge=knowledge).problems(workers=workers)
    return exclusions.excluded(problems, settings, day=today or exclusions.today(), paths=contents)
