"""What a query means, whatever its language: what it is called, what is normal, its unit, and where it becomes bad."""

from __future__ import annotations

from copy import copy
from typing import Literal, Self

from signals_lib import units
from signals_lib.thresholds import Thresholds

_KEEP: Literal["keep"] = "keep"


class Meaning:
    """A base of frozen dataclasses that have these fields."""

    title: str
    description: str
    unit: str
    thresholds: Thresholds | None

    def named(
        self,
        *,
        title: str | None = None,
        description: str | None = None,
        unit: str | None = None,
        thresholds: Thresholds | Literal["keep"] | None = _KEEP,
    ) -> Self:
        """Give it meaning; what isn't given stays."""
        twin = copy(self)  # and not replace(): the same tree keeps its text, and the verdict on it
        vars(twin).update(
            title=self.title if title is None else title,
            description=self.description if description is None else description,
            unit=self.unit if unit is None else units.checked(unit),
            thresholds=self.thresholds if thresholds == _KEEP else thresholds,
        )
        return twin
