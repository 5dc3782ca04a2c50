r"""A query that its data source can't read.

The panel shows an error instead of data; a rule file with such a rule isn't loaded at all. The place and the words are
the parser's. Grafana's variables and macros are stood in for first; a query whose grammar depends on what a variable
holds is not judged. What VictoriaMetrics alone reads, or Prometheus with a feature flag, is a warning that says so.

FAIL promql:
    sum(rate(http_requests_total{job="api"}[5m]) by (route)

FAIL promql:
    rate(http_requests_total)

FAIL promql:
    http_requests_total[5m]

FAIL promql:
    up{job="a" or job="b"}

FAIL promql:
    up{job=~$job}

FAIL promql:
    up{job=~"api**"}

PASS promql:
    up{job=~"api.*?|a\\++|[*+]+"}

FAIL promql:
    topk_max(5, node_load1)

FAIL promql:
    rate(http_requests_total[5m * 2])

FAIL logql:
    sum by level (rate({app="api"}[5m]))

FAIL logql:
    avg_over_time({app="api"} | json [5m])

FAIL logql:
    topk(5, {app="api"})

FAIL logql:
    {app="api"} | pattern "<_> <a><b>"

FAIL traceql:
    { status = error } | rate

PASS traceql:
    { status = error } | quantile_over_time(duration, .99, 0.5) by (resource.service.name)

PASS logql:
    max_over_time({app="api"} | json | unwrap duration(took) | __error__="" [5m]) by (app)

FAIL logql:
    {app="api" |= "error"

FAIL logql:
    {app="api"} |~ "delete (request"

FAIL logql:
    {app="api"} | json | path=~"/a/[0-9+"

FAIL logql:
    {app="api"} | json | line_format "{{.path}"

FAIL dashboard:
    templating: {list: [{type: query, name: job, query: "label_value(up, job)"}]}

FAIL dashboard:
    templating: {list: [{type: query, name: job, query: "label_values(up, job)", regex: "/(.*/"}]}

FAIL dashboard:
    templating: {list: [{type: query, name: job, query: "label_values(up job)"}]}

PASS dashboard:
    templating: {list: [{type: query, name: job, query: "label_values(job)", regex: '/^(?<text>a.*)$|(?!b)/i'}]}

FAIL traceql:
    {resource.service.name = "api"

FAIL traceql:
    { span.http.status_code >= }

FAIL logql:
    {app="api"} | "error"

FAIL logql:
    {app="api"} | json | level = error

FAIL logql:
    {app="api"} | jsn | status >= 500

FAIL logql:
    {app="api"} | json | line_format "{{msg}}"

FAIL logql:
    {app="api"} |= "error" or |= "warn"

FAIL logql:
    rate({app="api"} [5 min])

FAIL logql:
    {app="api"} | logfmt | addr = ip("10.0.0.0/33")

FAIL logql:
    {app="api"} | logfmt | addr =~ ip("10.0.0.0/8")

PASS logql:
    {app="api"} |= ip("10.0.0.1-10.0.0.9") | logfmt | addr != ip("::1") | peer = ip("10.1.2.3/8") | a = ip("$ip")

FAIL traceql:
    { status = error and duration > 1s }

FAIL traceql:
    { resource.service.name = api }

PASS logql:
    {app="api"} |= "error" or "warn" | json a="b.c" | (a >= 500 or d > 1m) | line_format "{{.msg | upper}}"

PASS traceql:
    { span.a = "b and c" && resource.b =~ "x.*" && status = error && .ok = true } && { kind = server }

FAIL alert-expr:
    rate(http_request_errors_total[$__rate_interval]) > 1

FAIL alert-expr:
    up{job="$job"} == 0

PASS alert-expr:
    label_replace(up{job=~"a$|b$", zone="${ZONE}"}, "host", "$name", "instance", "(?P<name>.+):.*") == 0

PASS file loki/rules.yaml:
    groups:
      - name: a
        rules:
          - {alert: A, expr: 'sum(rate({app="mongo"} |= "$match" | label_format m=`{{ $a := .b }}{{ $a }}` [5m])) > 1'}

PASS logql:
    {app="a"} |= `src = ip("foo")` |~ `x =~ ip("1.2.3.4")` # addr = ip("x")

PASS promql:
    sum by (route) (rate(http_requests_total{job=~"$job"}[$__rate_interval]))

PASS logql:
    {app=~"api|web"} |~ "(?i)delete \\(request" !~ `\pL+ {id` |~ "a$" | regexp "(?P<status>[0-9]+)"

PASS logql:
    {app="api"} | logfmt | line_format "{{.path | upper}} }" | label_format took=`{{div .took 1e9}}`

PASS file loki/rules.yaml:
    groups: [{name: a, rules: [{alert: A, expr: 'sum by (method) (rate({job="api"} [5m])) > 1'}]}]

FAIL dashboard:
    templating: {list: [{type: query, name: a, query: "label_values(sum by (job) (up), job)"}]}

FAIL dashboard:
    templating: {list: [{type: query, name: a, query: "label_values(up, job"}]}

FAIL dashboard:
    templating: {list: [{type: query, name: a, query: 'label_values(up{job=~"(a|$b)"}, pod'}]}

PASS dashboard:
    templating: {list: [{type: query, name: a, query: 'label_values(up{job="a"}, job)'}]}

PASS promql:
    $aggregation by (route) (rate(http_requests_total[5m]))
"""

