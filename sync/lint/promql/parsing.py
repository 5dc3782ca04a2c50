"""From a text to the tree, through promql-parser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import promql_parser as grammar

from sync.lint.promql import tree
from sync.lint.promql.variables import STAND_IN, STRING, Substituted, plain, substitute

_SIGNS = (("Equal", "="), ("NotEqual", "!="), ("Re", "=~"), ("NotRe", "!~"))
_OPERATORS = {int(getattr(grammar.MatchOp, name)): sign for name, sign in _SIGNS}
_GROUPS = {
    int(grammar.VectorMatchCardinality.ManyToOne): "left",
    int(grammar.VectorMatchCardinality.OneToMany): "right",
}
_OR_IN_BRACES = "`or` between the matchers of a selector is no PromQL; write two selectors with `or` between them"


class UnparsableError(ValueError):
    """A text that is no PromQL: the parser's words, and where in the text (from 0)."""

    def __init__(self, words: str, offset: int) -> None:
        super().__init__(words)
        self.words = words
        self.offset = offset


class UndecidedError(ValueError):
    """Variables stand where the grammar needs to know what they hold: nothing can be said of this text."""


_OPERATIONS = re.compile(r"[-+*/%^(\[{]|\b(?:and|or|unless)\b")
MOST_OPERATIONS = 2000
"""Longer ones overflow the stack of a recursive parser; the largest of 20,000 public queries has 180."""


_OLD_NAME = "holt_winters("
"""What Prometheus 2 calls a function of which the grammar has Prometheus 3's name alone."""


def parse(text: str) -> tree.Node:
    """Parse PromQL as Grafana would send it; raises UnparsableError or UndecidedError."""
    if len(text) > MOST_OPERATIONS and len(_OPERATIONS.findall(text)) > MOST_OPERATIONS:
        raise UnparsableError(f"it has more than {MOST_OPERATIONS} operations", 0)
    text = text.replace(_OLD_NAME, "double_exponential_smoothing(")
    usual = plain(text)
    try:
        return _tree(usual or substitute(text))
    except ValueError as problem:
        substituted = substitute(text)
        for style in ("number", "function", "nothing") if substituted.structural else ():
            try:
                return _tree(substitute(text, style=style))
            except ValueError:
                continue
        offset = substituted.original(_offset(substituted.text, str(problem)))
        bare = _bare_variable(text)
        if bare is not None:
            raise UnparsableError("a matcher's value has to stand in quotes, a variable too", bare) from None
        in_pattern = str(problem).startswith("illegal regex")
        if in_pattern and (_OF_RE2.search(text) or _is_legal(substituted.text)):
            raise UndecidedError from None
        if substituted.structural and _balanced(substituted.text):
            raise UndecidedError from None
        raise UnparsableError(_words(str(problem)), min(offset, len(text))) from None


_OF_RE2 = re.compile(r"\\[QE]")
"""What the patterns of Prometheus may hold, and this grammar refuses."""
_IN_STRING = re.compile(r"\\*⟦[^⟧]*⟧")


def _is_legal(text: str) -> bool:
    """Whether all patterns can be read when a word stands for each variable in them; a backslash may be before one."""
    try:
        grammar.parse(_IN_STRING.sub("x", text))
    except ValueError as problem:
        return not str(problem).startswith("illegal regex")
    return True


_BARE = re.compile(r"[{,]\s*\w+\s*(?:=~|!~|!=|=)\s*(?:\$\w+|\$\{\w+(?::(?!\w*quote)\w+)?\}|\[\[\w+\]\])\s*[,}]")


def _bare_variable(text: str) -> int | None:
    """Return where a matcher has a variable without quotes as its value: what Grafana fills in has none either."""
    blank = STRING.sub(lambda found: '"' + "_" * (len(found[0]) - 2) + '"', text)
    found = _BARE.search(blank)
    return found.start() + 1 if found else None


def _tree(substituted: Substituted) -> tree.Node:
    try:
        return _Builder(substituted).node(grammar.parse(substituted.text))
    except RecursionError:
        raise ValueError("it nests too deep") from None
    except OverflowError:
        raise ValueError("a number or duration is out of range") from None


