"""Random draws that the model needs beyond the standard library's: counts of events and their split over kinds."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from random import Random


def poisson(rng: Random, mean: float) -> int:
    """Return a count of independent events of which `mean` are expected (0 when the mean is not positive)."""
    if mean <= 0:
        return 0
    if mean > 40:  # close enough to normal, and one draw instead of forty
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    count, product, limit = 0, rng.random(), math.exp(-mean)
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def split(rng: Random, count: int, shares: Sequence[float]) -> list[int]:
    """Deal `count` events to kinds of these shares (their sum is 1): whole numbers that add up to `count`.

    One uniform draw shifts the boundaries (systematic sampling), so every kind gets its share of events on average,
    even where that is less than one an interval.
    """
    return steps(within(rng, count, list(accumulate(shares))))


def dealt(rng: Random, count: int, shares: Mapping[str, float]) -> Iterator[tuple[str, int]]:
    """Deal `count` events to named kinds (see `split`): each name with its number."""
    return zip(shares, split(rng, count, [*shares.values()]) if count else [0] * len(shares), strict=True)


def some(rng: Random, count: int, share: float) -> int:
    """Draw how many of `count` independent events are of a kind that `share` of them are of."""
    if share > 0.5:
        return count - some(rng, count, 1 - share)
    return min(count, poisson(rng, count * share))


def within(rng: Random, count: int, cumulative: Sequence[float]) -> list[int]:
    """Draw how many of `count` observations lie within each bound, given the cumulative shares (the last one is 1)."""
    if not count:
        return [0] * len(cumulative)
    shift = rng.random()
    return [*(int(count * share + shift) for share in cumulative[:-1]), count]


def steps(cumulative: Sequence[int]) -> list[int]:
    """Return the differences of a cumulative sequence that starts at 0."""
    return [b - a for a, b in zip([0, *cumulative], cumulative, strict=False)]


def wander(rng: Random, value: float, *, spread: float, pull: float = 0.1) -> float:
    """Return the next value of a noise around 0 that remembers: it keeps 1 - pull and adds a draw of this spread."""
    return value * (1 - pull) + rng.gauss(0, spread)
