"""A panel whose title or legend says another thing than its query asks for.

What was copied and not changed to the end: "Received" of what is transmitted, "p95" of the 99th percentile, "5xx" of
4.., "CPU" of memory, "Uptime" since something else than a start, "per minute" of five, "Active" of what is suppressed.
A title is compared with all queries of its panel, and a legend with its own. What only a sibling metric is called (a
title "Lag" above kafka_consumergroup_current_offset) is an info.

FAIL panel:
    type: timeseries
    title: Network received
    targets: [{expr: "rate(node_network_transmit_bytes_total[5m])"}]

FAIL panel:
    type: timeseries
    title: Network
    targets:
    - {expr: "rate(node_network_transmit_bytes_total[5m])", legendFormat: "{{device}} sent"}
    - {expr: "rate(node_network_transmit_bytes_total[5m])", legendFormat: "{{device}} received"}

FAIL panel:
    type: timeseries
    title: Latency
    targets: [{expr: "histogram_quantile(0.99, sum by (le) (rate(took_seconds_bucket[5m])))", legendFormat: p95}]

FAIL panel:
    type: stat
    title: 5xx responses
    targets: [{expr: 'sum(rate(http_requests_total{code=~"4.."}[5m]))'}]

FAIL panel:
    type: stat
    title: 5xx in the log
    datasource: {type: loki, uid: loki}
    targets: [{expr: 'sum(count_over_time({job="nginx"} | json | status =~ "4[0-9][0-9]" [5m]))'}]

FAIL panel:
    type: gauge
    title: CPU
    targets: [{expr: "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes"}]

FAIL panel:
    type: stat
    title: Uptime
    targets: [{expr: time() - node_time_seconds}]

FAIL panel:
    type: timeseries
    title: Messages per minute
    targets: [{expr: "sum by (topic) (increase(messages_total[5m]))"}]

FAIL dashboard:
    panels:
    - {type: stat, title: Active alerts, targets: [{expr: 'alertmanager_alerts{state="suppressed"}'}]}
    - {type: stat, title: All but suppressed, targets: [{expr: 'alertmanager_alerts{state="active"}'}]}

FAIL dashboard:
    panels:
    - {type: stat, title: Lag, targets: [{expr: sum(kafka_consumergroup_current_offset)}]}
    - {type: stat, title: Late, targets: [{expr: sum(kafka_consumergroup_lag)}]}

PASS panel:
    type: timeseries
    title: Network received and sent
    targets:
    - {expr: "rate(node_network_transmit_bytes_total[5m])", legendFormat: "{{device}} sent"}
    - {expr: "rate(node_network_receive_bytes_total[5m])", legendFormat: "{{device}} received"}

PASS panel:
    type: timeseries
    title: p95 and 5xx
    targets:
    - {expr: "histogram_quantile(0.95, sum by (le) (rate(took_seconds_bucket[5m])))", legendFormat: p95}
    - {expr: 'sum(rate(http_requests_total{code=~"4..|5.."}[5m]))', legendFormat: 5xx}

PASS panel:
    type: timeseries
    title: Uptime, messages per minute
    targets:
    - {expr: time() - process_start_time_seconds}
    - {expr: "60 * sum by (topic) (rate(messages_total[5m]))"}
    - {expr: "sum by (topic) (increase(messages_total[5m]) / 5)"}
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

from sync.lint.dashboard import Dashboard, Panel
from sync.lint.kinds import usual_names
from sync.lint.limits import constant
from sync.lint.logql import Condition
from sync.lint.logql import streams as streams_of
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.factors import core, unscaled
from sync.lint.promql.tree import Aggregation, Binary, Call, Matcher, Node, Selector, duration
from sync.lint.query import Language, Query
from sync.lint.rule import Findings, Rule

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_FILLED_IN = re.compile(r"\{\{[^{}]*\}\}|\$\{[^}]*\}|\$\w+|\[\[\w+\]\]")


def check(panel: Panel, _project: Project) -> Findings:
    """Compare each legend with its query, and the title with all of them."""
    shown = [(number, target) for number, target in enumerate(panel.targets) if not target.hidden]
    asked = [(number, target, target.query) for number, target in shown if target.query is not None]
    if not asked or len(asked) != len(shown):
        return
    for number, target, query in asked:
        for said in _differing(_FILLED_IN.sub(" ", target.legend), [query]):
            yield Finding(f"the legend says {said}", pointer=("targets", number, "legendFormat"))
    for said in _differing(_FILLED_IN.sub(" ", panel.title), [query for *_, query in asked]):
        yield Finding(f"the title says {said}", pointer=("title",))


def _differing(text: str, queries: list[Query]) -> Iterator[str]:
    """Yield what a text says that none of the queries has."""
    if not text.strip():
        return
    for judge in _JUDGES:
        yield from judge(text, queries)


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


_CLASS = re.compile(r"(?<![\w.])([1-5])[xX]{2}(?!\w)")
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


def _contrary(text: str, queries: list[Query]) -> Iterator[str]:
    words = _words(text)
    operators = {node.operator for query in queries for node, _ in query.as_promql.each(Binary)}
    is_plain = operators.isdisjoint({"-", "==", "!="})
    names = [_words(_said_by(query)) for query in queries] if is_plain and any(words & one for one, _ in _PAIRS) else []
    for one, other in _PAIRS:
        if names and words & one and not words & other and all(each & other and not each & one for each in names):
            yield f"“{min(words & one)}”, and the query asks for “{min(set().union(*names) & other)}”"


_CONTRARY = (
    ({"receive", "received", "receiving", "rx"}, {"transmit", "transmitted", "transmitting", "sent", "send", "tx"}),
    ({"read", "reads", "reading"}, {"write", "writes", "written", "writing"}),
    ({"inbound", "incoming", "ingress"}, {"outbound", "outgoing", "egress"}),
    ({"requests"}, {"limits"}),
    ({"cpu"}, {"memory", "mem", "heap", "rss"}),
    ({"active"}, {"inactive", "suppressed"}),
    ({"successful", "succeeded", "successes"}, {"failed", "failure", "failures"}),
    ({"commit", "commits", "committed"}, {"rollback", "rollbacks"}),
    ({"inserted", "inserts", "insert"}, {"deleted", "deletes", "delete"}),
    ({"inserted", "inserts", "insert"}, {"updated", "updates", "update"}),
    ({"deleted", "deletes", "delete"}, {"updated", "updates", "update"}),
)
"""What a text never says of the other."""
_PAIRS = (*_CONTRARY, *((other, one) for one, other in _CONTRARY))


def _said_by(query: Query) -> str:
    """Return the names of the metrics, and what they are asked for; nothing of recorded series, which may be turned."""
    selectors = [selector for selector, _ in query.as_promql.selectors]
    if any(":" in selector.name for selector in selectors):
        return ""
    values = [
        matcher.value
        for each in selectors
        for matcher in each.matchers
        if not matcher.has_variable and matcher.operator in {"=", "=~"}
    ]
    return " ".join([*(each.name.replace("_", " ") for each in selectors), *values])


def _since(text: str, queries: list[Query]) -> Iterator[str]:
    if not _UPTIME.match(text.strip()):
        return
    for query in queries:
        tree = query.as_promql.tree
        node = core(unscaled(tree)[0]) if tree is not None else None
        if (
            isinstance(node, Binary)
            and node.operator == "-"
            and isinstance(node.left, Call)
            and node.left.name == "time"
        ):
            name = next((each.name for each, _ in query.as_promql.selectors), "")
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


_JUDGES: tuple[Callable[[str, list[Query]], Iterator[str]], ...] = (_quantile, _status, _contrary, _since, _every)


def check_dashboard(dashboard: Dashboard, project: Project) -> Findings:
    """Look for titles that name a value, or a metric, that other queries ask for."""
    queries = [target.query for target in dashboard.targets if target.query is not None]
    names = {
        selector.name for query in queries for selector, _ in query.as_promql.selectors if ":" not in selector.name
    }
    for panel in dashboard.panels if len(queries) > 1 else ():
        query = panel.targets[0].query if len(panel.targets) == 1 else None
        if query is None or any(node.operator == "-" for node, _ in query.as_promql.each(Binary)):
            continue
        words = _words(_FILLED_IN.sub(" ", panel.title))
        if said := _other_value(words, query, project) or _other_metric(words, query, names):
            where = panel.place(("title",))[len(dashboard.base) :]
            yield Finding(f"{panel.title!r}: {said}", pointer=where, severity=Severity.INFO)


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}


def _other_value(words: set[str], query: Query, project: Project) -> str:
    """Say that a title names a value of a label, and the query asks for another one."""
    for selector, _ in query.as_promql.selectors:
        for matcher in selector.matchers:
            if matcher.label not in _STATES or matcher.operator != "=" or not matcher.value.isalpha():
                continue
            others = project.asked.values_of[selector.name, matcher.label]
            for other in sorted(others) if matcher.value.lower() not in words else ():
                if other.isalpha() and other.lower() in words - _GENERAL:
                    return f"the query asks for the {matcher.label} {matcher.value}, where others ask for {other}"
    return ""


_STATES = frozenset(
    {"state", "status", "mode", "phase", "direction", "severity", "level", "outcome", "result", "alertstate"}
)
"""Labels whose values are words that a title has."""


def _other_metric(words: set[str], query: Query, names: set[str]) -> str:
    """Say that a title names what tells another metric of the dashboard from the one that is asked for."""
    asked = {selector.name for selector, _ in query.as_promql.selectors}
    if len(asked) != 1 or query.as_promql.each(Binary):
        return ""
    name = asked.pop()
    own = _words(name)
    for other in sorted((names | usual_names()) - {name}):
        if not other.startswith("_".join(name.split("_")[:2]) + "_"):
            continue
        theirs = _words(other)
        lost, told = own - theirs, theirs - own
        is_named = told and len(told) <= _FEW and told <= words - _GENERAL
        if lost and is_named and not {_stem(word) for word in lost} & {_stem(word) for word in words}:
            return f"the query asks for {name}, and there is {other}"
    return ""


def _stem(word: str) -> str:
    return re.sub(r"(?:ing|ed|es|s|d|e)$", "", word) if len(word) > _SHORT else word


_SHORT = 4
_GENERAL = frozenset(
    {"usage", "used", "use", "request", "requests", "total", "time", "duration", "size", "status", "state", "states"}
    | {
        "rate",
        "count",
        "number",
        "created",
        "memory",
        "cpu",
        "user",
        "system",
        "seconds",
        "bytes",
        "type",
        "info",
        "max",
    }
    | {"max", "current", "node", "pod", "container", "api", "data", "network", "disk", "service", "server", "client"}
)
"""Words of titles that tell no metric from another."""
_FEW = 2
"""Words by which a title tells two metrics apart."""


RULE = Rule(__name__, Severity.WARNING, panel=check, dashboard=check_dashboard)
