"""What is hardly ever beyond a limit: how long an answer takes, how hot a machine is."""

from __future__ import annotations

import re

from sync.lint.promql.amounts import is_span
from sync.lint.promql.factors import unscaled
from sync.lint.promql.percentages import is_share
from sync.lint.promql.tree import Aggregation, Binary, Call, Node, Selector, selectors_of, turned

_LONGEST = 100.0
"""Seconds beyond every limit that public alerts set on answers (90 at most), and beyond usual timeouts."""
_HOTTEST = 1000.0
"""Degrees at which nothing works that has a sensor in it; thousandths of a degree are more."""
_HIGHEST = 1000.0
"""Percent of what one quantity is of another: more is a slip in the limit."""
_YEAR = 365.0 * 86_400
_AGES = 5 * _YEAR
"""Seconds for which nobody waits for a job or a backup."""
_DEGREES = re.compile(r"_celsius$|(?:^|_)temp(?:erature)?$")
_ANSWERS = re.compile(
    r"(?:^|_)(?:http|grpc|rpc|requests?|responses?|handling|latency|round_?trip|fsync|lookups?)_(?:\w+_)?seconds"
    r"(?:_bucket|_sum)?$"
)
_LEFT_ALONE = re.compile(r"queue|replicat|ingest|process|e2e|ticket|runner|batch|job|event|watch|lag", re.IGNORECASE)
"""What nobody sits and waits for."""
_KEEPING = frozenset({"max", "min", "avg", "topk", "bottomk"})


def implausible(node: Node, limit: float) -> str:
    """Say why an expression is hardly ever above a limit; '' where it may be."""
    if limit >= _LONGEST and is_answer_time(node):
        return f"nobody waits {limit:g} s for an answer: these are seconds, not milliseconds"
    inner, factor = unscaled(node)
    names = [each.name for each in selectors_of(node)]
    if is_span(inner) and limit / factor >= _AGES:
        return f"{limit:g} of what the time is divided into are {limit / factor / _YEAR:.0f} years"
    if limit >= _HIGHEST and factor == 100 and is_share(inner):
        return f"{limit:g} % is ten times all there is, or more"
    if limit >= _HOTTEST and names and all(_DEGREES.search(name) for name in names) and factor == 1:
        return f"nothing works at {limit:g} degrees: these are degrees, not thousandths of them"
    return ""


def is_answer_time(node: Node) -> bool:  # noqa: PLR0911 one return a kind of node
    """Whether it is a quantile or a mean of such times, or a summary's series: in seconds, by its name."""
    match node:
        case Aggregation(name=name, body=body) if name in _KEEPING:
            return is_answer_time(body)
        case Binary() if node.filters:
            return is_answer_time(turned(node).left)
        case Call(name="histogram_quantile" | "histogram_avg"):
            return _is_named_so(node)
        case Call(name="max_over_time" | "avg_over_time" | "min_over_time", arguments=(inner,)):
            return is_answer_time(inner)
        case Binary(operator="/"):
            return _is_named_so(node.left) and all(each.name.endswith("_count") for each in selectors_of(node.right))
        case Selector():
            return _is_named_so(node) and not node.name.endswith(("_bucket", "_sum")) and bool(node.matcher("quantile"))
        case _:
            return False


def _is_named_so(node: Node) -> bool:
    found = selectors_of(node)
    if len(found) != 1 or any(_LEFT_ALONE.fullmatch(each.value) for each in found[0].matchers):
        return False
    return _ANSWERS.search(found[0].name) is not None and not _LEFT_ALONE.search(found[0].name)
