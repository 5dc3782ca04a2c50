"""The numbers that alerts and the catalogue watch, by the expression that they watch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sync.lint.project import Project
from sync.lint.promql import parsing
from sync.lint.promql.tree import COMPARISONS, Binary, Node, Number, without_variables
from sync.lint.shape import as_dict, as_number, as_text


@dataclass(frozen=True, slots=True)
class Limit:
    """A number and who watches it."""

    value: float
    name: str


def limits(project: Project) -> dict[Node, list[Limit]]:
    """Return the limits of a project, by the expression without its variables and windows."""
    return _limits(_Same(project))


class _Same:
    """A project as a key: the same object is the same key."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.project is self.project

    def __hash__(self) -> int:
        return id(self.project)


@lru_cache(maxsize=1)
def _limits(same: _Same) -> dict[Node, list[Limit]]:
    found: dict[Node, list[Limit]] = {}
    for rule in same.project.rules:
        tree = rule.query.tree if rule.alert else None
        while isinstance(tree, Binary) and tree.operator in {"and", "unless"}:  # what else has to hold
            tree = tree.left
        if (
            isinstance(tree, Binary)
            and tree.operator in COMPARISONS - {"==", "!="}
            and isinstance(tree.right, Number)
            and tree.right.value
        ):
            found.setdefault(without_variables(tree.left), []).append(Limit(tree.right.value, rule.alert))
    for indicator in same.project.known.thresholds:
        tree = _parsed(as_text(indicator.get("expr")))
        for level in ("warning", "critical"):
            number = as_number(as_dict(indicator.get("thresholds")).get(level))
            if tree is not None and number is not None:
                name = as_text(indicator.get("title")) or as_text(indicator.get("name"))
                found.setdefault(without_variables(tree), []).append(Limit(number, f"{name} ({level})"))
    return found


def _parsed(text: str) -> Node | None:
    try:
        return parsing.parse(text) if text else None
    except (parsing.UnparsableError, parsing.UndecidedError):
        return None
