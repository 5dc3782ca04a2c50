"""What an alert's template shows, and what of it fails when Prometheus fills it in: it is followed, not run.

Prometheus gives a template the labels and the value of one sample of the expression's result, before the rule's own
labels are added (rules/alerting.go); Loki's ruler evaluates by the same code.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace

from sync.lint.gotemplate import Block, BrokenTemplateError, Operand, Pipe, parse
from sync.lint.matching import pattern_problem
from sync.lint.promql.tree import Selector, Subquery
from sync.lint.query import Language, Query
from sync.lint.template_functions import COMPARISONS, FUNCTIONS, Kind

_BARE = re.compile(r"\$(?:labels|externalLabels)\.\w+|\$value\b|\$\{(?:labels\.\w+|value)\}")
_VERB = re.compile(r"%[-+# 0]*\d*(?:\.\d*)?([a-zA-Z%])")
_PRINTS = {Kind.NUMBER: "vfgeFGEbxX", Kind.WHOLE: "vdbcoOqxXU", Kind.TEXT: "vsqxX"}
_GO_NAMES = {Kind.NUMBER: "float64", Kind.WHOLE: "int", Kind.TEXT: "string"}
_FIELDS = {
    Kind.ALERT: {
        "Labels": Kind.LABELS,
        "ExternalLabels": Kind.EXTERNAL,
        "ExternalURL": Kind.TEXT,
        "Value": Kind.NUMBER,
    },
    Kind.SAMPLE: {"Labels": Kind.LABELS, "Value": Kind.NUMBER},
}


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of a value: the query it comes from, whether it moves with each evaluation, a text's characters."""

    kind: Kind = Kind.ANY
    source: Query | None = None
    moves: bool = False
    text: str | None = None


@dataclass(frozen=True, slots=True)
class LabelShown:
    """A label that is shown, and the query whose result should have it."""

    name: str
    source: Query
    piece: str


@dataclass
class AlertText:
    """What was found in one text: failures and typos with the piece that shows where, and what it shows."""

    failures: dict[str, str] = field(default_factory=dict)
    typos: dict[str, str] = field(default_factory=dict)
    labels: list[LabelShown] = field(default_factory=list)
    external: list[str] = field(default_factory=list)
    moving: str | None = None


def read(text: str, query: Query) -> AlertText:
    """Follow the template of an alert on a query."""
    found = AlertText()
    try:
        nodes = parse(text)
    except BrokenTemplateError as error:
        found.failures[error.words] = error.piece
        return found
    alert = Value(Kind.ALERT, query)
    start = {
        "$": alert,
        "$labels": Value(Kind.LABELS, query),
        "$value": Value(Kind.NUMBER, moves=True),
        "$externalLabels": Value(Kind.EXTERNAL),
        "$externalURL": Value(Kind.TEXT),
    }
    reader = _Reader(found, query, {node.name for node in _blocks(nodes) if node.word in {"define", "block"}})
    reader.body(nodes, start, alert)
    if '"{{' not in text and "`{{" not in text:  # else it writes a template for another program
        _look_at_texts(nodes, found)
    return found


def _blocks(nodes: Iterable[str | Block]) -> Iterator[Block]:
    for node in nodes:
        if isinstance(node, Block):
            yield node
            yield from _blocks((*node.body, *node.otherwise))


def _look_at_texts(nodes: Iterable[str | Block], found: AlertText) -> None:
    """Look for actions that lack their braces, which are sent as they stand."""
    inner = (each for node in _blocks(nodes) for each in (*node.body, *node.otherwise))
    for text in (node for node in (*nodes, *inner) if isinstance(node, str)):
        bare = _BARE.search(text)
        if bare is not None:
            found.failures[f"{bare[0]} outside of {{{{ }}}} is sent as it stands"] = bare[0]
        elif "}}" in text:
            found.typos["}} without {{ is sent as it stands"] = "}}"


