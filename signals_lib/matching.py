"""Vector matching: which series of two queries meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signals_lib.errors import MatchingError
from signals_lib.expression import Binary

if TYPE_CHECKING:
    from signals_lib.query import Query


def same_labels(left: Query, right: Query, operator: str) -> None:
    """Raise MatchingError unless both results have the same labels."""
    if set(left.labels) != set(right.labels):
        raise _differ(left, right, operator)


def same_job(left: Query, right: Query) -> None:
    """Raise MatchingError when both sides keep `job` and have none in common."""
    if "job" in left.labels and "job" in right.labels:
        jobs = [{signal.component.job for signal in side.signals} for side in (left, right)]
        if None not in jobs[0] | jobs[1] and jobs[0].isdisjoint(jobs[1]):
            raise MatchingError(
                f"{left.expr} and {right.expr} never meet, because their jobs differ: group both by labels they share"
            )


def matched(operator: str, left: Query, right: Query) -> Binary:
    """Join two sides on the labels they share; one side must have all labels of the other.

    Several series may meet one: a condition with fewer labels, a total that each part is divided by. Raises
    MatchingError where series could not meet.
    """
    same_job(left, right)
    ours, theirs = set(left.labels), set(right.labels)
    if ours == theirs:
        return Binary(operator, left.tree, right.tree)
    shared = f"on ({', '.join(label for label in left.labels if label in theirs)})"
    if theirs < ours:
        several = "" if operator in {"and", "unless"} else " group_left ()"
        return Binary(operator, left.tree, right.tree, shared + several)
    if theirs > ours and operator in {"+", "-", "*", "/"}:
        return Binary(operator, left.tree, right.tree, f"{shared} group_right ()")
    raise _differ(left, right, operator)


def _differ(left: Query, right: Query, operator: str) -> MatchingError:
    return MatchingError(
        f"{operator} needs the same labels on both sides, but {left.expr} has {_listed(left)} and {right.expr} has "
        f"{_listed(right)}: give both the same by=(…)"
    )


def _listed(query: Query) -> str:
    return f"({', '.join(query.labels)})" if query.labels else "none"
