"""Go templates, read into blocks, pipelines and operands as Go's text/template reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BEGIN = re.compile(r"\{\{(?:-(?=\s))?")
_COMMENT = re.compile(r"\{\{(?:-\s)?/\*.*?\*/(?:\s-)?\}\}", re.DOTALL)
_WORDS = re.compile(
    r"""(?P<close>\s-\}\}|\}\})|(?P<space>\s+)|(?P<text>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?P<character>'(?:[^'\\\n]|\\.)*')"""
    r"""|(?P<number>[+-]?(?:0[xXbBoO][\da-fA-F_]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))"""
    r"""|(?P<variable>\$\w*)|(?P<field>\.[^\W\d]\w*)|(?P<dot>\.)|(?P<word>[^\W\d]\w*)|(?P<mark>:=|[=,|()])"""
)
_HINTS = {
    "}": "a template action isn't closed: it ends with two braces",
    '"': "a text in a template action that isn't closed",
    "`": "a text in a template action that isn't closed",
    "'": "a text in a template action stands in double quotes or backquotes",
    "{": "a template action begins with two braces, and has none in it",
    "[": 'a template action knows no [ ]: write {{ index $labels "name" }}',
    "-": 'a template action knows no minus, nor names with it: write {{ index $labels "a-b" }}',
    **dict.fromkeys("+*/%", "a template action knows no arithmetic: let the expression compute it"),
    **dict.fromkeys("<>!&", "a template action knows no such operator: write eq, ne, lt, le, gt, ge, and, not"),
}
_BLOCKS = frozenset({"if", "range", "with", "define", "block"})
_UNCLOSED = "a template action isn't closed"
_DEEPEST = 60
"""Deeper than anybody nests; this reader is recursive."""


class BrokenTemplateError(ValueError):
    """A text that is no template: what is wrong, and the piece that shows where."""

    def __init__(self, words: str, piece: str) -> None:
        super().__init__(words)
        self.words, self.piece = words, piece


@dataclass(frozen=True, slots=True)
class Operand:
    """A text, number, variable, field, dot, word (a function, true, false, nil) or pipeline in parentheses."""

    kind: str
    value: str
    piece: str
    fields: tuple[str, ...] = ()
    pipe: Pipe | None = None


@dataclass(frozen=True, slots=True)
class Pipe:
    """Commands, each given the result of the one before, and the variables that get the last one's."""

    commands: tuple[tuple[Operand, ...], ...]
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """An action: one that prints (`word` is ''), `template`, or one with a body, and another for `else`."""

    word: str
    pipe: Pipe | None
    name: str = ""
    body: tuple[str | Block, ...] = ()
    otherwise: tuple[str | Block, ...] = ()


@dataclass(frozen=True, slots=True)
class _Word:
    kind: str
    text: str
    apart: bool


def parse(text: str) -> tuple[str | Block, ...]:
    """Return the texts and actions of a template; raises BrokenTemplateError."""
    reader = _Reader(list(_split(text)))
    nodes, ended_by = reader.nodes(0)
    if ended_by is not None:
        raise BrokenTemplateError(f"{{{{ {ended_by} }}}} without a beginning", ended_by)
    return nodes


def _split(text: str) -> Iterator[str | list[_Word]]:
    """Yield what stands between actions, and the words of each action."""
    position = 0
    while (begin := _BEGIN.search(text, position)) is not None:
        yield text[position : begin.start()]
        comment = _COMMENT.match(text, begin.start())
        if comment is not None:
            position = comment.end()
            continue
        words: list[_Word] = []
        position, apart = begin.end(), True
        while (found := _WORDS.match(text, position)) is not None:
            position = found.end()
            if found.lastgroup == "close":
                break
            if found.lastgroup != "space":
                words.append(_Word(found.lastgroup or "", found[0], apart))
            apart = found.lastgroup == "space"
        else:
            raise BrokenTemplateError(_said(text, begin.end(), position), text[begin.start() : position])
        yield words
    yield text[position:]


def _said(text: str, begin: int, position: int) -> str:
    """Say why an action's words end at a place."""
    if text.startswith("/*", begin):
        return "a comment in a template that isn't closed: it ends with */}}"
    wrong = text[position : position + 1]
    return _HINTS.get(wrong, f"{wrong} has no meaning in a template action") if wrong else _UNCLOSED


