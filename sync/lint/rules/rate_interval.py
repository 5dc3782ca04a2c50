"""A panel's rate() without $__rate_interval.

`$__interval` shrinks below two scrapes when zoomed in, and the line vanishes: that is always wrong, and `--fix` mends
it. A fixed window hides peaks when zoomed out, and is right for an instant value alone. increase() over a written span
is left alone: it says "in the last hour" on purpose.

FAIL promql:
    rate(http_requests_total[$__interval])

FAIL promql:
    sum(rate(http_requests_total[5m]))

PASS promql:
    rate(http_requests_total[$__rate_interval])

PASS promql:
    increase(http_requests_total[1h])

PASS instant:
    sum(rate(http_requests_total[5m]))

PASS alert-expr:
    sum(rate(http_requests_total[5m])) > 1
"""

from __future__ import annotations

import re

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import RATES, Call, Subquery
from sync.lint.query import Query, Use
from sync.lint.rule import Findings, Rule

_INTERVAL = re.compile(r"\b(rate|irate|increase)(\s*\([^\[\]]*\[\s*)\$(?:\{__interval\}|__interval\b)")


def check(query: Query, _project: Project) -> Findings:
    """Look at the windows of a panel's rates."""
    if not query.use.drawn:
        return
    fixed: set[str] = set()
    for selector, above in query.selectors:
        parent = above[-1] if above else None
        window = selector.window
        if window is None or not isinstance(parent, Call) or parent.name not in RATES:
            continue
        if window.variable == "$__interval":
            mended = _INTERVAL.sub(r"\1\2$__rate_interval", query.text)
            message = f"{parent.name}() over $__interval loses its data when zoomed in: use $__rate_interval"
            yield Finding(
                message, piece="__interval", fix=mended if mended != query.text else None, severity=Severity.WARNING
            )
        elif (
            window.seconds
            and query.use is Use.PANEL
            and parent.name != "increase"
            and not any(isinstance(n, Subquery) for n in above)
        ):
            fixed.add(str(window))
    for window_text in sorted(fixed):
        yield Finding(
            f"a rate over a fixed [{window_text}] doesn't follow the zoom: use $__rate_interval",
            piece=f"[{window_text}]",
        )


RULE = Rule(__name__, Severity.INFO, peers={"dashboard-linter": "target-rate-interval"}, query=check)
