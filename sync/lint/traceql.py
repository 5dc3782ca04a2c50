"""TraceQL, as far as it can be judged without its grammar: brackets, attributes, the types of intrinsics."""

from __future__ import annotations

import re

from sync.lint.known import nearest
from sync.lint.lexical import STRING, masked, unbalanced, unquoted
from sync.lint.matching import pattern_problem

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
_SCOPED = {
    "span": frozenset({"duration", "name", "kind", "status", "statusMessage", "id", "parentID", "childCount"}),
    "trace": frozenset({"duration", "rootName", "rootService", "id"}),
    "event": frozenset({"name", "timeSinceStart"}),
    "link": frozenset({"spanID", "traceID"}),
    "instrumentation": frozenset({"name", "version"}),
}
_TEXTS = frozenset({"name", "statusMessage", "rootName", "rootServiceName", "rootService"})
COMPARISON = re.compile(
    rf"(?P<name>[.A-Za-z_][\w.:/-]*)\s*(?P<operator>!=|=~|!~|>=|<=|=|>|<)\s*(?P<value>{STRING}|[-\w.$]+)", re.DOTALL
)
_LONE = re.compile(r"(!=|=~|!~|>=|<=|=|>|<)\s*(?=\}|\)|&&|\|\|)")
_DURATIONS = frozenset({"duration", "traceDuration"})
_DURATION = re.compile(r"^\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h)$")


def syntax_problem(text: str) -> tuple[str, int] | None:
    """Return what is certainly wrong, and where; a trace's id and whatever holds variables outside strings pass."""
    problem = unbalanced(text)
    if problem is not None:
        return problem
    plain = masked(text, comments=False)
    if re.fullmatch(r"\s*(?:[0-9a-fA-F]{1,32}|\$\w+)\s*", plain):
        return None
    if "{" not in plain:
        return "a query selects spans between braces: { … }", 0
    problem = _signs(plain) or _piped(plain) or _around(plain) or _between(plain)
    if problem is not None:
        return problem
    for found in comparisons(text):
        problem = _comparison_problem(*found)
        if problem is not None:
            return problem
    return None


def _signs(plain: str) -> tuple[str, int] | None:
    """Return the first sign between braces that means nothing in TraceQL."""
    for braces in re.finditer(r"\{([^{}]*)\}", plain):
        lone = _LONE.search(plain, braces.start(1), braces.end())
        if lone is not None:
            return f"nothing is compared after {lone[1]}", lone.start(1)
        quoted = re.search(r"=~?\s*(?:'[^']*'|/[^/]*/)", braces[1])
        if quoted is not None:
            return 'a text stands in double quotes: "…"', braces.start(1) + quoted.start()
        wrong = re.search(r"~=|==|=>|=<|(?<=[\w\"` )])\s(?:and|or|AND|OR)\s|(?<!&)&(?!&)", braces[1])
        if wrong is not None:
            word = wrong[0].strip().lower()
            right = {"==": "=", "~=": "=~", "=>": ">=", "=<": "<=", "and": "&&", "or": "||", "&": "&&"}[word]
            return f"{word} has no meaning in TraceQL: write {right}", braces.start(1) + wrong.start()
    return None


_FOLLOWS = re.compile(
    r"\s*(?:$|[),|]|&&|(?:!|&)?(?:>>|<<|>|<|~)(?!>|<)|with\b|\+|\$)",
)


def _around(plain: str) -> tuple[str, int] | None:
    """Return what stands between two pairs of braces, or after one, and joins nothing."""
    for braces in re.finditer(r"\{[^{}]*\}", plain):
        if not _FOLLOWS.match(plain, braces.end()):
            rest = plain[braces.end() :].split(maxsplit=1)[0]
            return f"{rest} after braces: spans are joined by &&, || or >>, and piped on with |", braces.end()
    return None


_BETWEEN = re.compile(
    r"(?<![\w.])(?:[.A-Za-z_][\w.:/-]*)\s*(?:=~|!~|!=|>=|<=|=|>|<)\s*(?:\"_*\"|`_*`|[-\w.]+)\s*(,|(?=[.A-Za-z_]))"
)
_COLON = re.compile(r"[.A-Za-z_][\w.]*:\s+\"")


