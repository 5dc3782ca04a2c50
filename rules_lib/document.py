"""A YAML file as plain data that remembers on which line each value stands, so that an error can name it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import yaml

from rules_lib.errors import ContentError, Problem

if TYPE_CHECKING:
    from pathlib import Path

Location = tuple[str | int, ...]
"""Keys and indexes from the root, e.g. ("objectives", 0, "target")."""

FLOAT_TAG = "tag:yaml.org,2002:float"


@dataclass(frozen=True, slots=True)
class Document:
    """The data of one file (numbers with a point are exact Decimals) and the line of each value."""

    path: str
    data: Any
    lines: dict[Location, int]

    def line(self, location: Location) -> int | None:
        """Return the line of the value, else of the nearest value around it that exists."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location)

    def problem(self, location: Location, what: str, remedy: str = "") -> Problem:
        """Say what is wrong with the value at the location."""
        return Problem(self.path, self.line(location), what, remedy)


def read(path: Path, *, shown_as: str | None = None) -> Document:
    """Read a YAML file. Raises ContentError when it can't be read, isn't YAML or says a key twice."""
    return parse(_text(path, shown_as), shown_as or str(path))


def read_all(path: Path, *, shown_as: str | None = None) -> list[Document]:
    """Read every document of a YAML file, as `read` does one."""
    return parse_all(_text(path, shown_as), shown_as or str(path))


def parse(text: str, path: str) -> Document:
    """Parse YAML text; `path` is what errors name. Raises ContentError as `read` does."""
    first, *more = parse_all(text, path)
    if more:
        raise ContentError([Problem(path, more[0].line(()), "a second document begins here", "write one")])
    return first


def parse_all(text: str, path: str) -> list[Document]:
    """Parse every document of YAML text: at least one, which may be empty."""
    loader, documents, problems = yaml.CSafeLoader(text), list[Document](), list[Problem]()
    try:
        while loader.check_node() and (root := loader.get_node()):
            reader = _Reader(path, loader)
            documents.append(Document(path, reader.value(root, ()), reader.lines))
            problems += reader.problems
    except yaml.YAMLError as error:
        raise ContentError([_syntax_problem(path, error)]) from error
    except RecursionError as error:
        raise ContentError([Problem(path, None, "is nested too deeply")]) from error
    finally:
        loader.dispose()
    if problems:
        raise ContentError(problems)
    return documents or [Document(path, None, {})]


def _text(path: Path, shown_as: str | None) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ContentError([Problem(shown_as or str(path), None, f"cannot be read: {reason}")]) from error


class _Reader:
    """Turns YAML nodes into data; collects lines and what is wrong on the way."""

    def __init__(self, path: str, loader: yaml.CSafeLoader) -> None:
        self.path = path
        self.loader = loader
        self.lines: dict[Location, int] = {}
        self.problems: list[Problem] = []
        self.seen: set[int] = set()

    def value(self, node: yaml.Node, at: Location) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(at, line)
        if id(node) in self.seen:
            # A few aliases of aliases are a value of any size, and one of itself has no end.
            problem = Problem(self.path, line, "an alias (*) repeats what stands here", "write it out")
            if problem not in self.problems:
                self.problems.append(problem)
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, at)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*at, index)) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode) and node.tag == FLOAT_TAG:
            return self._number(node)
        return self.loader.construct_object(node)

    def _number(self, node: yaml.ScalarNode) -> Decimal:
        try:
            return Decimal(node.value.replace("_", ""))
        except InvalidOperation:  # .inf, .nan, and base 60
            line = node.start_mark.line + 1
            self.problems.append(Problem(self.path, line, f"{node.value} is no finite decimal number"))
            return Decimal(0)

    def _mapping(self, node: yaml.MappingNode, at: Location) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(Problem(self.path, line, "a key is a list or a mapping", "write a plain word"))
                continue
            if key in result:
                first = self.lines[*at, key]
                self.problems.append(Problem(self.path, line, f"{key!r} stands here again, first on line {first}"))
            self.lines[*at, key] = line
            result[key] = self.value(value_node, (*at, key))
        return result


def _syntax_problem(path: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or " ".join(str(error).split())
    return Problem(path, None if mark is None else mark.line + 1, f"is not valid YAML: {what}")
