"""What a panel's kind makes of its fields: shapes in SVG, and charts in Vega-Lite with their places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.diff.values import Json
    from sync.preview.colours import Theme
    from sync.preview.data import Answer, Span
    from sync.preview.frames import Drawn, Frame
    from sync.preview.page import Box, Panel
    from sync.preview.variables import Scope


LARGEST = 1e300
"""Of larger numbers sums and distances are infinite, and quotients of those are no numbers: nothing draws them."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart at a place; `pointer` makes the layer that answers to a pointer, which only pages have."""

    box: Box
    spec: Json
    pointer: Callable[[], Json] | None = None
    title: str = ""


@dataclass
class Drawing:
    """Shapes in the page's coordinates, and charts drawn over them."""

    shapes: list[str] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)

    def add(self, other: Drawing) -> None:
        """Take another drawing's shapes and charts."""
        self.shapes += other.shapes
        self.charts += other.charts


@dataclass(frozen=True)
class Ready:
    """A panel with its data: frames after transformations, and their fields with how they are shown."""

    panel: Panel
    title: str
    span: Span
    theme: Theme
    scope: Scope
    answers: list[Answer]
    frames: list[Frame]
    fields: list[Drawn]

    @property
    def numbers(self) -> list[Drawn]:
        """Return the fields of numbers that are not hidden."""
        return [one for one in self.fields if one.field.kind == "number" and not hidden(one)]

    @property
    def drawable(self) -> bool:
        """Whether all numbers are such that they can be added and divided."""
        return all(value is None or abs(value) < LARGEST for one in self.fields for value in one.numbers)

    def option(self, *keys: str, default: Any = None) -> Any:
        """Return an option by its path; the default where it is missing or null."""
        value: Any = self.panel.options
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return default if value is None else value


def hidden(one: Drawn) -> bool:
    """Whether an override hides a field from the drawing."""
    hide = one.look.custom.get("hideFrom")
    return bool(isinstance(hide, dict) and hide.get("viz")) or bool(one.look.custom.get("hidden"))
