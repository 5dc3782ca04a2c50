"""A regular expression where a plain comparison says the same, anchors that are there already, or a pattern for =.

Prometheus looks `=` up in its index and has to try a regular expression on every value; a pattern is anchored at both
ends always. `=~".*"` holds for every series, even those without the label; `!~".+"` for those without it alone, which
`=""` says. `--fix` makes =~"a" an ="a" and takes needless anchors away. `job="api.*"` compares with those very
characters, and selects nothing: a pattern wants `=~`. A path, a rule or a query may hold such characters, so labels of
these pass.

FAIL promql:
    up{job=~"api"}

FAIL promql:
    up{job=~"^api.*$"}

FAIL promql:
    up{job=~".*"}

FAIL promql:
    up{job!~".+"}

FAIL promql:
    up{job="api.*"}

FAIL promql:
    sum(rate(http_requests_total{code="5..", job!="api|web"}[5m]))

FAIL promql:
    up{pod="$app-.*", mode!="idle|iowait"}

FAIL promql:
    up{job="(argocd|argo-cd).*", cluster_type="tenant|workload"}

FAIL promql:
    http_requests_total{status="[45]..", device!="lo|veth.*"}

FAIL promql:
    up{job=~"api-*"}

FAIL promql:
    sum(rate(http_requests_total{status_code=~"5xx"}[5m]))

FAIL logql:
    {app="api"} | json | status="5.."

FAIL logql:
    {namespace="shop", app="api.*"} |= "error"

FAIL logql:
    {app=~"api"} |= "error"

PASS logql:
    {app=~"api.+"} | json | status=~"5.." | path="/users/.*" | took > 5 |~ "a|b"

PASS promql:
    rate(gateway_requests_total{route="/users/.*", rule="api.*", alias="a|b"}[5m])

FAIL promql:
    up{job="api*"} or up{job=~"api.*|.*"} or interface_status{alias=".*(?i:(uplink|wan)).*"}

PASS promql:
    up{job=~"api|web"} or nginx_requests{location="/static/.*"}

PASS promql:
    up{job=~"$job"}

PASS promql:
    up{job=~".+"}
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sync.lint.known import TARGET_LABELS
from sync.lint.lexical import replaced
from sync.lint.logql import Condition, can_be_empty, streams, syntax_problem
from sync.lint.matching import is_any
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Matcher
from sync.lint.query import Language, Query
from sync.lint.rule import Findings, Rule

_MEANT = re.compile(
    r"/?[\w-]*\.[*+][\w.*+-]*|[\w-]*-\[[a-z0-9-]+\][+*]|(?:[1-5]|\[[1-5]+\])(?:\.\.|\\d\\d|\[0-9\]\[0-9\]|\[0-9\]\{2\}|\\d\{2\})"
)
"""Names with a part left open, and classes of status codes."""
_EITHER = re.compile(r"[\w./-]*(?:\|[\w./-]*)+")
_GROUP = re.compile(r"\([\w./-]*(?:\|[\w./-]*)+\)(?=\.[*+])")
_LISTED = frozenset(
    {"code", "status", "status_code", "response_code", "http_code", "grpc_code", "method", "verb", "state", "mode"}
    | {"device", "fstype", "mountpoint", "phase", "condition", "reason", "resource", "severity", "alertstate"}
    | {"type", "kind", "operation", "outcome", "result", "level", "direction"}
)
"""Labels whose values are words of a short list."""
_VARIABLE = re.compile(r"⟦[^⟧]*⟧|\$\{[^}]*\}|\$\w+|\[\[\w+\]\]")
_HOLDS_PATTERNS = re.compile(
    r"route|path|ur[il]|location|handler|rule|regex|pattern|query|match|filter|expr|selector|glob|topic"
)
"""Labels whose values may be patterns themselves."""
_GLOB = re.compile(r"[\w-]+\*[\w-]*")
"""What is meant as in a shell: `api*`."""
_OPEN = re.compile(r"^\.[*+]|\.[*+]$")
"""What begins or ends with anything."""
_WILD = re.compile(r"\*?[a-z][\w-]+\*|\*[\w-]*[a-z]")
"""The same at one end, or both: what a name with a star is meant for where no name has one."""
_CLASSES = re.compile(r"[1-5]xx(?:\|[1-5]xx)*", re.IGNORECASE)
"""Classes of status codes as people write them; in a pattern an x is an x."""
_STATUS = re.compile(r"status|code", re.IGNORECASE)
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")


def check(query: Query, _project: Project) -> Findings:
    """Look at every pattern that holds no variable."""
    for matcher in _matchers(query):
        if matcher.label == "__name__":
            continue
        if matcher.is_regex:
            yield from () if matcher.has_variable else _pattern(matcher, query.text)
        elif matcher.operator in {"=", "!="} and _is_meant_as_pattern(matcher):
            does = "selects nothing" if matcher.operator == "=" else "excludes nothing"
            yield Finding(
                f"{matcher} compares with these very characters and {does}: a pattern wants {matcher.operator[0]}~",
                piece=matcher.value,
                severity=Severity.ERROR,
            )


def _matchers(query: Query) -> Iterator[Matcher | Condition]:
    """Yield the matchers of a query, and the label filters of one of logs."""
    for selector, _ in query.selectors:
        yield from selector.matchers
    if query.language is Language.LOGQL and syntax_problem(query.text) is None:
        for stream in streams(query.text):
            if len(stream.matchers) > 1:  # one alone that holds for everything is refused, and named by another rule
                yield from stream.matchers
            else:
                yield from (each for each in stream.matchers if not can_be_empty(each))
            yield from (each for each in stream.filters if each.label)


def _is_meant_as_pattern(matcher: Matcher | Condition) -> bool:
    value = _GROUP.sub("x", _VARIABLE.sub("x", matcher.value))
    if _SPECIAL.search(value) is None:
        return False
    is_listed = matcher.label in TARGET_LABELS | _LISTED or matcher.label.endswith(
        ("_type", "_kind", "_state", "_status")
    )
    if is_listed and _EITHER.fullmatch(value.removeprefix("(").removesuffix(")")):
        return True
    if is_listed and _WILD.fullmatch(value):
        return True
    if _OPEN.search(value) and not _HOLDS_PATTERNS.search(matcher.label):
        return True
    parts = value.split("|")
    meant = [bool(_MEANT.fullmatch(part)) for part in parts]
    plain = all(ok or re.fullmatch(r"[\w./-]*", part) for ok, part in zip(meant, parts, strict=True))
    return any(meant) and plain and not _HOLDS_PATTERNS.search(matcher.label)


def _pattern(matcher: Matcher | Condition, text: str) -> Findings:
    value, plain = matcher.value, matcher.operator[0] + "=" if matcher.operator == "!~" else "="
    if value == ".*" and matcher.operator == "=~":
        yield Finding(f'{matcher.label}=~".*" holds for everything: remove it, or ask for .+', piece='".*"')
    elif "|" in value and is_any(value) and matcher.operator == "=~":
        yield Finding(f"{matcher} holds for everything: .* is one of its alternatives", piece=value)
    elif value == ".+" and matcher.operator == "!~":
        said = f'{matcher} holds for series without the label: write {matcher.label}=""'
        yield Finding(said, piece=value, fix=_rewritten(matcher, text, "=", ""))
    elif _GLOB.fullmatch(value):
        said = f"{matcher} repeats the letter before *: write {value.replace('*', '.*')} for what follows"
        yield Finding(said, piece=value, severity=Severity.WARNING)
    elif _CLASSES.fullmatch(value) and _STATUS.search(matcher.label) and "haproxy" not in text:
        digits = re.sub("xx", "..", value, flags=re.IGNORECASE)
        said = f"{matcher} asks for an x as it is: {digits} holds for the codes from {value[0]}00 to {value[-3]}99"
        yield Finding(said, piece=value, severity=Severity.WARNING)
    elif not _SPECIAL.search(value):
        said = f'{matcher} has no pattern: write {matcher.label}{plain}"{value}"'
        yield Finding(said, piece=value, fix=_rewritten(matcher, text, plain, value))
    elif re.match(r"^\^", value) or re.search(r"(?<!\\)\$$", value):
        stripped = re.sub(r"(?<!\\)\$+$", "", value.lstrip("^"))
        mended = _rewritten(matcher, text, matcher.operator, stripped) if "|" not in value else None
        yield Finding(f"{matcher} is anchored anyway: remove ^ and $", piece=value, fix=mended)


def _rewritten(matcher: Matcher | Condition, text: str, operator: str, value: str) -> str | None:
    """Return the query with another operator and value in the matcher; None where it isn't found as it is written."""
    written = re.compile(
        rf'\b{re.escape(matcher.label)}\s*{re.escape(matcher.operator)}\s*(["\'`]){re.escape(matcher.value)}\1'
    )
    return replaced(written, lambda found: f"{matcher.label}{operator}{found[1]}{value}{found[1]}", text)


RULE = Rule(__name__, Severity.INFO, peers={"pint": "promql/regexp (in part)"}, query=check)
