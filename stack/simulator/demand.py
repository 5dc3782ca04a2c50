"""How many requests arrive: a rhythm of the day, a quieter weekend, and a noise that remembers."""

import math
from datetime import UTC, datetime
from random import Random

from stack.simulator.draws import poisson, wander


class Demand:
    """Arrivals at one environment; `peak` is requests a second in the busiest hour of a weekday."""

    def __init__(self, rng: Random, *, peak: float) -> None:
        self.rng, self.peak = rng, peak
        self._noise = 0.0

    def arrivals(self, now: float, dt: float, *, factor: float) -> int:
        """Return the requests of the `dt` seconds before `now` (Unix seconds)."""
        self._noise = wander(self.rng, self._noise, spread=0.02)
        return poisson(self.rng, self.peak * rhythm(now) * math.exp(self._noise) * factor * dt)


def rhythm(now: float) -> float:
    """Return the share of the peak that is normal: 0.3 at night to 1 in the afternoon (UTC), two thirds at weekends."""
    moment = datetime.fromtimestamp(now, UTC)
    hour = moment.hour + moment.minute / 60
    day = 0.65 - 0.35 * math.cos((hour - 2.5) / 24 * 2 * math.pi)
    return day * (0.67 if moment.weekday() >= 5 else 1.0)