class _Reader:
    """Makes blocks of the pieces of a template."""

    def __init__(self, pieces: list[str | list[_Word]]) -> None:
        self._pieces = pieces
        self._next = 0

    def nodes(self, depth: int) -> tuple[tuple[str | Block, ...], str | None]:
        """Read up to the action that ends this body: `end` or `else …`; None at the end of the text."""
        if depth > _DEEPEST:
            raise BrokenTemplateError(f"blocks more than {_DEEPEST} deep", "{{")
        found: list[str | Block] = []
        while self._next < len(self._pieces):
            piece = self._pieces[self._next]
            self._next += 1
            if isinstance(piece, str):
                found.append(piece)
                continue
            word = piece[0].text if piece else ""
            if word in {"end", "else"}:
                if word == "else" and len(piece) > 1:  # {{ else if … }}: read again as an if that shares the end
                    self._next -= 1
                    self._pieces[self._next] = piece[1:]
                    return tuple(found), "else if"
                return tuple(found), word
            if word not in {"break", "continue"}:
                found.append(self._block(word, piece[1:], depth) if word in _BLOCKS else _action(piece))
        return tuple(found), None

    def _block(self, word: str, rest: list[_Word], depth: int) -> Block:
        name = ""
        if word in {"define", "block"}:
            name, rest = _name(word, rest)
        pipe = _pipe(rest) if rest or word != "define" else None
        body, ended_by = self.nodes(depth + 1)
        otherwise: tuple[str | Block, ...] = ()
        if ended_by == "else if":
            piece = self._pieces[self._next]
            self._next += 1
            inner = piece if isinstance(piece, list) else []
            if inner[0].text not in {"if", "with"}:
                raise BrokenTemplateError("else is followed by if, with or nothing", inner[0].text)
            return Block(word, pipe, name, body, (self._block(inner[0].text, inner[1:], depth + 1),))
        if ended_by == "else":
            otherwise, ended_by = self.nodes(depth + 1)
        if ended_by != "end":
            raise BrokenTemplateError("a block without its {{ end }}", word)
        return Block(word, pipe, name, body, otherwise)


def _action(words: list[_Word]) -> Block:
    if words and words[0].text == "template":
        name, rest = _name("template", words[1:])
        return Block("template", _pipe(rest) if rest else None, name)
    return Block("", _pipe(words))


def _name(word: str, rest: list[_Word]) -> tuple[str, list[_Word]]:
    if not rest or rest[0].kind != "text":
        raise BrokenTemplateError(f"{word} wants a name in quotes", word)
    return rest[0].text[1:-1], rest[1:]


def _pipe(words: list[_Word], depth: int = 0) -> Pipe:
    """Read a pipeline, the variables that it sets first."""
    if depth > _DEEPEST:
        raise BrokenTemplateError(f"parentheses more than {_DEEPEST} deep", "(")
    variables: tuple[str, ...] = ()
    at = next((number for number, word in enumerate(words[:4]) if word.text in {":=", "="}), None)
    if at is not None:
        variables = tuple(word.text for word in words[:at] if word.kind == "variable")
        words = words[at + 1 :]
    if len(words) > 1 and words[-1].text == "|":
        words = words[:-1]  # Go reads it so
    commands: list[list[Operand]] = [[]]
    while words:
        word = words[0]
        if word.text == "|" and word.kind == "mark":
            commands.append([])
            words = words[1:]
            continue
        operand, words = _operand(words, depth)
        commands[-1].append(operand)
    if not all(commands):
        raise BrokenTemplateError("a template action, or a step of it, says nothing", "|" if commands[1:] else "{{")
    return Pipe(tuple(tuple(command) for command in commands), variables)


def _operand(words: list[_Word], depth: int) -> tuple[Operand, list[_Word]]:
    """Read one operand with the fields behind it; return what follows too."""
    word, rest = words[0], words[1:]
    kind, value, piece, pipe = word.kind, word.text, word.text, None
    fields: list[str] = []
    if value == "(" and kind == "mark":
        inside = _within(rest)
        kind, value, pipe = "pipe", "", _pipe(rest[:inside], depth + 1)
        rest = rest[inside + 1 :]
    elif kind == "mark":
        also = ": eq compares" if value == "=" else ""
        raise BrokenTemplateError(f"{value} in a template action where a value belongs{also}", value)
    elif kind == "field":
        kind, value, fields = "dot", ".", [value[1:]]
    while rest and rest[0].kind == "field" and not rest[0].apart:
        fields.append(rest[0].text[1:])
        piece += rest[0].text
        rest = rest[1:]
    return Operand(kind, value, piece, tuple(fields), pipe), rest


def _within(words: list[_Word]) -> int:
    """Return how many words stand before the parenthesis that closes."""
    open_ones = 1
    for number, word in enumerate(words):
        if word.kind == "mark":
            open_ones += {"(": 1, ")": -1}.get(word.text, 0)
        if not open_ones:
            return number
    raise BrokenTemplateError("a parenthesis in a template action isn't closed", "(")
