"""A panel's rate() without $__rate_interval.

`$__interval` shrinks below two scrapes when zoomed in, and the line vanishes, unless the query or panel sets a least
interval; even then the increase between the last sample of one window and the first of the next is nobody's. `--fix`
mends it. A fixed window hides peaks when zoomed out, and is right for an instant value alone, and where the panel's
title says it. increase() over a written span is left alone: it says "in the last hour" on purpose.

FAIL promql:
    rate(http_requests_total[$__interval])

FAIL promql:
    sum(rate(http_requests_total[5m]))

PASS promql:
    rate(http_requests_total[$__rate_interval])

FAIL target:
    {expr: "rate(http_requests_total[$__interval])", interval: 2m, refId: A}

PASS promql:
    increase(http_requests_total[1h])

PASS dashboard:
    panels: [{type: timeseries, title: "Runtime [1w]", targets: [{expr: "rate(runs_total[1w])", refId: A}]}]

PASS instant:
    sum(rate(http_requests_total[5m]))

PASS alert-expr:
    sum(rate(http_requests_total[5m])) > 1

FAIL panel:
    type: stat
    title: Kills
    fieldConfig: {defaults: {unit: short}}
    targets: [{expr: "sum(rate(oom_kills_total[$__range]))"}]

PASS panel:
    type: stat
    title: Kills
    fieldConfig: {defaults: {unit: short}}
    targets: [{expr: "sum(increase(oom_kills_total[$__range]))"}]
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

from sync.lint.dashboard import Target
from sync.lint.lexical import replaced
from sync.lint.panel_units import default_unit
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import RATES, Aggregation, Call, Selector, Subquery, Window
from sync.lint.query import Query, Use
from sync.lint.rule import Findings, Rule
from sync.lint.rule_file import seconds
from sync.lint.shape import as_text

_INTERVAL = re.compile(r"\b(i?rate)(\s*\([^\[\]]*\[\s*)\$(?:\{__interval\}|__interval\b)")


def check(target: Target, project: Project) -> Findings:
    """Look for $__interval and for fixed windows in a panel's rates."""
    if target.query is not None and "__interval" in target.query.text:
        yield from _shrinking(target, target.query, project)
    if target.query is not None and target.query.use is Use.PANEL:
        yield from _fixed(target, target.query)
        yield from _of_all(target, target.query)


def _of_all(target: Target, query: Query) -> Findings:
    """Look for a rate of all that is shown, where the panel shows a number of events."""
    tree = query.as_promql.tree if "__range" in query.text else None
    while isinstance(tree, Aggregation):
        tree = tree.body
    unit, _ = default_unit(target.panel)
    window = tree.arguments[0] if isinstance(tree, Call) and tree.name == "rate" and tree.arguments else None
    is_of_all = isinstance(window, Selector) and window.window is not None and window.window.variable == "$__range"
    if is_of_all and unit in _NUMBERS and not _SAYS_SO.search(target.panel.title):
        message = "a rate over all that is shown is a mean per second: increase() counts"
        yield Finding(message, pointer=(target.key,), piece="rate", severity=Severity.INFO)


_NUMBERS = frozenset({"short", "none", "locale"})
_SAYS_SO = re.compile(r"rate|per|/|avg|average|mean|rps|qps|throughput", re.IGNORECASE)


def _shrinking(target: Target, query: Query, project: Project) -> Findings:
    """Look for $__interval; it matters less where a least interval keeps it long."""
    kept_long = _kept_long(target, project)
    why = "leaves out what comes between two points" if kept_long else "loses its data when zoomed in"
    for _, parent in _windows(query, lambda window: window.variable == "$__interval"):
        yield Finding(
            f"{parent.name}() over $__interval {why}: use $__rate_interval",
            pointer=(target.key,),
            piece="__interval",
            fix=replaced(_INTERVAL, r"\1\2$__rate_interval", query.text),
            severity=Severity.INFO if kept_long else Severity.WARNING,
        )


def _fixed(target: Target, query: Query) -> Findings:
    """Look for fixed windows, unless the panel's title says how long they are."""
    found = _windows(query, lambda window: bool(window.seconds))
    for text in sorted({str(window) for window, parent in found if parent.name != "increase"}):
        if not re.search(rf"(?<!\w){re.escape(text)}(?!\w)", as_text(target.panel.raw.get("title"))):
            message = f"a rate over a fixed [{text}] doesn't follow the zoom: use $__rate_interval"
            yield Finding(message, pointer=(target.key,), piece=f"[{text}]")


def _kept_long(target: Target, project: Project) -> bool:
    """Whether the query's or the panel's least interval holds four scrapes, or a variable chooses it."""
    for raw in (target.raw, target.panel.raw):
        least = as_text(raw.get("interval")).lstrip("> ")
        if "$" in least or (seconds(least) or 0) >= 4 * project.scrape_interval:
            return True
    return False


def _windows(query: Query, wanted: Callable[[Window], bool]) -> list[tuple[Window, Call]]:
    """Return the windows that are wanted, each with the rate around it; a subquery has a step of its own."""
    found = []
    for selector, above in query.selectors if query.use.drawn else ():
        parent = above[-1] if above else None
        rated = isinstance(parent, Call) and parent.name in RATES
        if (
            rated
            and selector.window
            and wanted(selector.window)
            and not any(isinstance(each, Subquery) for each in above)
        ):
            found.append((selector.window, cast("Call", parent)))
    return found


RULE = Rule(
    __name__,
    Severity.INFO,
    peers={"dashboard-linter": "target-rate-interval"},
    target=check,
)
