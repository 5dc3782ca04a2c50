"""What a number is of: powers of bytes, seconds and events, and by what it is multiplied."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

_NAMES = {(1, 0): "bytes", (1, -1): "bytes per second", (0, 1): "seconds", (0, -1): "events per second"}
_SCALED: dict[tuple[str, float], str] = {
    ("bytes", 8): "bits",
    ("bytes per second", 8): "bits per second",
    ("a share", 100): "percent",
    ("seconds", 1e3): "milliseconds",
    ("seconds", 1e6): "microseconds",
    ("seconds", 1e9): "nanoseconds",
    ("bytes", 1 / 1024): "kilobytes",
    ("bytes", 1 / 1024**2): "megabytes",
    ("bytes", 1 / 1024**3): "gigabytes",
}


@dataclass(frozen=True, slots=True)
class Dimension:
    """Powers of bytes, seconds and events, and by what the number was multiplied (8 for bits, 100 for percent)."""

    bytes: int = 0
    seconds: int = 0
    events: int = 0
    factor: float = 1

    def times(self, other: Dimension) -> Dimension:
        """Return the product."""
        return Dimension(
            self.bytes + other.bytes,
            self.seconds + other.seconds,
            self.events + other.events,
            self.factor * other.factor,
        )

    def inverse(self) -> Dimension:
        """Return one over it."""
        return Dimension(-self.bytes, -self.seconds, -self.events, 1 / self.factor)

    def divided(self, number: float) -> Dimension:
        """Return what was a multiple before it was multiplied."""
        return replace(self, factor=self.factor / number)

    def is_near(self, other: Dimension) -> bool:
        """Whether they are the same but for what is lost in computing: seconds an event are told as seconds."""
        same = (self.bytes, self.seconds) == (other.bytes, other.seconds)
        counted = self.events == other.events or self.bytes or self.seconds
        return same and bool(counted) and math.isclose(self.factor, other.factor, rel_tol=0.01)

    @property
    def words(self) -> str:
        """Name it: bytes per second."""
        if (self.bytes, self.seconds) == (0, 0):
            name = "a count" if self.events > 0 else "a share"
        else:
            name = _NAMES.get((self.bytes, self.seconds), f"bytes^{self.bytes}·seconds^{self.seconds}")
        scaled = _SCALED.get((name, self.factor))
        return scaled or (name if self.factor == 1 else f"{name} × {self.factor:g}")


BYTES = Dimension(bytes=1)
SECONDS = Dimension(seconds=1)
MILLISECONDS = Dimension(seconds=1, factor=1e3)
MICROSECONDS = Dimension(seconds=1, factor=1e6)
NANOSECONDS = Dimension(seconds=1, factor=1e9)
KILOBYTES = Dimension(bytes=1, factor=1 / 1024)
MEGABYTES = Dimension(bytes=1, factor=1 / 1024**2)
GIGABYTES = Dimension(bytes=1, factor=1 / 1024**3)
EVENTS = Dimension(events=1)
SHARE = Dimension()
PERCENT = Dimension(factor=100)
