"""What changed in a PromQL query: metric, label, window, function, grouping; spelling alone is no change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import timedelta

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`')
_VARIABLE = re.compile(r"\$\{[^}]*\}|\$\w+|\[\[[^\]]*\]\]")
_COMMENT = re.compile(r"#[^\n]*")
# Stand-ins for variables: windows and numbers nobody writes, names that begin so.
_WINDOW = 2_345_678_901  # milliseconds; the parser takes no more than 32 bits of them in one unit
_NUMBER = 7_700_000_000_000
_NAME = "dash_sync_variable_"
_LONGEST = 20_000
ARGUMENTS = {
    ("histogram_quantile", 0): "quantile",
    ("quantile", 0): "quantile",
    ("topk", 0): "limit",
    ("bottomk", 0): "limit",
}


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression: what it is, what it says besides its parts, and how it reads."""

    kind: str
    facts: tuple[tuple[str, Any], ...]
    parts: tuple[Node, ...]
    text: str

    def __eq__(self, other: object) -> bool:
        """Compare the meaning; how it was written doesn't count."""
        return isinstance(other, Node) and (self.kind, self.facts, self.parts) == (other.kind, other.facts, other.parts)

    def __hash__(self) -> int:
        return hash((self.kind, self.facts))


@lru_cache(maxsize=4096)
def parse(expression: str) -> Node | None:
    """Return the meaning of an expression with Grafana's variables in it; None where Prometheus couldn't read it."""
    import promql_parser

    if len(expression) > _LONGEST:
        return None
    for number in (False, True):
        variables: list[str] = []
        try:
            tree = promql_parser.parse(_stand_in(expression, variables, number=number))
        except (ValueError, RecursionError):
            if not variables:
                return None
            continue
        return _Reader(variables).node(tree)
    return None


