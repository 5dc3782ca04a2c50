"""What a title or a legend says, held against the queries below it: each judge yields what is said and isn't asked."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias

from sync.lint.exported_labels import exported_values, exported_words
from sync.lint.limits import constant
from sync.lint.logql import Condition
from sync.lint.logql import streams as streams_of
from sync.lint.project import Project, once_a_project
from sync.lint.promql.factors import core, unscaled
from sync.lint.promql.tree import (
    CHOOSING,
    Aggregation,
    Binary,
    Call,
    Matcher,
    Node,
    Selector,
    duration,
    selectors_of,
    turned,
)
from sync.lint.query import Language, Query
from sync.lint.rule_file import Rule as FileRule
from sync.lint.usual_labels import values_asked, words_asked

Judge: TypeAlias = Callable[[str, list[Query]], Iterator[str]]
Pairs: TypeAlias = tuple[tuple[set[str], set[str]], ...]
"""Words, and those that are never said of the same."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


@lru_cache(10_000)
def words_of(text: str) -> frozenset[str]:
    """Return the words of a text or a name, in small letters."""
    return frozenset(word.lower() for word in _WORD.findall(text))


@lru_cache(10_000)
def telling(text: str) -> frozenset[str]:
    """Return the words of a text, without an s at their end too, that tell one metric or value from another."""
    words = words_of(text)
    return words.union(word.removesuffix("s") for word in words) - GENERAL


def differing(text: str, queries: list[Query]) -> Iterator[str]:
    """Yield what a text says that none of the queries has."""
    for judge in _having_a_say(text):
        yield from judge(text, queries)


@lru_cache(10_000)
def _having_a_say(text: str) -> list[Judge]:
    return [judge for tells, judge in _JUDGES if tells(text)]


def _quantile(text: str, queries: list[Query]) -> Iterator[str]:
    said = {found[0].strip(): float(found[1] or found[2]) for found in _QUANTILE.finditer(text)}
    taken = [_quantiles(query) for query in queries] if said else []
    if not taken or not all(taken):
        return
    every = set().union(*taken)
    for words, number in said.items():
        share = number / (1000 if number >= 100 else 100)
        if not any(math.isclose(share, each) for each in every):
            yield f"{words}, and the quantile is {', '.join(f'{each:g}' for each in sorted(every))}"


_QUANTILE = re.compile(
    r"(?<![A-Za-z0-9])[pP](\d{2,3})(?![A-Za-z0-9.])|(?<![\d.])(\d{2}(?:\.\d+)?)(?:st|nd|rd|th)[\s_-]?(?:[Pp]ercentile|[Qq]uantile|%)?"
)


def _quantiles(query: Query) -> set[float]:
    """Return the quantiles that a query takes; none where one isn't plain to see."""
    nodes = [node.arguments[0] for node, _ in query.as_promql.each(Call) if node.name in _TAKING and node.arguments]
    values = {constant(node) for node in nodes}
    return {value for value in values if value is not None} if None not in values else set()


_TAKING = frozenset({"histogram_quantile", "quantile_over_time"})


def _status(text: str, queries: list[Query]) -> Iterator[str]:
    said = {found[1] for found in _CLASS.finditer(text)}
    asked = [_classes(query) for query in queries] if said else []
    if asked and all(asked) and not said & set().union(*asked):
        classes = " and ".join(f"{each}xx" for each in sorted(set().union(*asked)))
        yield f"{', '.join(f'{each}xx' for each in sorted(said))}, and the query asks for {classes}"


_CLASS = re.compile(r"(?:(?<![\w.])|(?<=[a-z]{2}))([1-5])[xX]{2}(?![a-z0-9_])")
_OF_STATUS = re.compile(r"status|code", re.IGNORECASE)
_FIRST = re.compile(r"(?<![\w.\[])\[?([1-5])\]?(?:\.\.|xx|XX|\[0-9\]|\\+d|\.[*+]|\d\d\b)")


