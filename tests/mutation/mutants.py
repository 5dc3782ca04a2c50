"""Mutants of a rule: one thing changed in each, as a slip of the pen or a bad merge would change it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rules_lib.burn import STANDARD
from rules_lib.durations import duration, seconds
from signals_lib import grammar
from signals_lib.errors import GrammarError
from signals_lib.exact import text

OPERATORS = {
    ">=": (">", "<"),
    ">": (">=", "<"),
    "<": ("<=", ">"),
    "<=": ("<", ">"),
    "/": ("*",),
    "*": ("/",),
    "+": ("-",),
    "-": ("+",),
}
WORDS = {
    "and": ("or", "unless"),
    "or": ("and", "unless"),
    "unless": ("and", "or"),
    "sum": ("max", "count"),
    "min": ("max",),
    "max": ("min",),
    "avg": ("max", "sum"),
    "count": ("sum",),
    "rate": ("increase",),
    "increase": ("rate",),
    "max_over_time": ("min_over_time",),
    "avg_over_time": ("sum_over_time",),
    "sum_over_time": ("avg_over_time",),
    "changes": ("resets",),
    "absent": ("count",),
    "clamp_min": ("clamp_max",),
}
MATCHERS = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}
COUNTED = 20
"""Whole numbers up to this count things: the next one is the slip of the pen, not a tenth more."""

_TOKEN = re.compile(
    r"""(?P<matcher>(?P<label>\w+)(?P<how>=~|!~|!=|=)(?P<value>"(?:[^"\\]|\\.)*")(?P<comma>,?))"""
    r"""|(?P<window>\[[^\]]*\])"""
    r"""|(?P<grouping>\b(?:by|without|on)\s*\((?P<labels>[^)]*)\))"""
    r"""|(?P<number>(?<![\w.])\d+(?:\.\d+)?(?![\w.]))"""
    r"""|(?P<recorded>\w+:\w+:rate(?P<recorded_window>\d+[mhd]))"""
    r"""|(?P<word>[A-Za-z_:][\w:]*)"""
    r"""|(?P<operator>>=|<=|>|<|[/*+-])"""
)
KINDS = ("matcher", "window", "grouping", "number", "recorded", "word", "operator")


@dataclass(frozen=True)
class Mutant:
    """A rule with one thing changed; `change` says which."""

    rule: dict[str, Any]
    change: str


def mutants(rule: dict[str, Any]) -> Iterator[Mutant]:
    """Yield every mutant of a rule (as a rule file has it) that Prometheus would still take."""
    seen = {rule["expr"]}
    for expr, change in _expressions(rule["expr"]):
        if expr not in seen and _is_valid(expr):
            seen.add(expr)
            yield Mutant({**rule, "expr": expr}, change)
    if "alert" in rule:
        yield from _holds(rule)
    yield from _labels(rule)


def _expressions(expr: str) -> Iterator[tuple[str, str]]:
    for place, token in enumerate(_TOKEN.finditer(expr), start=1):
        for other in _others(token):
            changed = f"{expr[: token.start()]}{other}{expr[token.end() :]}"
            yield changed.replace(",}", "}"), f"{token[0].rstrip(',')} becomes {other or 'nothing'} (token {place})"


def _others(token: re.Match[str]) -> Iterator[str]:
    kind = next(kind for kind in KINDS if token[kind])
    if kind == "operator":
        yield from OPERATORS[token[0]]
    elif kind == "word":
        yield from WORDS.get(token[0], ())
    elif kind == "number":
        yield from _numbers(Decimal(token[0]))
    elif kind == "window":
        yield from _windows(token[0])
    elif kind == "recorded":
        yield from _neighbours(token)
    elif kind == "matcher":
        yield f"{token['label']}{MATCHERS[token['how']]}{token['value']}{token['comma']}"
        yield ""
    else:
        yield from _groupings(token)


def _numbers(number: Decimal) -> Iterator[str]:
    if number == number.to_integral_value() and number <= COUNTED:
        yield from (str(number + step) for step in (1, -1) if number + step >= 0)
    else:
        yield from (text(number * factor) for factor in (Decimal("1.1"), Decimal("0.9")))


def _windows(window: str) -> Iterator[str]:
    length, colon, step = window[1:-1].partition(":")
    for factor in (2, Decimal("0.5")):
        yield f"[{duration(seconds(length) * factor)}{colon}{step}]"


def _neighbours(token: re.Match[str]) -> Iterator[str]:
    """Yield the recorded series of the next longer and the next shorter window."""
    window = token["recorded_window"]
    place = STANDARD.all.index(window)
    for other in {max(place - 1, 0), min(place + 1, len(STANDARD.all) - 1)} - {place}:
        yield token[0].removesuffix(window) + STANDARD.all[other]


def _groupings(token: re.Match[str]) -> Iterator[str]:
    word = token[0].split("(")[0]
    labels = [label.strip() for label in token["labels"].split(",") if label.strip()]
    for dropped in labels:
        yield f"{word}({', '.join(label for label in labels if label != dropped)})"


def _holds(rule: dict[str, Any]) -> Iterator[Mutant]:
    hold = rule.get("for", "0s")
    others = ("0s", duration(2 * seconds(hold)), duration(seconds(hold) / 2)) if "for" in rule else ("5m",)
    for other in others:
        yield Mutant({**rule, "for": other}, f"for {hold} becomes {other}")


def _labels(rule: dict[str, Any]) -> Iterator[Mutant]:
    for label, value in rule.get("labels", {}).items():
        changed = {**rule["labels"], label: f"not-{value}"}
        yield Mutant({**rule, "labels": changed}, f"label {label} becomes not-{value}")
        left = {other: kept for other, kept in rule["labels"].items() if other != label}
        yield Mutant({**rule, "labels": left}, f"label {label} becomes nothing")


def _is_valid(expr: str) -> bool:
    try:
        grammar.parse(expr)
    except GrammarError:
        return False
    return True
