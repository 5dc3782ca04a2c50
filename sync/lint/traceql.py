"""TraceQL, as far as it can be judged without its grammar: brackets, attributes, the types of intrinsics."""

from __future__ import annotations

import re

from sync.lint.known import nearest
from sync.lint.lexical import STRING, masked, unbalanced

_SCOPES = (
    "resource.",
    "span.",
    "parent.",
    "event.",
    "link.",
    "instrumentation.",
    ".",
    "span:",
    "trace:",
    "event:",
    "link:",
    "instrumentation:",
)
_INTRINSICS = frozenset(
    [
        "name",
        "status",
        "statusMessage",
        "duration",
        "kind",
        "rootName",
        "rootServiceName",
        "traceDuration",
        "childCount",
        "parent",
        "nestedSetLeft",
        "nestedSetRight",
        "nestedSetParent",
    ]
)
_WORDS = frozenset(
    [
        "true",
        "false",
        "nil",
        "ok",
        "error",
        "unset",
        "server",
        "client",
        "producer",
        "consumer",
        "internal",
        "unspecified",
    ]
)
_VALUES = {
    "status": frozenset({"ok", "error", "unset"}),
    "kind": frozenset({"server", "client", "producer", "consumer", "internal", "unspecified"}),
}
_COMPARISON = re.compile(
    rf"(?P<name>[.A-Za-z_][\w.:/-]*)\s*(?P<operator>!=|=~|!~|>=|<=|=|>|<)\s*(?P<value>{STRING}|[-\w.$]+)", re.DOTALL
)
_LONE = re.compile(r"(!=|=~|!~|>=|<=|=|>|<)\s*(?=\}|\)|&&|\|\|)")
_DURATION = re.compile(r"^\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h)$")


def syntax_problem(text: str) -> tuple[str, int] | None:  # noqa: PLR0911 one return a kind of mistake
    """Return what is certainly wrong, and where; a trace's id and whatever holds variables outside strings pass."""
    problem = unbalanced(text)
    if problem is not None:
        return problem
    plain = masked(text, comments=False)
    if re.fullmatch(r"\s*(?:[0-9a-fA-F]{1,32}|\$\w+)\s*", plain):
        return None
    if "{" not in plain:
        return "a query selects spans between braces: { … }", 0
    for braces in re.finditer(r"\{([^{}]*)\}", plain):
        lone = _LONE.search(plain, braces.start(1), braces.end())
        if lone is not None:
            return f"nothing is compared after {lone[1]}", lone.start(1)
        wrong = re.search(r"==|=>|=<|(?<=[\w\"` )])\s(?:and|or|AND|OR)\s|(?<!&)&(?!&)", braces[1])
        if wrong is not None:
            word = wrong[0].strip().lower()
            right = {"==": "=", "=>": ">=", "=<": "<=", "and": "&&", "or": "||", "&": "&&"}[word]
            return f"{word} has no meaning in TraceQL: write {right}", braces.start(1) + wrong.start()
    problem = _piped(plain)
    if problem is not None:
        return problem
    for found in comparisons(text):
        problem = _comparison_problem(*found)
        if problem is not None:
            return problem
    return None


_PIPED = re.compile(r"(?<!\|)\|(?!\|)\s*([A-Za-z_]\w*)\s*(\(?)")
_FUNCTIONS = frozenset(
    {"count", "avg", "min", "max", "sum", "rate", "count_over_time", "min_over_time", "max_over_time", "avg_over_time"}
    | {"sum_over_time", "quantile_over_time", "histogram_over_time", "compare", "topk", "bottomk", "select", "by"}
    | {"coalesce", "with"}
)
_QUANTILE = re.compile(r"\bquantile_over_time\s*\([^(),]*,([^()]*)\)")


def _piped(plain: str) -> tuple[str, int] | None:
    """Return what Tempo has no function for, of what stands after a |, and quantiles that are none."""
    for found in _PIPED.finditer(re.sub(r"\{[^{}]*\}", lambda braces: " " * len(braces[0]), plain)):
        if found[1] not in _FUNCTIONS:
            return f"Tempo has no {found[1]}(){nearest(found[1], _FUNCTIONS)}", found.start(1)
        if not found[2] and found[1] != "with":
            return f"{found[1]} is a function: {found[1]}()", found.start(1)
    for found in _QUANTILE.finditer(plain):
        if any(float(each) > 1 for each in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", found[1])):
            return "quantile_over_time() takes quantiles between 0 and 1", found.start()
    return None


def comparisons(text: str) -> list[tuple[str, str, str, int]]:
    """Return every comparison between braces as (attribute, operator, value as written, offset)."""
    plain = masked(text, comments=False)
    found = [
        one
        for braces in re.finditer(r"\{([^{}]*)\}", plain)
        for one in _COMPARISON.finditer(text, braces.start(1), braces.end(1))
    ]
    return [
        (one["name"], one["operator"], one["value"], one.start("name"))
        for one in found
        if plain[one.start("name")] != "_" and plain[one.start("name") : one.end("name")].strip()
    ]


def _comparison_problem(  # noqa: PLR0911 one return a kind of mistake
    name: str, operator: str, value: str, offset: int
) -> tuple[str, int] | None:
    if not name.startswith(_SCOPES) and name not in _INTRINSICS and name not in _WORDS:
        return f"{name} has no scope: write resource.{name}, span.{name} or .{name}", offset
    intrinsic = name.removeprefix("span:").removeprefix("trace:")
    if "$" in value:
        return None
    is_word = re.fullmatch(r"[A-Za-z][\w-]*", value) and value not in _WORDS
    if is_word and intrinsic not in _VALUES:
        return f'{value} is compared as a text, which stands in quotes: {name} {operator} "{value}"', offset
    if intrinsic in _VALUES and name in {intrinsic, f"span:{intrinsic}"}:
        if value[:1] in '"`':
            return (
                f"{name} is compared with a word, not with a string: {name} {operator} {value.strip('`' + chr(34))}",
                offset,
            )
        if value not in _VALUES[intrinsic] and value != "nil":
            return f"{name} is one of {', '.join(sorted(_VALUES[intrinsic]))}, not {value}", offset
    if (
        intrinsic in {"duration", "traceDuration"}
        and name
        in {
            "duration",
            "traceDuration",
            "span:duration",
            "trace:duration",
        }
        and not _DURATION.match(value)
        and re.match(r'^[\d"`]', value)
    ):
        return f"{name} is compared with a duration like 500ms, not with {value}", offset
    return None
