"""Grafana's own expressions over a panel's queries, written out as the query that they stand for."""

from __future__ import annotations

import re

from sync.lint.dashboard import Target
from sync.lint.fields import ref_ids
from sync.lint.query import Language, Query
from sync.lint.shape import as_text

_MATH = re.compile(r"[\s\d.()+*/-]*")
"""What is left of arithmetic without its references."""
_REFERENCE = re.compile(r"\$\{(\w+)\}|\$(\w+)")
_SAME = frozenset({"last", "mean", "min", "max", "sum", "median"})
"""Reductions of a series whose result has its unit."""
_DEEPEST = 5
_LONGEST = 20_000
"""Letters of a query that is still written out: expressions that name one another often are longer at each step."""


def written_out(target: Target) -> Query | None:
    """Return the query itself, or for an expression one of the same unit; None where it isn't certain."""
    return target.query or _written_out(target, dict(zip(ref_ids(target.panel), target.panel.targets, strict=True)), {})


def _written_out(
    target: Target, named: dict[str, Target], done: dict[str, Query | None], depth: int = 0
) -> Query | None:
    """Write an expression out, each that it names once: they may name one another."""
    raw = target.raw
    if target.query is not None or depth > _DEEPEST:
        return target.query
    kind, expression = as_text(raw.get("type")), as_text(raw.get("expression"))
    if kind == "reduce" and as_text(raw.get("reducer")) in _SAME:
        expression = f"${expression.strip('${} ')}"
    elif kind != "math" or not _MATH.fullmatch(_REFERENCE.sub("", expression)):
        return None
    asked = {one or other for one, other in _REFERENCE.findall(expression)}
    for name in sorted(asked & named.keys() - done.keys()):
        done[name] = None  # as long as it names itself
        done[name] = _written_out(named[name], named, done, depth + 1)
    found = [(name, query) for name in asked if (query := done.get(name))]
    texts = {name: query.text for name, query in found if query.language is Language.PROMQL}
    if not asked or texts.keys() != asked:
        return None
    if sum(len(texts[one or other]) for one, other in _REFERENCE.findall(expression)) > _LONGEST:
        return None
    text = _REFERENCE.sub(lambda each: f"(\n{texts[each[1] or each[2]]}\n)", expression)
    return Query(text, Language.PROMQL, found[0][1].use)