class _Reader:
    """Follows values through a template."""

    def __init__(self, found: AlertText, query: Query, templates: set[str]) -> None:
        self._found, self._query, self._templates = found, query, templates
        self._asks: set[str] | None = None
        self._guarded: frozenset[str] = frozenset()

    def body(self, nodes: Iterable[str | Block], variables: dict[str, Value], dot: Value) -> None:
        """Follow what stands in a body; variables set there end with it."""
        variables = dict(variables)
        for node in nodes:
            if isinstance(node, Block):
                self._block(node, variables, dot)

    def _block(self, node: Block, variables: dict[str, Value], dot: Value) -> None:
        if node.word in {"", "template"}:
            shown = self._pipe(node.pipe, variables, dot) if node.pipe is not None else Value()
            if node.word == "template" and node.name not in self._templates:
                self._fail(f"there is no template {node.name} in this text, and it sees no others", node.name)
            if shown.moves and node.pipe is not None and not node.pipe.variables:
                self._found.moving = node.pipe.commands[0][0].piece
            return
        if node.word == "define":
            self.body(node.body, {"$": Value()}, Value())
            return
        inside = dict(variables)
        with self._asking() as asked:
            writers = frozenset({"query", "printf"} if node.word == "with" else {"query"})  # `with` has it for its dot
            value = self._pipe(node.pipe, inside, dot, writers) if node.pipe is not None else Value()
        if node.word == "range":
            value = self._each(node, value, inside)
        before, self._guarded = self._guarded, self._guarded | asked
        self.body(node.body, inside, dot if node.word == "if" else value)
        self._guarded = before
        self.body(node.otherwise, inside, dot)

    @contextmanager
    def _asking(self) -> Iterator[set[str]]:
        """Collect the labels that a condition asks for: they may be there or not."""
        names: set[str] = set()
        before, self._asks = self._asks, names
        yield names
        self._asks = before

    @contextmanager
    def _showing(self) -> Iterator[None]:
        """Take labels for shown though a condition is read."""
        before, self._asks = self._asks, None
        yield
        self._asks = before

    def _each(self, node: Block, whole: Value, variables: dict[str, Value]) -> Value:
        """Return what `range` goes through, and set its variables."""
        one = Value(Kind.TEXT if whole.kind in {Kind.LABELS, Kind.EXTERNAL} else Kind.ANY)
        if whole.kind is Kind.SAMPLES:
            one = Value(Kind.SAMPLE, whole.source)
        names = node.pipe.variables if node.pipe is not None else ()
        variables |= zip(reversed(names), (one, Value()), strict=False)
        return one

    def _pipe(
        self, pipe: Pipe, variables: dict[str, Value], dot: Value, writers: frozenset[str] = frozenset({"query"})
    ) -> Value:
        """Follow a pipeline; what is on its way to a query is shown there, though a condition is read."""
        value: Value | None = None
        asked = [number for number, command in enumerate(pipe.commands) if command[0].value in writers]
        for number, command in enumerate(pipe.commands):
            with self._showing() if number <= max(asked, default=-1) else nullcontext():
                value = self._command(command, value, variables, dot)
        for name in pipe.variables:
            variables[name] = value or Value()
        return value or Value()

    def _command(
        self, command: tuple[Operand, ...], last: Value | None, variables: dict[str, Value], dot: Value
    ) -> Value:
        first = command[0]
        is_function = first.kind == "word" and first.value not in {"true", "false", "nil"}
        if is_function and first.value in {"and", "or"}:
            with self._asking():
                arguments = [self._operand(each, variables, dot) for each in command[1:]]
        else:
            arguments = [self._operand(each, variables, dot) for each in command[1:]]
        if last is not None:
            arguments.append(last)
        if is_function:
            return self._call(first, arguments)
        value = self._operand(first, variables, dot)
        if first.value == "nil":
            self._fail("nil is no value that a template can show", "nil")
        elif arguments and not (first.fields and value.kind is Kind.ANY):
            self._fail(f"{first.piece} is no function and takes no arguments", first.piece)
        return value

    def _operand(self, operand: Operand, variables: dict[str, Value], dot: Value) -> Value:
        match operand.kind:
            case "text":
                value = Value(Kind.TEXT, text=_unquoted(operand.value))
            case "number":
                is_whole = re.fullmatch(r"[+-]?(?:\d+|0[xXbBoO]\w+)", operand.value) is not None
                value = Value(Kind.WHOLE if is_whole else Kind.NUMBER)
            case "character":
                if len(operand.value) > 3 and operand.value[1] != "\\":
                    self._fail(f"{operand.value} is no text: a template's texts stand in double quotes", operand.value)
                value = Value(Kind.WHOLE)
            case "variable":
                value = self._variable(operand.value, variables)
            case "dot":
                value = dot
            case "pipe" if operand.pipe is not None:
                value = self._pipe(operand.pipe, variables, dot)
            case _:
                is_truth = operand.value in {"true", "false"}
                known = is_truth or operand.value == "nil"
                value = Value(Kind.TRUTH if is_truth else Kind.ANY) if known else self._call(operand, [])
        for name in operand.fields:
            value = self._field(value, name, operand.piece)
        return value

    def _variable(self, name: str, variables: dict[str, Value]) -> Value:
        if name not in variables:
            self._fail(f"there is no {name} in an alert's template{_near(name, variables)}", name)
        return variables.get(name, Value())

    def _field(self, value: Value, name: str, piece: str) -> Value:
        if value.kind is Kind.LABELS:
            self._show(name, value.source, piece)
            return Value(Kind.TEXT)
        if value.kind is Kind.EXTERNAL:
            self._found.external.append(name)
            return Value(Kind.TEXT)
        fields = _FIELDS.get(value.kind)
        if fields is not None and name in fields:
            return Value(fields[name], value.source, moves=name == "Value")
        if fields is not None:
            right = next((each for each in fields if each.lower() == name.lower()), None)
            instead = f"write .{right}" if right else f"it has {', '.join(f'.{each}' for each in fields)}"
            if value.kind is Kind.ALERT and not right and name[0].islower():
                instead = f"a label is $labels.{name}"
            self._fail(f"{value.kind} has no .{name} in a template: {instead}", f".{name}")
        elif value.kind is Kind.SAMPLES:
            self._fail(f"{value.kind} has no .{name}: take `first` of it, or `range` over it", f".{name}")
        elif value.kind is not Kind.ANY and not (value.kind is Kind.NUMBER and name[0].isupper()):
            self._fail(f"{piece} asks {value.kind} for .{name}", piece)
        return Value()

    def _show(self, name: str, source: Query | None, piece: str) -> None:
        if self._asks is not None:
            self._asks.add(name)
        elif source is not None and name not in self._guarded:
            self._found.labels.append(LabelShown(name, source, piece))

    def _call(self, operand: Operand, arguments: list[Value]) -> Value:
        name = operand.value
        function = FUNCTIONS.get(name)
        if function is None:
            self._fail(f"there is no template function {name}{_meant(name)}", name)
            return Value()
        if len(arguments) < len(function.wants) or (len(arguments) > len(function.wants) and not function.open):
            wants = " and ".join(function.wants) or "nothing"
            given = f"{len(arguments)} values" if len(arguments) > 1 else "one" if arguments else "nothing"
            also = "; write $value" if name == "value" and not arguments else ""
            self._fail(f"{name} wants {wants}, and is given {given}{also}", name)
            return Value(function.gives)
        for wanted, argument in zip(function.wants, arguments, strict=False):
            if not wanted.takes(argument.kind):
                self._fail(f"{name} wants {wanted}, and is given {argument.kind}", name)
                return Value(function.gives)
        return self._result(name, function.gives, arguments)

    def _result(self, name: str, gives: Kind, arguments: list[Value]) -> Value:
        moves = any(each.moves for each in arguments) and gives is not Kind.TRUTH
        source = next((each.source for each in arguments if each.source is not None), None)
        match name:
            case "query":
                return Value(gives, self._queried(arguments[0].text))
            case "value":
                return Value(gives, moves=True)
            case "label" if arguments[0].text is not None:
                self._show(arguments[0].text, source, arguments[0].text)
            case "match" | "reReplaceAll" if arguments[0].text and (problem := pattern_problem(arguments[0].text)):
                self._fail(f"{name} can't read its pattern: {problem}", arguments[0].text)
            case "index":
                return self._element(arguments)
            case "printf":
                return Value(gives, moves=moves, text=self._printed(arguments))
            case _ if name in COMPARISONS:
                self._compared(name, arguments)
        return Value(gives, source if gives in {Kind.SAMPLE, Kind.SAMPLES} else None, moves)

    def _element(self, arguments: list[Value]) -> Value:
        whole = arguments[0]
        if len(arguments) == 2 and whole.kind is Kind.SAMPLES:
            return replace(whole, kind=Kind.SAMPLE)
        if len(arguments) == 2 and whole.kind in {Kind.LABELS, Kind.EXTERNAL} and arguments[1].text is not None:
            return self._field(whole, arguments[1].text, arguments[1].text)
        return Value()

    def _queried(self, text: str | None) -> Query | None:
        """Read the query of `query "…"`; a query of Loki's ruler is LogQL, which is left alone."""
        if text is None or self._query.language is not Language.PROMQL:
            return None
        inside = _BARE.search(text)
        if inside is not None:
            self._fail(f"{inside[0]} in the text of a query stays as it is: put it in by printf", inside[0])
            return None
        query = Query(text, Language.PROMQL, self._query.use)
        if query.error is not None:
            words = query.error.words if "${printed}" not in text else "whatever printf puts in"
            self._fail(f"query: not PromQL: {words}", text)
        if isinstance(query.tree, Subquery) or (isinstance(query.tree, Selector) and query.tree.window):
            self._fail("query can't return ranges: take a function of them", text)
        return query

    def _printed(self, arguments: list[Value]) -> str | None:
        """Return what printf gives with variables for what isn't known; say which verbs print Go's complaint."""
        text, given = arguments[0].text, arguments[1:]
        if text is None:
            return None
        verbs = [verb for verb in _VERB.finditer(text) if verb[1] != "%"]
        if "*" in text or "%[" in text:
            return None
        for verb, value in zip(verbs, given, strict=False):
            if value.kind in _PRINTS and verb[1] not in _PRINTS[value.kind] + "T":
                said = f"%!{verb[1]}({_GO_NAMES[value.kind]}=…)"
                self._fail(f"printf writes {said}: {verb[0]} is not for {value.kind}", verb[0])
        if len(verbs) != len(given):
            said = "%!(EXTRA …)" if len(verbs) < len(given) else f"%!{verbs[len(given)][1]}(MISSING)"
            self._fail(f"printf writes {said}: {len(verbs)} places for {len(given)} values", text)
        return _VERB.sub(lambda verb: {"%": "%", "q": '"${printed}"'}.get(verb[1], "${printed}"), text)

    def _compared(self, name: str, arguments: list[Value]) -> None:
        kinds = {each.kind for each in arguments}
        if len(kinds) > 1 and kinds <= {Kind.NUMBER, Kind.WHOLE, Kind.TEXT, Kind.TRUTH}:
            also = ": write 10 as 10.0" if kinds == {Kind.NUMBER, Kind.WHOLE} else ""
            self._fail(f"a template can't compare {' with '.join(sorted(kinds))}{also}", name)

    def _fail(self, words: str, piece: str) -> None:
        self._found.failures.setdefault(words, piece)


def _meant(name: str) -> str:
    if name in {"labels", "externalLabels"}:
        return f": write ${name}"
    return _near(name, FUNCTIONS)


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    return f"; did you mean {near[0]}?" if near else ""


def _unquoted(literal: str) -> str:
    if literal.startswith("`"):
        return literal[1:-1]
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), literal[1:-1])