class _Builder:
    def __init__(self, substituted: Substituted) -> None:
        self.substituted = substituted

    def node(self, expression: Any) -> tree.Node:
        while (kind := type(expression)) is grammar.ParenExpr:
            expression = expression.expr
        return _BUILT[kind](self, expression)

    def _NumberLiteral(self, literal: Any) -> tree.Node:  # noqa: N802 named as the grammar's classes are
        return tree.Number(literal.val, variable=literal.val == STAND_IN)

    def _StringLiteral(self, literal: Any) -> tree.Node:  # noqa: N802
        return tree.Text(literal.val)

    def _UnaryExpr(self, unary: Any) -> tree.Node:  # noqa: N802
        body = self.node(unary.expr)
        return tree.Number(-body.value) if isinstance(body, tree.Number) else tree.Negative(body)

    def _VectorSelector(self, selector: Any, window: tree.Window | None = None) -> tree.Node:  # noqa: N802
        matchers = selector.matchers
        if matchers.or_matchers:
            raise ValueError(_OR_IN_BRACES)
        found = [tree.Matcher(m.name, _OPERATORS[int(m.op)], m.value) for m in matchers.matchers]
        name = selector.name
        if name is None:
            name = next((m.value for m in found if m.label == "__name__" and m.operator == "="), "")
            found = [m for m in found if not (m.label == "__name__" and m.operator == "=")]
        offset = selector.offset
        return tree.Selector(
            name=name,
            matchers=tuple(found),
            window=window,
            offset=offset.total_seconds() if offset else 0,
            pinned=selector.at is not None,
        )

    def _MatrixSelector(self, selector: Any) -> tree.Node:  # noqa: N802
        return self._VectorSelector(selector.vector_selector, self._window(selector.range))

    def _Call(self, call: Any) -> tree.Node:  # noqa: N802
        return tree.Call(call.func.name, tuple(map(self.node, call.args)))

    def _AggregateExpr(self, aggregate: Any) -> tree.Node:  # noqa: N802
        modifier = aggregate.modifier
        return tree.Aggregation(
            name=str(aggregate.op),
            body=self.node(aggregate.expr),
            parameter=self.node(aggregate.param) if aggregate.param is not None else None,
            labels=tuple(modifier.labels) if modifier else None,
            without=bool(modifier) and modifier.type == grammar.AggModifierType.Without,
        )

    def _BinaryExpr(self, binary: Any) -> tree.Node:  # noqa: N802
        left, right = self.node(binary.lhs), self.node(binary.rhs)
        modifier = binary.modifier
        if modifier is None:
            return tree.Binary(str(binary.op), left, right)
        matching = modifier.matching
        labels = tuple(matching.labels) if matching else None
        included = matching is not None and matching.type == grammar.LabelModifierType.Include
        return tree.Binary(
            operator=str(binary.op),
            left=left,
            right=right,
            as_bool=modifier.return_bool,
            on=labels if included else None,
            ignoring=None if included else labels,
            group=_GROUPS.get(int(modifier.card), ""),
            include=tuple(modifier.group_labels or ()),
        )

    def _SubqueryExpr(self, subquery: Any) -> tree.Node:  # noqa: N802
        return tree.Subquery(
            body=self.node(subquery.expr),
            window=self._window(subquery.range),
            step=self._window(subquery.step) if subquery.step else None,
            offset=subquery.offset.total_seconds() if subquery.offset else 0,
        )

    def _window(self, length: Any) -> tree.Window:
        seconds = length.total_seconds()
        variable = self.substituted.window_variable(seconds)
        return tree.Window(None if variable else seconds, variable)


_BUILT: dict[type[Any], Callable[[_Builder, Any], tree.Node]] = {
    getattr(grammar, name.removeprefix("_")): build
    for name, build in vars(_Builder).items()
    if hasattr(grammar, name.removeprefix("_"))
}
"""How each class of the grammar becomes a node."""
_BRACKETS = re.compile(r"""#[^\n]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|[\[\](){}"'`]""", re.DOTALL)
_PAIRS = {")": "(", "]": "[", "}": "{"}


def _unbalanced(text: str) -> int | None:
    opened: list[tuple[str, int]] = []
    for found in _BRACKETS.finditer(text):
        token = found[0]
        if token in {'"', "'", "`"}:
            return found.start()
        if token in _PAIRS.values():
            opened.append((token, found.start()))
        elif token in _PAIRS:
            if not opened or opened[-1][0] != _PAIRS[token]:
                return found.start()
            opened.pop()
    return opened[-1][1] if opened else None


def _balanced(text: str) -> bool:
    return _unbalanced(text) is None


_QUOTED = re.compile(r"""'([^']+)'|regex for (.+)$|escape sequence|or '([^']+)'""")
_LEXEMES = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)|(?P<operand>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\{[^{}]*\}|\[[^\[\]]*\]|\d[\w.]*|\.\d+)"""
    r"|(?P<word>[A-Za-z_:][\w:]*)|(?P<operator>==|!=|>=|<=|=~|!~|[-+*/%^<>@=])|(?P<other>.)",
    re.DOTALL,
)
_BETWEEN = frozenset(["and", "or", "unless", "atan2", "offset"])
_GROUPING = frozenset(["by", "without", "on", "ignoring", "group_left", "group_right", "bool"])


def _offset(text: str, words: str) -> int:
    """Find the place that the parser's words are about; it names none itself."""
    unbalanced = _unbalanced(text)
    if unbalanced is not None:
        return unbalanced
    if words == _OR_IN_BRACES:
        return next((found.start() for found in re.finditer(r"\bor\b", text)), 0)
    if found := _QUOTED.search(words):
        piece = found[1] or found[2] or found[3] or "\\"
        place = re.search(rf"(?<![\w:]){re.escape(piece)}", text) or re.search(re.escape(piece), text)
        if place:
            return place.start()
    return _stumble(text)


def _stumble(text: str) -> int:
    """Return where two operands, or two operators, follow each other; the end of the text when none do."""
    expects_operand = True
    for found in _LEXEMES.finditer(text):
        kind, token = found.lastgroup, found[0]
        if kind == "space":
            continue
        if token.lower() in _GROUPING or token in {"(", ")", ","}:
            expects_operand = token != ")"  # noqa: S105 a bracket
        elif token.lower() in _BETWEEN or kind == "operator":
            if expects_operand and token not in {"+", "-"}:
                return found.start()
            expects_operand = True
        elif kind in {"operand", "word"}:
            if not expects_operand and token[0] not in "[{":
                return found.start()
            expects_operand = False
        else:
            return found.start()
    return len(text) if expects_operand else 0


def _words(words: str) -> str:
    return tree.shown(re.sub(r"xvar\d+x", "a variable", words))