def _classes(query: Query) -> set[str]:
    """Return the classes of status codes that a query asks for; none where it leaves some out."""
    found: set[str] = set()
    conditions: list[Matcher | Condition] = []
    conditions += [matcher for selector, _ in query.as_promql.selectors for matcher in selector.matchers]
    streams = streams_of(query.text) if query.language is Language.LOGQL else []
    conditions += [condition for stream in streams for condition in stream.filters]
    for each in conditions:
        if each.label and _OF_STATUS.search(each.label):
            if each.operator.startswith("!") or each.operator[:1] in {">", "<"}:
                return set()
            found.update(_FIRST.findall(each.value))
    return found


def _within(text: str, queries: list[Query]) -> Iterator[str]:
    found = [*_LIMIT.finditer(text)]
    said = [float(each[1]) * (1 if each[2].lower().startswith("s") else _MILLI) for each in found]
    bounds = [_bounds(query) for query in queries] if found else []
    every = sorted(set().union(*bounds)) if all(bounds) else []
    if every and not any(math.isclose(limit, bound) for limit in said for bound in every):
        yield f"“{found[0][0]}”, and the query counts what is within {', '.join(f'{each:g}' for each in every)} s"


_MILLI = 0.001


def _beyond(text: str, queries: list[Query]) -> Iterator[str]:
    """Compare a limit in the text, `>5k`, with one of the same number in a query."""
    for found in _BEYOND.finditer(text):
        limit = float(found[2]) * _TIMES[found[3].lower()]
        for node in (turned(each) for query in queries for each, _ in query.as_promql.each(Binary) if each.filters):
            is_same = constant(node.right) == limit
            if is_same and node.operator[0] in {"<", ">"} and node.operator[0] != found[1]:
                yield f"“{found[0]}”, and the query asks for {node.operator} {limit:g}"


_BEYOND = re.compile(r"([<>])=?\s*(\d+(?:\.\d+)?)([kKM]?)(?![\w.%])")
_TIMES = {"": 1, "k": 1000, "m": 1_000_000}
_LIMIT = re.compile(
    r"(?:\b(?:within|under|below|over|above|than|in|of|at)|[<>≤≥]=?|(?<=\())\s*(\d+(?:\.\d+)?)\s?(ms|s|secs?|seconds?)\b",
    re.IGNORECASE,
)


def _bounds(query: Query) -> set[float]:
    """Return the bounds of buckets that a query asks for, in seconds; none where one isn't plain to see."""
    found = set[float]()
    for selector, _ in query.as_promql.selectors:
        matcher = selector.matcher("le")
        if matcher is not None and (matcher.operator != "=" or not _NUMBER.fullmatch(matcher.value)):
            return set()
        if matcher is not None and matcher.value != "+Inf":
            is_milli = re.search(r"milli|_ms(?:_|$)", selector.name) is not None
            scale = _MILLI if is_milli else float("second" in selector.name)
            found.add(float(matcher.value) * scale)
    return found - {0}


_NUMBER = re.compile(r"\d+(?:\.\d+)?|\+Inf")


def _contrary(text: str, queries: list[Query], pairs: Pairs | None = None) -> Iterator[str]:
    words = words_of(text)
    for one, other in pairs or _PAIRS:
        if not words & one or words & other or not all(any(word in query.text for word in other) for query in queries):
            continue
        operators = {node.operator for query in queries for node, _ in query.as_promql.each(Binary)}
        names = [words_of(said_by(query)) for query in queries]
        is_plain = operators.isdisjoint({"-", "==", "!="})
        if is_plain and all(each & other and not each & one for each in names):
            yield f"“{min(words & one)}”, and the query asks for “{min(set().union(*names) & other)}”"