def _between(plain: str) -> tuple[str, int] | None:
    """Return where two conditions stand side by side, or where a colon compares."""
    for braces in re.finditer(r"\{([^{}]*)\}", plain):
        if found := _COLON.search(plain, braces.start(1), braces.end(1)):
            return "a colon compares nothing: write =", found.start()
        for found in _BETWEEN.finditer(plain, braces.start(1), braces.end(1)):
            if found[1] or plain[found.end() - 1].isspace() or plain[found.end() - 1] in '"`':
                return "conditions are joined by && or ||", found.end()
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
    for pattern, said in _MISUSED:
        if misused := pattern.search(plain):
            return said, misused.start()
    for found in _QUANTILE.finditer(plain):
        if any(float(each) > 1 for each in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", found[1])):
            return "quantile_over_time() takes quantiles between 0 and 1", found.start()
    return None


_MISUSED = (
    (re.compile(r"\bquantile_over_time\s*\((?:\s*[\d.]|[^(),]*\))"), "quantile_over_time() takes (duration, .95)"),
    (re.compile(r"\b(?:avg|min|max|sum)(?:_over_time)?\s*\(\s*\)"), "it needs an attribute, as in avg(duration)"),
    (re.compile(r"\bcount\s*\(\s*[^\s)]"), "count() counts spans, and takes no attribute"),
    (re.compile(r"\b(?:count|avg|min|max|sum)\s*\([^()]*\)\s*(?:$|\|(?!\|))"), "it has to be compared: count() > 2"),
    (re.compile(r"\b(?:topk|bottomk)\s*\(\s*\)"), "topk() and bottomk() need a number: topk(5)"),
    (re.compile(r"\bselect\s*\(\s*\)"), "select() names the attributes to show"),
    (re.compile(r"\bby\s+[a-z]"), "what is grouped by stands in parentheses: by (resource.service.name)"),
    (re.compile(r"(?:>=|<=|!=|=|>|<)\s*$"), "nothing is compared at the end"),
    (
        re.compile(
            r"\b(?:avg|min|max|sum)\s*\(\s*(?:span:|trace:)?[dD]uration\s*\)\s*[<>=!]+\s*(?:\"|[\d.]+\s*(?:$|[|)&]))"
        ),
        "a duration is compared with one like 500ms",
    ),
)


def comparisons(text: str) -> list[tuple[str, str, str, int]]:
    """Return every comparison between braces as (attribute, operator, value as written, offset)."""
    plain = masked(text, comments=False)
    found = [
        one
        for braces in re.finditer(r"\{([^{}]*)\}", plain)
        for one in COMPARISON.finditer(text, braces.start(1), braces.end(1))
    ]
    return [
        (one["name"], one["operator"], one["value"], one.start("name"))
        for one in found
        if plain[one.start("name")] != "_" and plain[one.start("name") : one.end("name")].strip()
    ]


def _comparison_problem(name: str, operator: str, value: str, offset: int) -> tuple[str, int] | None:
    if not name.startswith(_SCOPES) and name not in _INTRINSICS and name not in _WORDS:
        return f"{name} has no scope: write resource.{name}, span.{name} or .{name}", offset
    scope, colon, intrinsic = name.rpartition(":")
    if colon and scope in _SCOPED and intrinsic not in _SCOPED[scope]:
        return f"{scope} has no {intrinsic}{nearest(intrinsic, _SCOPED[scope])}", offset
    if "$" in value:
        return None
    said = _value_problem(name, intrinsic, operator, value)
    return (said, offset) if said else None


def _value_problem(name: str, intrinsic: str, operator: str, value: str) -> str:
    quoted, own = value[:1] in '"`', "." not in name
    if quoted and operator in {"=~", "!~"} and (broken := pattern_problem(unquoted(value))):
        return f"{value} is no regular expression: {broken}"
    is_word = re.fullmatch(r"[A-Za-z][\w-]*", value) and value not in _WORDS
    is_text = own and intrinsic in _TEXTS and not quoted and value != "nil"
    if (is_word and intrinsic not in _VALUES) or is_text:
        return f'{value} is compared as a text, which stands in quotes: {name} {operator} "{value}"'
    if own and intrinsic in _VALUES and quoted:
        return f"{name} is compared with a word, not with a string: {name} {operator} {unquoted(value)}"
    if own and intrinsic in _VALUES and value not in _VALUES[intrinsic] | {"nil"}:
        return f"{name} is one of {', '.join(sorted(_VALUES[intrinsic]))}, not {value}"
    if own and intrinsic in _DURATIONS and not _DURATION.match(value) and re.match(r'^[\d"`]', value):
        return f"{name} is compared with a duration like 500ms, not with {value}"
    return ""
