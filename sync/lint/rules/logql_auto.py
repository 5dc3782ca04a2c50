"""A panel's log range without $__auto.

`$__auto` follows the zoom and the panel's step, as $__rate_interval does for metrics; a fixed range hides what happens
between its points, and `$__interval` can be shorter than the step. Instant values may fix their range.

FAIL logql:
    sum(count_over_time({app="api"} [5m]))

FAIL logql:
    sum(count_over_time({app="api"} [$__interval]))

PASS logql:
    sum(count_over_time({app="api"} [$__auto]))

PASS logql:
    sum(count_over_time({app="api"} [$__range]))
"""

from __future__ import annotations

import re

from sync.lint.lexical import masked, replaced
from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.query import Language, Query, Use
from sync.lint.rule import Findings, Rule

_RANGE = re.compile(r"\[\s*(\$__interval|\$\{__interval\}|[0-9][0-9a-z]*)\s*\]")


def check(query: Query, _project: Project) -> Findings:
    """Look at the ranges."""
    if query.language is not Language.LOGQL or query.use is not Use.PANEL:
        return
    found = _RANGE.search(masked(query.text)) or (_RANGE.search(query.text) if "__interval" in query.text else None)
    if found is not None:
        written = re.compile(re.escape(found[0]))
        mended = replaced(written, "[$__auto]", query.text) if "__interval" in found[1] else None
        why = "can be shorter than the step" if mended else "doesn't follow the zoom"
        yield Finding(f"the range {found[1]} {why}: use $__auto", piece=found.start(), fix=mended)


RULE = Rule(__name__, Severity.INFO, peers={"dashboard-linter": "target-logql-auto"}, query=check)