from __future__ import annotations

import difflib
import re

from sync.lint import logql, traceql
from sync.lint.dashboard import VARIABLE_FUNCTIONS, Variable
from sync.lint.lexical import STRING, uncommented, without_strings
from sync.lint.matching import pattern_problem
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Node, Selector, Subquery
from sync.lint.promql.variables import VARIABLE
from sync.lint.query import Language, Query, Use
from sync.lint.rule import Findings, Rule

_IN_A_FILE = "a rule file, which has no variables of Grafana's"


def check(query: Query, _project: Project) -> Findings:
    """Say what the parser says."""
    if query.use.evaluated and "$" in query.text:
        yield from _filled_in(query)
    if query.language is Language.PROMQL:
        if query.error is not None:
            other = _other(query.text, query.error.words)
            severity = Severity.WARNING if other else None
            yield Finding(f"not PromQL: {query.error.words}{other}", piece=query.error.offset, severity=severity)
        elif (query.use is Use.PANEL or query.use.evaluated) and _is_range(query.tree):
            yield Finding("a range of samples is no series: put rate(), avg_over_time() or such around it", piece="[")
        yield from _patterns(query)
        return
    languages = {Language.LOGQL: logql.syntax_problem, Language.TRACEQL: traceql.syntax_problem}
    problem = languages[query.language](query.text) if query.language in languages else None
    if problem is not None:
        words, offset = problem
        yield Finding(f"not {query.language}: {words}", piece=offset)


def _filled_in(query: Query) -> Findings:
    """Look for variables of dashboards in a rule: in place of a range or a number, or as the whole value of a label."""
    names = _VARIABLE.findall(without_strings(query.text)) + _WHOLE_VALUE.findall(uncommented(query.text))
    for name in dict.fromkeys(names):
        is_macro = name.startswith(("$__", "${__"))
        if is_macro and query.use is Use.MANAGED:
            continue
        severity = None if is_macro else Severity.WARNING
        where = "an alert, which has no dashboard's variables" if query.use is Use.MANAGED else _IN_A_FILE
        said = f"nothing fills in {name} in {where}"
        yield Finding(said, piece=name, severity=severity)


_WHOLE_VALUE = re.compile(r'[\w\s](?:=|=~|!=|!~)\s*"(\$[a-z][a-z_]\w*|\$\{[a-z]\w*(?::\w+)?\})"')
_VARIABLE = re.compile(r"\$__\w+|\$\{__\w+\}|\$[a-z][a-z_]\w*|\$\{[a-z]\w*(?::\w+)?\}")
"""Variables of dashboards. A script that fills in a file has names in capitals; $1 is a group of a pattern."""


def _patterns(query: Query) -> Findings:
    """Look at patterns that the parser takes, and Prometheus doesn't."""
    for selector, _ in query.selectors:
        for matcher in selector.matchers:
            if matcher.is_regex and not matcher.has_variable and (problem := pattern_problem(matcher.value)):
                yield Finding(f"not PromQL: the pattern in {matcher} can't be read: {problem}", piece=matcher.value)


def check_variable(variable: Variable, _project: Project) -> Findings:
    """Look at the function that a variable asks for its choices with: Grafana has its own, and no others."""
    yield from _regex(variable)
    found = _CALL.match(variable.text)
    if found is None or variable.kind != "query" or variable.datasource.kind not in {"prometheus", "loki", ""}:
        return
    if found[1] in VARIABLE_FUNCTIONS:
        yield from _arguments(variable, found[1])
        return
    near = difflib.get_close_matches(found[1], VARIABLE_FUNCTIONS, n=1, cutoff=0.8)
    if near:
        message = f"Grafana knows no {found[1]}() in a variable's query; did you mean {near[0]}()?"
        yield Finding(message, pointer=("query",), piece=found[1])


