"""Log-normal distributions cut at a histogram's bounds: the share of observations in each bucket, and their size."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise


@dataclass(frozen=True)
class Shape:
    """A distribution seen through a histogram: cumulative shares by bound, +Inf last, and what observations add up to.

    The sum of observations is that of their buckets' typical values, which is the sum of the cumulative counts times
    `weights`.
    """

    cumulative: tuple[float, ...]
    weights: tuple[float, ...]


def shape(median: float, sigma: float, bounds: Sequence[float]) -> Shape:
    """Return the shape of a log-normal distribution (median, sigma of the logarithm) for finite `bounds`."""
    return _shape(float(f"{median:.2g}"), sigma, tuple(bounds))  # two digits: a wandering median still hits the cache


@lru_cache(maxsize=4096)
def _shape(median: float, sigma: float, bounds: tuple[float, ...]) -> Shape:
    shares = [0.5 * (1 + math.erf(math.log(bound / median) / (sigma * math.sqrt(2)))) for bound in bounds]
    edges = [bounds[0] / 2, *bounds, bounds[-1] * 2]
    typical = [math.sqrt(low * high) for low, high in pairwise(edges)]
    weights = [here - further for here, further in pairwise((*typical, 0.0))]
    return Shape((*shares, 1.0), tuple(weights))