def _stand_in(expression: str, variables: list[str], *, number: bool) -> str:
    """Replace what only Grafana understands, outside of texts: by a window in brackets, else by a name or a number."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f'"{len(kept) - 1}"'

    def stand_in(found: re.Match[str]) -> str:
        variables.append(found[0])
        index = len(variables) - 1
        before = found.string[: found.start()].rstrip()
        if before.endswith(("[", ":", "offset", "offset -")):
            return f"{_WINDOW + index}ms"
        return str(_NUMBER + index) if number else f"{_NAME}{index}"

    bare = _COMMENT.sub("", _STRING.sub(keep, expression))
    bare = _VARIABLE.sub(stand_in, bare)
    return re.sub(r'"(\d+)"', lambda found: kept[int(found[1])], bare)


@dataclass(frozen=True)
class _Reader:
    variables: list[str]

    def node(self, tree: Any) -> Node:
        return getattr(self, f"_{type(tree).__name__.lower()}")(tree)  # type: ignore[no-any-return]

    def _text(self, tree: Any) -> str:
        written = re.sub(r"(?<=\w)\{\}", "", str(tree))
        written = re.sub(rf"{_NAME}(\d+)", lambda found: self.variables[int(found[1])], written)
        return re.sub(r"\s+", " ", written)

    def _name(self, name: str) -> str:
        return re.sub(rf"{_NAME}(\d+)", lambda found: self.variables[int(found[1])], name)

    def _duration(self, value: timedelta | None) -> str:
        if value is None:
            return ""
        index = round(value.total_seconds() * 1000) - _WINDOW
        if 0 <= index < len(self.variables):
            return self.variables[index]
        return _duration(value)

    def _make(self, tree: Any, kind: str, parts: tuple[Any, ...], facts: dict[str, Any]) -> Node:
        said = tuple((key, value) for key, value in facts.items() if value not in {"", None})
        return Node(kind, said, tuple(self.node(part) for part in parts), self._text(tree))

    def _parenexpr(self, tree: Any) -> Node:
        return self.node(tree.expr)

    def _numberliteral(self, tree: Any) -> Node:
        index = tree.val - _NUMBER
        known = index.is_integer() and 0 <= index < len(self.variables)
        shown = self.variables[int(index)] if known else f"{tree.val:g}"
        return Node("number", (("value", shown),), (), shown)

    def _stringliteral(self, tree: Any) -> Node:
        return Node("text", (("value", tree.val),), (), f'"{tree.val}"')

    def _vectorselector(self, tree: Any) -> Node:
        return self._make(tree, "selector", (), self._selected(tree) | self._when(tree))

    def _matrixselector(self, tree: Any) -> Node:
        inner = tree.vector_selector
        window = {"window": self._duration(tree.range)}
        return self._make(tree, "selector", (), self._selected(inner) | window | self._when(inner))

    def _selected(self, tree: Any) -> dict[str, Any]:
        matchers = [(self._name(one.name), _operator(one.op), one.value) for one in tree.matchers.matchers]
        either = [
            _listed((one.name, _operator(one.op), one.value) for one in group) for group in tree.matchers.or_matchers
        ]
        name = self._name(tree.name or "")
        if not name:
            name = next((value for label, operator, value in matchers if label == "__name__" and operator == "="), "")
            matchers = [one for one in matchers if one[:2] != ("__name__", "=")]
        return {"metric": name, "labels": tuple(sorted(matchers)), "either of": " or ".join(sorted(either))}

    def _when(self, tree: Any) -> dict[str, str]:
        offset = tree.offset
        negative = offset is not None and offset.total_seconds() < 0
        return {
            "offset": ("-" if negative else "") + self._duration(abs(offset) if offset is not None else None),
            "at": self._text(tree.at or ""),
        }

    def _subqueryexpr(self, tree: Any) -> Node:
        window = f"{self._duration(tree.range)}:{self._duration(tree.step)}"
        return self._make(tree, "subquery", (tree.expr,), {"window": window} | self._when(tree))

    def _call(self, tree: Any) -> Node:
        return self._make(tree, "call", tuple(tree.args), {"function": tree.func.name})

    def _unaryexpr(self, tree: Any) -> Node:
        return self._make(tree, "minus", (tree.expr,), {})

    def _aggregateexpr(self, tree: Any) -> Node:
        modifier = self._name(str(tree.modifier or ""))
        kind, _, labels = modifier.partition("(")
        grouping = (
            kind.strip(),
            tuple(sorted(label.strip() for label in labels.rstrip(")").split(",") if label.strip())),
        )
        parts = (tree.param, tree.expr) if tree.param is not None else (tree.expr,)
        facts = {"function": self._name(str(tree.op)), "grouping": grouping if grouping != ("by", ()) else ("", ())}
        return self._make(tree, "aggregate", parts, facts)

    def _binaryexpr(self, tree: Any) -> Node:
        facts = {"operator": str(tree.op), "matching": self._name(str(tree.modifier or "")).strip()}
        return self._make(tree, "binary", (tree.lhs, tree.rhs), facts)


def _listed(matchers: Iterable[tuple[str, str, str]]) -> str:
    return ", ".join(f"{name}{operator}{_quoted(value)}" for name, operator, value in sorted(matchers))


def _operator(operator: Any) -> str:
    return {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}.get(
        str(operator).rpartition(".")[2], str(operator)
    )


def _duration(value: timedelta) -> str:
    left = round(value.total_seconds() * 1000)
    shown = ""
    for unit, size in (("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        if left >= size and (left % size == 0 or shown or unit != "w"):
            shown += f"{left // size}{unit}"
            left %= size
    return shown or "0s"


def explain(before: str, after: str) -> list[str] | None:
    """Return what changed, [] when only the spelling did, None where one of them can't be read."""
    old, new = parse(before), parse(after)
    if old is None or new is None:
        return None
    if old == new:
        return []
    found = list(dict.fromkeys(_changes(old, new)))
    one_metric = len(_metrics(new)) == 1
    return [line.removesuffix(f" of {next(iter(_metrics(new)))}") for line in found] if one_metric else found


def _metrics(node: Node) -> set[str]:
    own = {value for key, value in node.facts if key == "metric"} if node.kind == "selector" else set()
    return own.union(*(_metrics(part) for part in node.parts))


