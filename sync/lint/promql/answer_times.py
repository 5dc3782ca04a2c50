"""Which expressions say how long an answer takes: whoever asks gives up long before a hundred seconds."""

from __future__ import annotations

import re

from sync.lint.promql.tree import Aggregation, Binary, Call, Node, Selector, selectors_of, turned

LONGEST = 100.0
"""Seconds beyond every limit that public alerts set on such times (90 at most), and beyond usual timeouts."""
_ANSWERS = re.compile(
    r"(?:^|_)(?:http|grpc|rpc|requests?|responses?|handling|latency|round_?trip|fsync|lookups?)_(?:\w+_)?seconds"
    r"(?:_bucket|_sum)?$"
)
_KEEPING = frozenset({"max", "min", "avg", "topk", "bottomk"})


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
    names = [each.name for each in selectors_of(node)]
    return len(names) == 1 and _ANSWERS.search(names[0]) is not None