_WAYS: Pairs = (
    (
        {"receive", "received", "receiving", "rx", "inbound", "incoming"},
        {"transmit", "transmitted", "transmitting", "sent", "send", "tx", "outbound", "outgoing"},
    ),
    ({"ingress"}, {"egress"}),
    ({"read", "reads", "reading"}, {"write", "writes", "written", "writing"}),
    ({"cpu"}, {"memory", "mem", "heap", "rss"}),
    ({"commit", "commits", "committed"}, {"rollback", "rollbacks"}),
    ({"inserted", "inserts", "insert"}, {"deleted", "deletes", "delete"}),
    ({"inserted", "inserts", "insert"}, {"updated", "updates", "update"}),
    ({"deleted", "deletes", "delete"}, {"updated", "updates", "update"}),
)
"""What neither a title nor an alert's name says of the other."""
_CONTRARY: Pairs = (
    *_WAYS,
    ({"requests"}, {"limits"}),
    ({"active"}, {"inactive", "suppressed"}),
    ({"hit", "hits"}, {"miss", "misses"}),
    ({"used", "usage", "fullness", "utilization", "utilisation"}, {"free", "avail", "available"}),
    ({"successful", "succeeded", "successes"}, {"failed", "failure", "failures"}),
)
"""What a title never says of the other: an alert that is named after use may fire where little is free."""
_PAIRS: Pairs = (*_CONTRARY, *((other, one) for one, other in _CONTRARY))
_OF_ALERTS: Pairs = (*_WAYS, *((other, one) for one, other in _WAYS))
_TOLD = frozenset(word for one, _ in _PAIRS for word in one)


def said_by(query: Query) -> str:
    """Return the names of the metrics, of a ratio those of its upper part, and the values that they are asked for.

    Recorded series, which may be turned round, say nothing.
    """
    tree = query.as_promql.tree
    inner = core(unscaled(core(tree))[0]) if tree is not None else None
    part = inner.left if isinstance(inner, Binary) and inner.operator == "/" else inner
    selectors = [*selectors_of(part)] if part is not None else []
    if any(":" in selector.name for selector in selectors):
        return ""
    values = [
        matcher.value
        for each in selectors
        for matcher in each.matchers
        if not matcher.has_variable and matcher.operator in {"=", "=~"}
    ]
    return " ".join([*(each.name.replace("_", " ") for each in selectors), *values])


def _extreme(text: str, queries: list[Query]) -> Iterator[str]:
    words = words_of(text)
    for said, taken in (("max", "min"), ("min", "max")):
        if words <= _EXTREMES[said] and all(_takes(query) == taken and said not in query.text for query in queries):
            yield f"“{text.strip()}”, and the query takes the {taken}"


_EXTREMES = {"max": frozenset({"max", "maximum", "highest"}), "min": frozenset({"min", "minimum", "lowest"})}


def _takes(query: Query) -> str:
    """Return the function that is the last to be applied, `max` of max_over_time too."""
    node = query.as_promql.tree
    return node.name.removesuffix("_over_time") if isinstance(node, (Aggregation, Call)) else ""


def _since(_text: str, queries: list[Query]) -> Iterator[str]:
    for query in queries:
        tree = query.as_promql.tree
        node = core(unscaled(tree)[0]) if tree is not None else None
        match node:
            case Binary(operator="-", left=Call(name="time"), right=moment):
                name = next((each.name for each in selectors_of(moment)), "")
                if name and not _START.search(name):
                    yield f"uptime, and the query takes the time since {name}"


_UPTIME = re.compile(r"(?:\w+ )?[Uu]ptime\b")
_START = re.compile(r"start|boot|birth|creat|launch|up|begin|since|init|restart|reset|last", re.IGNORECASE)


