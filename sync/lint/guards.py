"""Divisors that a query asks to be above 0: elsewhere the same ones may be 0 too."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sync.lint.project import Project, once_a_project
from sync.lint.promql.tree import Binary, Node, Number, selectors_of, turned, walk, without_variables
from sync.lint.query import Query

_GUARD = re.compile(r"(?:>|!=)\s*0(?![\d.])")
_WORD = re.compile(r"[A-Za-z_:][\w:]*")


class Guards:
    """The guarded divisors of a run's queries; only those queries are parsed that may have the one asked for."""

    def __init__(self, queries: Iterable[Query]) -> None:
        self._by_word: dict[str, list[Query]] = {}
        for query in queries:
            if "/" in query.text and _GUARD.search(query.text):
                for word in set(_WORD.findall(query.text)):
                    self._by_word.setdefault(word, []).append(query)
        self._divisors: dict[str, set[Node]] = {}

    def has(self, divisor: Node, name: str) -> bool:
        """Whether a query divides by the same with a guard; `name` is one of the divisor's series."""
        if name not in self._by_word:
            return False
        if name not in self._divisors:
            self._divisors[name] = {each for query in self._by_word[name] for each in _guarded(query)}
        return without_variables(divisor) in self._divisors[name]


def _guarded(query: Query) -> set[Node]:
    """Return what a query divides by and asks to be more than 0, or other than 0, there or above the line."""
    found: set[Node] = set()
    for node, above in query.each(Binary):
        if node.operator != "/":
            continue
        if asked := is_asked(node.right):
            found.add(without_variables(asked))
        elif is_guarded_above(node) or node.right in _asked_besides(above):
            found.add(without_variables(node.right))
    return found


def _asked_besides(above: tuple[Node, ...]) -> list[Node]:
    """Return what `and` asks for beside an expression: `used / size > 0.9 and size > 0`."""
    joined = (node for node in above if isinstance(node, Binary) and node.operator == "and")
    return [asked for node in joined if (asked := is_asked(node.right))]


def is_asked(node: Node) -> Node | None:
    """Return what is asked to be more than 0, or other than 0; None where it is no such question."""
    if not isinstance(node, Binary) or not node.filters:
        return None
    asked = turned(node)
    return asked.left if asked.operator in {">", "!="} and asked.right == Number(0) else None


def is_guarded_above(quotient: Binary) -> bool:
    """Whether what is divided is there only where the divisor isn't 0: `(sum(size != 0) - used) / sum(size)`."""
    divided = set(selectors_of(quotient.right))
    return any(is_asked(each) in divided for each, _ in walk(quotient.left))


@once_a_project
def guards(project: Project) -> Guards:
    """Return the guarded divisors of a project."""
    return Guards(project.queries)
