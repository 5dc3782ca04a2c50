"""A regular expression where a plain comparison says the same, anchors that are there already, or a pattern for all.

Prometheus looks `=` up in its index and has to try a regular expression on every value; a pattern is anchored at both
ends always. `=~".*"` holds for every series, even those without the label. `--fix` makes =~"a" an ="a" and takes
needless anchors away.

FAIL promql:
    up{job=~"api"}

FAIL promql:
    up{job=~"^api.*$"}

FAIL promql:
    up{job=~".*"}

PASS promql:
    up{job=~"api|web"}

PASS promql:
    up{job=~"$job"}

PASS promql:
    up{job=~".+"}
"""

from __future__ import annotations

import re

from sync.lint.problem import Finding, Severity
from sync.lint.project import Project
from sync.lint.promql.tree import Matcher
from sync.lint.query import Query
from sync.lint.rule import Findings, Rule

_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")


def check(query: Query, _project: Project) -> Findings:
    """Look at every pattern that holds no variable."""
    if "~" not in query.text:
        return
    for selector, _ in query.selectors:
        for matcher in selector.matchers:
            if matcher.is_regex and not matcher.has_variable and matcher.label != "__name__":
                yield from _pattern(matcher, query.text)


def _pattern(matcher: Matcher, text: str) -> Findings:
    value, plain = matcher.value, matcher.operator[0] + "=" if matcher.operator == "!~" else "="
    if value == ".*" and matcher.operator == "=~":
        yield Finding(f'{matcher.label}=~".*" holds for everything: remove it, or ask for .+', piece='".*"')
    elif not _SPECIAL.search(value):
        written = re.compile(
            rf'\b{re.escape(matcher.label)}\s*{re.escape(matcher.operator)}\s*(["\'`]){re.escape(value)}\1'
        )
        mended = written.sub(lambda found: f"{matcher.label}{plain}{found[1]}{value}{found[1]}", text)
        yield Finding(
            f'{matcher} has no pattern: write {matcher.label}{plain}"{value}"',
            piece=value,
            fix=mended if mended != text else None,
        )
    elif re.match(r"^\^", value) or re.search(r"(?<!\\)\$$", value):
        stripped = re.sub(r"(?<!\\)\$$", "", value.removeprefix("^"))
        certain = "|" not in value and text.count(f'"{value}"') == 1
        mended = text.replace(f'"{value}"', f'"{stripped}"') if certain else text
        yield Finding(
            f"{matcher} is anchored anyway: remove ^ and $", piece=value, fix=mended if mended != text else None
        )


RULE = Rule(__name__, Severity.INFO, peers={"pint": "promql/regexp"}, query=check)