def _every(text: str, queries: list[Query]) -> Iterator[str]:
    found = _PER.search(text)
    wanted = _SECONDS[found[1].lower()] if found else 0
    for query in queries if found else ():
        tree = query.as_promql.tree
        span, factor = _increase(tree) if tree is not None else (0, 1)
        if found and span and factor <= 1 and not math.isclose(span * factor, wanted, rel_tol=0.01):
            within = duration(span) + (f" / {1 / factor:g}" if factor != 1 else "")
            yield f"“{found[0].strip()}”, and the query counts what is within {within}"


_PER = re.compile(r"(?:\bper |/)(second|minute|min|hour|day)\b", re.IGNORECASE)
_SECONDS = {"second": 1, "minute": 60, "min": 60, "hour": 3600, "day": 86_400}


def _increase(node: Node) -> tuple[float, float]:
    """Return the seconds of an increase that is the whole of a query, and what it is multiplied by; 0 for another."""
    factor = 1.0
    while True:
        node, by = unscaled(node)
        factor *= by
        if not isinstance(node, Aggregation) or node.name not in {"sum", "avg", "max", "min"}:
            break
        node = node.body
    call = node if isinstance(node, Call) and node.name in {"increase", "delta"} else None
    counted = call.arguments[0] if call is not None and call.arguments else None
    window = counted.window if isinstance(counted, Selector) else None
    return (window.seconds or 0, factor) if window else (0, factor)


def _each_second(_text: str, queries: list[Query]) -> Iterator[str]:
    for query in queries:
        names = [selector.name for selector, _ in query.as_promql.selectors]
        is_plain = not _RATES.search(query.text) and not query.as_promql.each(Binary)
        if names and is_plain and not any(_IS_RATE.search(name) or ":" in name for name in names):
            yield f"per second, and the query takes no rate of {names[0]}"


_PER_SECOND = re.compile(r"\bper (?:second|sec)\b|/ ?s(?:ec)?\b", re.IGNORECASE)
_RATES = re.compile(r"rate\(|increase\(|deriv\(|delta\(|\[")
_IS_RATE = re.compile(r"rate|per_?s(?:ec)?|_ps\b|[qrit]ps\b|throughput|speed|bandwidth|ops|velocity", re.IGNORECASE)


def _down(text: str, queries: list[Query]) -> Iterator[str]:
    said = _IS_DOWN.search(text)
    for query in queries if said and not _IS_UP.search(text) else ():
        tree = query.as_promql.tree
        for node, _ in query.as_promql.each(Binary) if tree is not None else ():
            turn = turned(node)
            names = [selector.name for selector in selectors_of(turn.left)]
            is_up = (turn.operator, constant(turn.right)) in {("==", 1), (">", 0), ("!=", 0)} and turn.filters
            if said and is_up and names and all(_UP.search(name) for name in names):
                yield f"“{said[0]}”, and the query counts what is up"


_IS_DOWN = re.compile(r"\b(?:down|offline|unreachable|dead)\b", re.IGNORECASE)
_IS_UP = re.compile(r"\b(?:up|online)\b", re.IGNORECASE)
_UP = re.compile(r"(?:^|_)(?:up|active|alive|online|success|reachable)$")


def _left_out(text: str, queries: list[Query]) -> Iterator[str]:
    words = words_of(text) & _OF_LOGS
    for query in queries if words else ():
        streams = streams_of(query.text) if query.language is Language.LOGQL else []
        filters = [each for stream in streams for each in stream.filters]
        kept = words_of(" ".join(each.value for each in filters if not each.operator.startswith("!")))
        dropped = words_of(" ".join(each.value for each in filters if each.operator.startswith("!")))
        one, many, rest = ({word.removesuffix("s") for word in each} for each in (words, dropped, kept))
        if one & many and not one & rest:
            yield f"“{min(words)}”, which the query leaves out"


_OF_LOGS = frozenset(
    {"error", "errors", "warning", "warnings", "exception", "exceptions", "failed", "failures", "fatal"}
)


