"""What LogQL and TraceQL have in common on paper: strings, brackets, comments."""

from __future__ import annotations

import re
from collections.abc import Callable

STRING = r'"(?:[^"\\]|\\.)*"|`[^`]*`'
_TOKENS = re.compile(
    rf"(?P<string>{STRING})|(?P<comment>#[^\n]*)|(?P<bracket>[\[\](){{}}])|(?P<quote>[\"`])", re.DOTALL
)
_PAIRS = {")": "(", "]": "[", "}": "{"}
_NAMES = {"(": "parenthesis", "[": "bracket", "{": "brace", ")": "parenthesis", "]": "bracket", "}": "brace"}
_VARIABLE = re.compile(r"\$\{[^}]*\}|\[\[\w+(?::\w+)?\]\]")


def masked(text: str, *, comments: bool = True) -> str:
    """Return the text with strings, comments and braced variables blanked out, every offset kept."""

    def blank(found: re.Match[str]) -> str:
        if found.lastgroup == "string":
            return '"' + "_" * (len(found[0]) - 2) + '"'
        return " " * len(found[0]) if found.lastgroup == "comment" and comments else found[0]

    return _TOKENS.sub(blank, _VARIABLE.sub(lambda found: "$" + "v" * (len(found[0]) - 1), text))


_NO_CODE = re.compile(rf"{STRING}|'(?:[^'\\]|\\.)*'|#[^\n]*", re.DOTALL)


def uncommented(text: str) -> str:
    """Return a query without its comments, in which people leave what they don't use."""
    return _NO_CODE.sub(lambda found: "" if found[0].startswith("#") else found[0], text)


def without_strings(text: str) -> str:
    """Return a query without its strings and comments."""
    return _NO_CODE.sub("", text)


def replaced(pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], str], text: str) -> str | None:
    """Return a query with what a pattern finds put otherwise, None where it finds nothing.

    What begins or ends within a string or comment says the same words of something else; it may be whole strings.
    """
    code = [True] * len(text)
    for found in _NO_CODE.finditer(text):
        code[found.start() : found.end()] = [False] * len(found[0])

    def put(found: re.Match[str]) -> str:
        ends_in_code = code[found.end() - 1] or found[0][-1:] in {'"', "'", "`"}
        if not code[found.start()] or not ends_in_code:
            return found[0]
        return new(found) if callable(new) else found.expand(new)

    mended = pattern.sub(put, text)
    return mended if mended != text else None


def unbalanced(text: str) -> tuple[str, int] | None:
    """Return what is wrong with quotes and brackets, and where; None when nothing is."""
    opened: list[tuple[str, int]] = []
    for found in _TOKENS.finditer(_VARIABLE.sub(lambda found: "v" * len(found[0]), text)):
        token = found[0]
        if found.lastgroup == "quote":
            return "a string that doesn't end", found.start()
        if found.lastgroup != "bracket":
            continue
        if token in _PAIRS:
            if not opened or opened[-1][0] != _PAIRS[token]:
                return f"a closing {_NAMES[token]} that nothing opened", found.start()
            opened.pop()
        else:
            opened.append((token, found.start()))
    return (f"a {_NAMES[opened[-1][0]]} that isn't closed", opened[-1][1]) if opened else None


def unquoted(written: str) -> str:
    """Return the value of a string literal."""
    if written[:1] == "`":
        return written[1:-1]
    return _ESCAPE.sub(_escaped, written[1:-1])


_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(.))", re.DOTALL)


def _escaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else {"n": "\n", "t": "\t"}.get(found[3], found[3])
