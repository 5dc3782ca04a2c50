"""How many there are of each severity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sync.lint.problem import Problem, Severity


def counts(problems: Sequence[Problem], paths: Sequence[str]) -> dict[str, int]:
    """Return the numbers of a summary: files, and problems by severity."""
    found = Counter(problem.severity for problem in problems)
    return {"files": len(paths), **{f"{severity}s": found[severity] for severity in (Severity.ERROR, Severity.WARNING)},
            "infos": found[Severity.INFO]}  # fmt: skip


def words(problems: Sequence[Problem], paths: Sequence[str]) -> str:
    """Return the summary as a line: `2 errors, 1 warning, 5 hints in 20 files`."""
    number = counts(problems, paths)
    pieces = [
        f"{number[key]} {name}{'' if number[key] == 1 else 's'}"
        for key, name in (("errors", "error"), ("warnings", "warning"), ("infos", "hint"))
        if number[key]
    ]
    files = f"{len(paths)} file{'' if len(paths) == 1 else 's'}"
    return f"{', '.join(pieces)} in {files}" if pieces else f"nothing to say about {files}"