def _regex(variable: Variable) -> Findings:
    """Look at the pattern that takes a variable's choices apart, which stands between slashes or is the whole."""
    regex = variable.raw.get("regex")
    if variable.kind != "query" or not isinstance(regex, str) or VARIABLE.search(regex) or "[^]" in regex:
        return
    if re.match(r"/.*[)\]*+]\S*$", regex) and not re.search(r"/[a-z]*$", regex[1:]):
        yield Finding(f"{regex} has no / at its end: Grafana looks for the slash", pointer=("regex",))
    pattern = re.sub(r"^/(.*)/[a-z]*$", r"\1", regex, flags=re.DOTALL)
    plain = re.sub(r"\(\?<(?=\w)", "(?P<", pattern)
    if plain and (problem := pattern_problem(plain)):
        yield Finding(f"the pattern {regex} can't be read: {problem}", pointer=("regex",))


_NO_COMMA = re.compile(
    r"\s*label_values\(\s*(?:[\w:]+(?:\{[^{}]*\})?\s+\w+|[\w:]+\{[^{}]*\}|\w+\s*,\s*[\w:]+\{[^{}]*\}|)\s*\)\s*"
)
_QUOTED = re.compile(rf"{STRING}|'(?:[^'\\]|\\.)*'|{VARIABLE.pattern}")
_LABEL = re.compile(r"""\s*["'](\w+)["']\s*\)\s*$""")


def _arguments(variable: Variable, function: str) -> Findings:
    """Look at what is asked for: Grafana takes what it can't read for the name of a metric, and finds nothing."""
    text, tree = variable.text, variable.query.tree if variable.query else None
    plain = _QUOTED.sub("", text)
    if not re.search(r"[\"'`]", plain) and plain.count("(") > plain.count(")"):
        yield Finding(f"{function}( is never closed", pointer=("query",))
    elif function == "label_values" and _NO_COMMA.fullmatch(text):
        message = "label_values() has a metric, a comma and a label: label_values(up, job)"
        yield Finding(message, pointer=("query",))
    elif function == "label_values" and (quoted := _LABEL.search(text)) and "," in text:
        yield Finding(
            f"label_values() takes the label without quotes: {quoted[1]}", pointer=("query",), piece=quoted[1]
        )
    elif function == "label_values" and tree is not None and not isinstance(tree, Selector):
        message = "label_values() takes the name of a metric with matchers; query_result() takes an expression"
        yield Finding(message, pointer=("query",))


def _is_range(tree: Node | None) -> bool:
    return isinstance(tree, Subquery) or (isinstance(tree, Selector) and tree.window is not None)


def _other(text: str, words: str) -> str:
    """Say who reads a query that Prometheus refuses as it comes."""
    if found := _UNKNOWN_FUNCTION.search(words):
        return f"; {found[1]} is MetricsQL, which VictoriaMetrics reads" if _METRICSQL.fullmatch(found[1]) else ""
    if _OF_VICTORIA.search(text):
        return "; VictoriaMetrics, whose metrics these are, may read it"
    for feature, syntax, usual in _FLAGGED:
        plain = syntax.sub(usual, text)
        if plain != text and Query(plain, Language.PROMQL, Use.PANEL).error is None:
            return f"; Prometheus reads it with --enable-feature={feature} alone"
    return ""


_CALL = re.compile(r"\s*([A-Za-z_]+)\s*\(")
_OF_VICTORIA = re.compile(r"\bvm(?:_|agent_|alert_|auth_)\w")
_UNKNOWN_FUNCTION = re.compile(r"unknown function with name '(\w+)'")
_METRICSQL = re.compile(
    r"(?:top|bottom)k_(?:max|min|avg|median|last)|rollup\w*|range_\w+|running_(?:avg|max|min|sum)|keep_(?:last|next)_value"
    r"|label_(?:set|del|keep|copy|move|map|match|mismatch|transform|value)|(?:share|count|sum)_(?:eq|ne|gt|le)_over_time"
    r"|increase_pure|lag|rate_over_sum|quantiles(?:_over_time)?|outliersk|interpolate|histogram_share|prometheus_buckets"
    r"|buckets_limit|limit_offset|drop_common_labels|remove_resets|union|median|mode|alias|any|distinct"
)
_FLAGGED = [
    ("promql-extended-range-selectors", re.compile(r"(\]|\w)\s*\b(?:anchored|smoothed)\b"), r"\1"),
    ("promql-duration-expr", re.compile(r"\[[^\]\"{}:]*(?:[*/+^%(]|[\w)]\s*-)[^\]\"{}:]*"), "[5m"),
    ("promql-duration-expr", re.compile(r"\boffset\s*-?\s*\w*\s*\([^()]*\)"), "offset 5m"),
]
"""Syntax behind feature flags, as Prometheus' documentation has it, and what stands in its place without."""


RULE = Rule(
    __name__,
    Severity.ERROR,
    peers={"dashboard-linter": "target-promql, target-logql, template-label-promql", "pint": "promql/syntax"},
    query=check,
    variable=check_variable,
)