def named_otherwise(rule: FileRule, project: Project) -> Iterator[str]:
    """Yield what an alert's name says that its expression hasn't."""
    query, words = rule.query, words_of(rule.alert)
    yield from _status(rule.alert, [query])
    yield from _contrary(rule.alert, [query], _OF_ALERTS)
    yield from _left_out(rule.alert, [query])
    found = [turned(node) for node, _ in query.as_promql.each(Binary) if node.filters]
    is_of_more = found and all(
        node.operator in {">", ">="} or (node.operator == "==" and constant(node.right) == 1) for node in found
    )
    if (
        is_of_more
        and words.isdisjoint({"not", "no", "non", "without"})
        and (said := other_value(rule.alert, query, project))
    ):
        yield said


def other_value(text: str, query: Query, project: Project) -> str:
    """Say that a text names a value of a label, and the query asks for another one, or for any; '' where it doesn't."""
    words = telling(text) & _values(project)
    if not words:
        return ""
    squeezed = re.sub(r"[\W_]", "", text.lower())
    for selector, _ in query.as_promql.selectors:
        asked = project.asked.values_of
        for matcher in selector.matchers:
            value = matcher.value.lower()
            if matcher.operator != "=" or not value.isalpha() or value in squeezed:
                continue
            others = {*exported_values(selector.name).get(matcher.label, ())}
            others.update(values_asked(selector.name, matcher.label))
            if matcher.label in _STATES:
                others.update(asked.get((selector.name, matcher.label), ()))
            if other := _named(others, words):
                return f"the query asks for the {matcher.label} {matcher.value}, and there is {other}"
        for label in _STATES - _kept(query):
            other = _named(asked.get((selector.name, label), ()), words) if label not in query.text else ""
            if other and other.lower() not in query.text.lower():
                return f"the query asks for any {label}, and others ask for {other}"
    return ""


@once_a_project
def _values(project: Project) -> frozenset[str]:
    """Return the words that are a value of some label, in small letters."""
    asked = (value for label in _STATES for value in project.asked.values.get(label, ()))
    return frozenset(value.lower() for value in (*asked, *exported_words(), *words_asked()))


def _named(values: Iterable[str], words: frozenset[str]) -> str:
    return next((value for value in sorted(values) if value.isalpha() and value.lower() in words), "")


def _kept(query: Query) -> set[str]:
    """Return the labels that a result may have: any, where nothing is grouped."""
    groupings = [node for node, _ in query.as_promql.each(Aggregation) if node.name not in CHOOSING]
    if not groupings or any(node.without for node in groupings):
        return {*_STATES}
    return {label for node in groupings for label in node.labels or ()}


_STATES = frozenset(
    {"state", "status", "mode", "phase", "direction", "severity", "level", "outcome", "result", "alertstate", "role"}
)
"""Labels whose values are words that a title has."""
GENERAL = frozenset(
    {"usage", "used", "use", "request", "requests", "total", "time", "duration", "size", "status", "state", "states"}
    | {"rate", "count", "number", "created", "memory", "cpu", "user", "system", "seconds", "bytes", "type", "info"}
    | {"max", "current", "node", "pod", "container", "api", "data", "network", "disk", "service", "server", "client"}
)
"""Words of titles that tell no metric or value from another."""
_JUDGES: tuple[tuple[Callable[[str], object], Judge], ...] = (
    (_QUANTILE.search, _quantile),
    (_CLASS.search, _status),
    (_LIMIT.search, _within),
    (lambda text: words_of(text) and any(map(words_of(text).issubset, _EXTREMES.values())), _extreme),
    (_BEYOND.search, _beyond),
    (lambda text: words_of(text) & _TOLD, _contrary),
    (lambda text: _UPTIME.match(text.strip()), _since),
    (_PER.search, _every),
    (_PER_SECOND.search, _each_second),
    (_IS_DOWN.search, _down),
    (lambda text: words_of(text) & _OF_LOGS, _left_out),
)
"""Those who judge texts, each with what tells whether it has a say on one."""
