"""What stands around streams of LogQL: functions that count lines, and those that take numbers out of them."""

from __future__ import annotations

import re

_RANGE = re.compile(r"\[[^\[\]$]*\]")
_STREAMS_SUMMED = re.compile(
    r"\b(sum|avg|max|min|count|stddev|stdvar|topk|bottomk|sort|sort_desc)\s*(?:(?:by|without)\s*\([^()]*\)\s*)?"
    r"\((?:\s*\d+\s*,)?\s*\{"
)
_UNKNOWN = re.compile(r"\b(increase|irate|delta|idelta|deriv|resets|changes|histogram_quantile)\s*\(")
_BARE_TOPK = re.compile(r"\b(topk|bottomk|approx_topk)\s*(?:(?:by|without)\s*\([^()]*\)\s*)?\(\s*[a-z{]")
_BARE_QUANTILE = re.compile(r"\bquantile_over_time\s*\(\s*\{")
_BARE_UNWRAP = re.compile(r"\bunwrap\s*\[")
_FILTERED_NUMBERS = re.compile(r"\]\s*\)\s*(?:\|[=~]|!~|!=\s*\")")
_GROUPED_BARE = re.compile(
    r"\b(?:sum|avg|max|min|count|stddev|stdvar|topk|bottomk)\s+(?:by|without)\s*\([^()]*\)\s*(?:[a-z]\w*\s*\()"
)
_BARE_GROUPING = re.compile(r"\b(by|without)\s+[a-z_]\w*\s*(?:[(\[{]|$)")
_NEEDS_NUMBERS = re.compile(
    r"\b(sum_over_time|avg_over_time|max_over_time|min_over_time|quantile_over_time|first_over_time|last_over_time"
    r"|stddev_over_time|stdvar_over_time|rate_counter)\s*\("
)
_NEEDS_LINES = re.compile(r"\b(count_over_time|bytes_rate|bytes_over_time)\s*\(")


_REFUSED = (
    (_STREAMS_SUMMED, "{0}() is of numbers, and these are lines: count_over_time({{…}}[5m]) has theirs"),
    (_BARE_GROUPING, "the labels after {0} stand in parentheses"),
    (_UNKNOWN, "LogQL has no {0}(): lines are counted by count_over_time() and rate(), numbers taken with unwrap"),
    (_BARE_TOPK, "{0}() needs a number first: {0}(5, …)"),
    (_BARE_QUANTILE, "quantile_over_time() needs a quantile first: quantile_over_time(0.95, …)"),
    (_BARE_UNWRAP, "unwrap names the label that has the number"),
    (_FILTERED_NUMBERS, "lines are filtered before their range: {{…}} |= … [5m]"),
    (_GROUPED_BARE, "what is grouped stands in parentheses: sum by (app) (rate(…))"),
)


def refused(plain: str) -> tuple[str, int] | None:
    """Return what Loki refuses of what stands around streams: lines summed up, ranges alone, numbers of no label."""
    if "$" in plain.replace("$__", "").replace("$v", ""):
        return None
    if plain.lstrip().startswith("{") and (found := _RANGE.search(plain)) and "(" not in plain[: found.start()]:
        return "a range stands in a function, as in rate(…[5m])", found.start()
    for pattern, said in _REFUSED:
        if found := pattern.search(plain):
            return said.format(*found.groups()), found.start()
    for needed, wrong in ((_NEEDS_NUMBERS, False), (_NEEDS_LINES, True)):
        for found in needed.finditer(plain):
            inner = within(plain, found.end())
            if "{" in inner and ("unwrap" in inner) is wrong:
                how = "takes the lines themselves, without unwrap" if wrong else "needs numbers: | unwrap a label"
                return f"{found[1]}() {how}", found.start()
    return None


def within(plain: str, start: int) -> str:
    """Return what stands between the parentheses that open before a place."""
    depth, end = 1, start
    while end < len(plain) and depth:
        depth += {"(": 1, ")": -1}.get(plain[end], 0)
        end += 1
    return plain[start:end]
