"""PromQL checked by the real grammar (promql-parser), with Grafana's macros and variables stood in for.

A verdict is kept for the shape of a text, with its strings and windows left out: they can't change it, except for
regular expressions, which are checked on their own. So the thousands of rules of one template are parsed once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import promql_parser

from signals_lib.errors import GrammarError

_VARIABLE = re.compile(r"\$\{\w+(?:[.:][^}]*)?\}|\$\w+|\[\[\w+(?::\w+)?\]\]")
_STRING = r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\''
_STRINGS = re.compile(_STRING)
_REGEX = re.compile(rf"(?:=~|!~)\s*({_STRING})")
_WINDOW = re.compile(r"\[([^\][]*)\]")
_DURATION = r"(?:\d+(?:ms|[smhdwy]))+|\$\w+|\$\{\w+\}"
_PLAIN_WINDOW = re.compile(rf"\[(?:{_DURATION})(?::(?:{_DURATION})?)?\]")
_GROUPING = re.compile(r"\b(by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")


def has_variable(text: str) -> bool:
    """Whether the text holds a Grafana macro or variable."""
    return bool(_VARIABLE.search(text))


def outside_variables(text: str, change: Callable[[str], str]) -> str:
    """Return the text with all but its macros and variables changed."""
    changed, end = "", 0
    for found in _VARIABLE.finditer(text):
        changed += change(text[end : found.start()]) + found[0]
        end = found.end()
    return changed + change(text[end:])


def substituted(text: str) -> str:
    """Return the text with every macro and variable replaced by something Prometheus can parse."""
    if "$" not in text and "[[" not in text:
        return text
    text = _STRINGS.sub(lambda found: _VARIABLE.sub("x", found[0]), text)
    text = _WINDOW.sub(lambda found: f"[{_VARIABLE.sub('5m', found[1])}]", text)
    text = _GROUPING.sub(lambda found: f"{found[1]} ({_VARIABLE.sub('x', found[2])})", text)
    text = re.sub(r"\boffset\s+(?:\$\w+|\$\{\w+\})", "offset 5m", text)
    return _VARIABLE.sub("1", text)


def parse(text: str) -> promql_parser.Expr:
    """Parse PromQL as Grafana would send it; raise GrammarError with the parser's words."""
    try:
        return promql_parser.parse(substituted(text))
    except ValueError as problem:
        raise GrammarError(f"Prometheus can't read {text}: {problem}") from problem


@cache
def check(text: str) -> None:
    """Raise GrammarError unless Prometheus can parse the text and its types fit."""
    if "=~" in text or "!~" in text:
        for pattern in _REGEX.findall(text):
            _check_regex(pattern)
    shape = _PLAIN_WINDOW.sub(_plain_window, _STRINGS.sub('"x"', text))
    try:
        _check_shape(shape)
    except GrammarError:
        parse(text)  # for a message with the text as it was written
        raise


@cache
def _check_shape(shape: str) -> None:
    parse(shape)


@cache
def _check_regex(quoted: str) -> None:
    try:
        promql_parser.parse(f"x{{x=~{substituted(quoted)}}}")
    except ValueError as problem:
        raise GrammarError(f"{quoted} is no regular expression of Prometheus (RE2): {problem}") from problem


def _plain_window(found: re.Match[str]) -> str:
    return "[5m:]" if ":" in found[0] else "[5m]"
