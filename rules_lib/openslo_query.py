"""A query of OpenSLO as a signal of the catalogue with its labels: `sum(rate(x{job="a"}[5m]))` is the counter x of a.

What is around the selector says how to count, which the rules know better, so that a sum and a rate are taken off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import promql_parser

from signals_lib import grammar
from signals_lib.errors import GrammarError

if TYPE_CHECKING:
    from collections.abc import Iterable

_TAKEN_OFF = {"rate", "increase"}
_WRITTEN = {"Equal": "", "NotEqual": "!", "Re": "~", "NotRe": "!~"}


class QueryError(ValueError):
    """A query that is no counter, or none of the catalogue; its remedy is the second argument."""


@dataclass(frozen=True)
class Selected:
    """A signal as objectives.yaml names it ("job/name"), the labels chosen of it, and the bucket if it is of one."""

    signal: str
    where: dict[str, str]
    bound: str | None = None

    def entry(self) -> dict[str, Any]:
        """Return it as it stands in objectives.yaml."""
        return {"signal": self.signal, **({"where": self.where} if self.where else {})}


def selected(query: str, known: Iterable[tuple[str | None, str]]) -> Selected:
    """Find the signal that a query asks for among those that are known, by job and name. Raises QueryError."""
    try:
        selector = _selector(grammar.parse(query))
    except GrammarError as error:
        raise QueryError(str(error), "write PromQL") from error
    where = {matcher.name: _written(matcher) for matcher in selector.matchers.matchers}
    name, job, bound = selector.name or "", where.pop("job", None), where.get("le")
    family = name.removesuffix("_bucket").removesuffix("_count")
    jobs = [each for each, signal in known if each is not None and signal in {name, family}]
    if not jobs:
        raise QueryError(f"nothing exposes {name}", "name a metric of the catalogue")
    if job is None and len(jobs) > 1:
        raise QueryError(f"{name} is exposed by {', '.join(jobs)}", "choose one with the label job")
    if (job or jobs[0]) not in jobs:
        raise QueryError(f"{name} is not exposed by the job {job}", f"known are {', '.join(jobs)}")
    is_bucket = name == f"{family}_bucket"
    if is_bucket:
        where.pop("le", None)
    key = name if (job or jobs[0], name) in {*known} else family
    return Selected(f"{job or jobs[0]}/{key}", where, bound if is_bucket else None)


def _selector(node: Any) -> Any:
    match node:
        case promql_parser.VectorSelector():
            if not (node.offset or node.at):
                return node
        case promql_parser.MatrixSelector():
            return _selector(node.vector_selector)
        case promql_parser.ParenExpr():
            return _selector(node.expr)
        case promql_parser.AggregateExpr() if str(node.op) == "sum":
            return _selector(node.expr)
        case promql_parser.Call() if node.func.name in _TAKEN_OFF:
            return _selector(node.args[0])
    raise QueryError(
        "the query is more than a counter", "write the selector of one counter, alone or in sum(rate(…[5m]))"
    )


def _written(matcher: Any) -> str:
    return f"{_WRITTEN[str(matcher.op).rpartition('.')[2]]}{matcher.value}"
