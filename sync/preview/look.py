"""How a field is shown: its unit, thresholds, mappings and colour, after the overrides that match it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sync.diff.values import Json, listing, mapping, number, objects, text
from sync.preview import colours, units
from sync.preview.text import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.preview.colours import Theme

Value = float | str | bool | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as it is drawn: its text, its colour, and whether a mapping gave the text."""

    text: str
    colour: str
    mapped: bool = False


@dataclass(frozen=True)
class Look:
    """The resolved configuration of one field; `index` is its position among the series of its panel."""

    settings: Json
    custom: Json
    theme: Theme
    index: int = 0
    range: tuple[float, float] = (0.0, 100.0)
    steps: tuple[tuple[float, str], ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", _steps(mapping(self.settings.get("thresholds")), self.theme))

    @property
    def unit(self) -> str:
        """Return the id of its unit."""
        return line(text(self.settings.get("unit")))

    @property
    def decimals(self) -> int | None:
        """Return how many decimals it is shown with, None for as many as it takes."""
        found = number(self.settings.get("decimals"))
        return None if found is None else min(max(int(found), 0), 12)

    @property
    def low(self) -> float | None:
        """Return the least value that was set."""
        return number(self.settings.get("min"))

    @property
    def high(self) -> float | None:
        """Return the greatest value that was set."""
        return number(self.settings.get("max"))

    @property
    def no_value(self) -> str:
        """Return the words for null."""
        return text(self.settings.get("noValue"))

    @property
    def by_value(self) -> bool:
        """Whether the colour depends on the value."""
        mode = self._mode
        return mode == "thresholds" or colours.continuous(mode)

    @property
    def _mode(self) -> str:
        return text(mapping(self.settings.get("color")).get("mode")) or "thresholds"

    def bounds(self) -> tuple[float, float]:
        """Return the range that shares are of: min and max, else those of the data."""
        low = self.low if self.low is not None else self.range[0]
        high = self.high if self.high is not None else self.range[1]
        return (low, high) if high > low else (low, low + 1)

    def levels(self) -> list[tuple[float, str]]:
        """Return the threshold steps as values and colours, percentages turned into values."""
        if text(mapping(self.settings.get("thresholds")).get("mode")) == "percentage":
            low, high = self.bounds()
            return [
                (level if math.isinf(level) else low + (high - low) * level / 100, name) for level, name in self.steps
            ]
        return list(self.steps)

    def colour_of(self, value: float | None) -> str:
        """Return the colour of a value in the field's mode."""
        setting = mapping(self.settings.get("color"))
        mode = self._mode
        if mode == "fixed":
            return self.theme.colour(text(setting.get("fixedColor")) or "gray")
        if mode == "shades":
            return colours.shade(self.theme.colour(text(setting.get("fixedColor")) or "gray"), self.index)
        if mode.startswith("palette-classic"):
            return colours.palette(self.theme, self.index)
        if colours.continuous(mode):
            low, high = self.bounds()
            share = 0.0 if value is None else (value - low) / (high - low)
            return colours.blended(colours.scheme(self.theme, mode), share)
        if value is None:
            return self.theme.secondary
        found = self.levels()[0][1]
        for level, colour in self.levels():
            if value >= level:
                found = colour
        return found

    def series_colour(self, values: Sequence[float | None]) -> str:
        """Return the colour of a whole series: of its last value where colours go by value."""
        if not self.by_value:
            return self.colour_of(None)
        calculation = text(mapping(self.settings.get("color")).get("seriesBy"))
        known = [value for value in values if value is not None]
        if not known:
            return self.colour_of(0)
        return self.colour_of({"min": min, "max": max}.get(calculation, lambda found: found[-1])(known))

    def shown(self, value: Any) -> Shown:
        """Return a value as it is drawn: by its mapping, else with its unit."""
        result = mapped(objects(self.settings.get("mappings")), value)
        plain = value if isinstance(value, int | float) and not isinstance(value, bool) else None
        colour = self.colour_of(plain)
        if result is not None:
            if text(result.get("color")):
                colour = self.theme.colour(text(result["color"]))
            if text(result.get("text")):
                return Shown(line(text(result["text"])), colour, mapped=True)
        if plain is not None and not math.isnan(plain):
            return Shown(units.shown(plain, self.unit, self.decimals), colour)
        if value is None or plain is not None:
            return Shown(self.no_value or ("NaN" if plain is not None else "-"), self.theme.secondary)
        return Shown(line(str(value)), colour)


def _steps(thresholds: Json, theme: Theme) -> tuple[tuple[float, str], ...]:
    found = []
    for index, step in enumerate(objects(thresholds.get("steps"))):
        level = number(step.get("value"))
        if level is None and index and not _infinite(step.get("value")):
            continue
        found.append((-math.inf if level is None else level, theme.colour(text(step.get("color")) or "gray")))
    default = [(-math.inf, theme.colour("green")), (80.0, theme.colour("red"))]
    return tuple(sorted(found or default, key=lambda step: step[0]))


def _infinite(value: Any) -> bool:
    return value is None or value == "-Infinity"


def mapped(mappings: Sequence[Json], value: Any) -> Json | None:
    """Return the result of the first value mapping that is for a value: `{text, color}`, or None."""
    for item in mappings:
        options = mapping(item.get("options"))
        kind = item.get("type")
        if kind == "value":
            result = _of_value(options, value)
        elif kind == "range" and _within(options, value):
            result = mapping(options.get("result"))
        elif kind == "regex" and isinstance(value, str):
            result = _of_pattern(options, value)
        elif kind == "special" and _special(text(options.get("match")), value):
            result = mapping(options.get("result"))
        elif kind in {1, 2} and not options:
            result = _old(item, value)
        else:
            continue
        if result is not None:
            return result
    return None


def _of_value(options: Json, value: Any) -> Json | None:
    if value is None:
        return None
    for key, result in options.items():
        found = number(key)
        if text(value) == key or (found is not None and isinstance(value, int | float) and found == value):
            return mapping(result)
    return None


def _within(options: Json, value: Any) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    low, high = number(options.get("from")), number(options.get("to"))
    return (low is None or value >= low) and (high is None or value <= high)


def _of_pattern(options: Json, value: str) -> Json | None:
    pattern = compiled(text(options.get("pattern")))
    found = pattern.search(value) if pattern is not None else None
    if found is None or pattern is None:
        return None
    result = mapping(options.get("result"))
    said = re.sub(r"\$(\d)", r"\\\1", text(result.get("text")))
    try:
        return result | ({"text": pattern.sub(said, value)} if said else {})
    except (re.error, IndexError):
        return result


def _special(match: str, value: Any) -> bool:
    nothing = value is None
    not_a_number = isinstance(value, float) and math.isnan(value)
    verdicts: dict[str, bool] = {
        "null": nothing, "nan": not_a_number, "null+nan": nothing or not_a_number, "true": value is True,
        "false": value is False, "empty": value == "",
    }  # fmt: skip
    return verdicts.get(match, False)


def _old(item: Json, value: Any) -> Json | None:
    """Return the result of a mapping of before 8.0."""
    if item.get("type") == 2:
        return {"text": item.get("text")} if _within(item, value) else None
    if text(item.get("value")) == "null":
        return {"text": item.get("text")} if value is None else None
    return {"text": item.get("text")} if value is not None and text(item.get("value")) == text(value) else None


def compiled(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern as Grafana writes it, /…/ or plain; None where it is none that Python knows."""
    body = pattern
    flags = 0
    found = re.fullmatch(r"/(.*)/([gimsuy]*)", pattern, re.DOTALL)
    if found:
        body = found[1]
        flags = re.IGNORECASE if "i" in found[2] else 0
    try:
        return re.compile(body[:500], flags)
    except (re.error, RecursionError):
        return None


def settings(config: Any, *, name: str, label_names: Sequence[str], ref: str, kind: str) -> tuple[Json, Json]:
    """Return the settings of a field and its custom ones: the panel's defaults, then every override that matches."""
    source = mapping(config)
    found = dict(mapping(source.get("defaults")))
    custom = dict(mapping(found.pop("custom", None)))
    for override in objects(source.get("overrides")):
        if not _matches(mapping(override.get("matcher")), name=name, label_names=label_names, ref=ref, kind=kind):
            continue
        for entry in objects(override.get("properties")):
            key = text(entry.get("id"))
            if key.startswith("custom."):
                _put(custom, key.removeprefix("custom."), entry.get("value"))
            elif key:
                found[key] = entry.get("value")
    return found, custom


def _put(tree: Json, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for key in parents:
        inner = dict(mapping(tree.get(key)))
        tree[key] = inner
        tree = inner
    tree[last] = value


def _matches(matcher: Json, *, name: str, label_names: Sequence[str], ref: str, kind: str) -> bool:
    options = matcher.get("options")
    said = text(matcher.get("id"))
    if said == "byNames":
        names = [text(one) for one in listing(mapping(options).get("names"))]
        return (name in names) != (mapping(options).get("mode") == "exclude")
    if said == "byRegexp":
        pattern = compiled(text(options))
        return pattern is not None and pattern.search(name) is not None
    if said == "byLabel":
        return text(options) in label_names
    return text(options) == {"byName": name, "byType": kind, "byFrameRefID": ref}.get(said)
