"""Exemplars: the trace of one observation, beside the bucket that counted it."""

from bisect import bisect_left

from opentelemetry.trace import Span

from stack.simulator import declared
from stack.simulator.target import Exemplar, Target


def exemplify(target: Target, name: str, span: Span, value: float, at: float, **labels: str) -> None:
    """Show the trace of an observation that a histogram of the target counted; one that isn't sampled shows none."""
    context = span.get_span_context()
    if context.trace_flags.sampled:
        target.exemplify(name, Exemplar(f"{context.trace_id:032x}", value, at), **labels)


def same_bucket(target: Target, name: str, one: float, other: float) -> bool:
    """Whether a histogram counts both values in the same bucket."""
    bounds = declared.bounds(target.signals[name])
    return bisect_left(bounds, one) == bisect_left(bounds, other)