def _changes(old: Node, new: Node) -> Iterator[str]:
    if old == new:
        return
    if old.kind == new.kind and len(old.parts) == len(new.parts) and _related(old, new):
        yield from _facts(old, new)
        for index, (left, right) in enumerate(zip(old.parts, new.parts, strict=True)):
            name = ARGUMENTS.get((dict(new.facts).get("function", ""), index), "number")
            yield from (re.sub("^number ", f"{name} ", line) for line in _changes(left, right))
    elif (inner := _around(old, new)) is not None:
        yield f"wrapped in {_outer(new, inner)}"
        yield from _changes(old, inner)
    elif (inner := _around(new, old)) is not None:
        yield f"no longer in {_outer(old, inner)}"
        yield from _changes(inner, new)
    else:
        yield f"{_short(old.text)} → {_short(new.text)}"


def _related(old: Node, new: Node) -> bool:
    """Whether one can be told as an edit of the other: parts in common, or nothing inside that could be told apart."""
    if not old.parts or old.facts == new.facts:
        return True
    return any(left == right or left.kind == right.kind for left, right in zip(old.parts, new.parts, strict=True))


def _around(inner: Node, outer: Node) -> Node | None:
    """Return the part of `outer` that is, or is an edit of, `inner`."""
    equal = next((part for part in outer.parts if part == inner), None)
    return (
        equal if equal is not None else next((part for part in outer.parts if _around(inner, part) is not None), None)
    )


def _outer(node: Node, inner: Node) -> str:
    """Return what stands around a part of an expression: "topk by (job)(5, …)"."""
    facts = dict(node.facts)
    said = ["…" if part is inner else _operand(node, part) for part in node.parts]
    match node.kind:
        case "call" | "aggregate":
            kind, labels = facts.get("grouping", ("", ()))
            grouped = f"{facts['function']} {kind} ({', '.join(labels)})" if kind else str(facts["function"])
            return f"{grouped}({', '.join(said)})" if node.kind == "call" or len(said) > 1 else grouped
        case "binary":
            matching = f"{facts['operator']} {facts.get('matching', '')}".strip()
            return f" {matching} ".join(said)
        case "subquery":
            return f"[{facts['window']}]"
        case _:
            return node.kind


def _operand(node: Node, part: Node) -> str:
    shown = _short(part.text)
    return f"({shown})" if node.kind == part.kind == "binary" else shown


def _facts(old: Node, new: Node) -> Iterator[str]:
    before, after = dict(old.facts), dict(new.facts)
    for name in [*before, *(name for name in after if name not in before)]:
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        if name == "labels":
            yield from _labels(was or (), now or (), metric=after.get("metric", ""))
        elif name == "grouping":
            yield from _grouping(was or ("", ()), now or ("", ()))
        elif name == "value":
            yield f"{old.kind} {_short(str(was))} → {_short(str(now))}"
        elif was in {None, ""} or now in {None, ""}:
            yield f"{name} {now} added" if was in {None, ""} else f"{name} {was} removed"
        else:
            yield f"{name} {was} → {now}"


def _labels(
    was: tuple[tuple[str, str, str], ...], now: tuple[tuple[str, str, str], ...], *, metric: str
) -> Iterator[str]:
    old, new = [one for one in was if one not in now], [one for one in now if one not in was]
    at = f" of {metric}" if metric else ""
    for name, operator, value in old:
        other = next((one for one in new if one[0] == name), None)
        if other is None:
            yield f"label {name}{operator}{_quoted(value)} removed{at}"
        else:
            new.remove(other)
            yield f"label {name}{operator}{_quoted(value)} → {other[1]}{_quoted(other[2])}{at}"
    for name, operator, value in new:
        yield f"label {name}{operator}{_quoted(value)} added{at}"


def _grouping(was: tuple[str, tuple[str, ...]], now: tuple[str, tuple[str, ...]]) -> Iterator[str]:
    if was[0] == now[0]:
        kind = f"grouping {was[0]}"
        yield from (f"{kind} {label} added" for label in now[1] if label not in was[1])
        yield from (f"{kind} {label} removed" for label in was[1] if label not in now[1])
    else:
        shown = [f"{kind} ({', '.join(labels)})" if kind else "none" for kind, labels in (was, now)]
        yield f"grouping {shown[0]} → {shown[1]}"


def _quoted(value: str) -> str:
    return f'"{_short(value)}"'


def _short(value: str) -> str:
    return value if len(value) <= 80 else f"{value[:60]} … {value[-15:]}"
