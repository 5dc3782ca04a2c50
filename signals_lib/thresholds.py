"""Thresholds: where a value becomes a worry, and where an emergency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from signals_lib import exact
from signals_lib.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a value becomes a worry and where an emergency, in the unit of what they stand with."""

    warning: Decimal | None = None
    critical: Decimal | None = None
    direction: Literal["above", "below"] = "above"

    def __init__(
        self,
        *,
        warning: exact.Exact | None = None,
        critical: exact.Exact | None = None,
        direction: Literal["above", "below"] = "above",
    ) -> None:
        object.__setattr__(self, "warning", None if warning is None else exact.exact(warning))
        object.__setattr__(self, "critical", None if critical is None else exact.exact(critical))
        object.__setattr__(self, "direction", direction)
        if self.warning is None and self.critical is None:
            raise DefinitionError("thresholds without a number: give warning=, critical= or both")
        if self.warning is not None and self.critical is not None:
            sooner = self.warning < self.critical if direction == "above" else self.warning > self.critical
            if not sooner:
                raise DefinitionError(
                    f"the critical threshold {exact.text(self.critical)} comes before the warning "
                    f"{exact.text(self.warning)} for a value that is bad {direction} them: swap them or the direction"
                )

    def level(self, severity: Literal["warning", "critical"]) -> Decimal:
        """Return the number for a severity; raise DefinitionError if there is none."""
        number = self.warning if severity == "warning" else self.critical
        if number is None:
            raise DefinitionError(f"there is no {severity} threshold here, only {self}")
        return number
