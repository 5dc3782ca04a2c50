"""What is wrong in a team's objective or alert files: all of it in one exception, each mistake with file and line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it stands, what is wrong, and what would be right."""

    path: str
    line: int | None
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.what}" + (f"; {self.remedy}" if self.remedy else "")


class ContentError(ValueError):
    """One or more mistakes in files that the team wrote; its text has one line a mistake, in the files' order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.path, problem.line or 0)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
