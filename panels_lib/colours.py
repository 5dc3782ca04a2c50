"""Colour carries meaning, the same on every page; names are Grafana's palette, which both themes adapt."""

from typing import Literal

Meaning = Literal["errors", "warning", "good", "traffic", "latency", "saturation", "neutral"]

RED, ORANGE, GREEN, BLUE, PURPLE, YELLOW = "red", "orange", "green", "blue", "purple", "yellow"
GREY = "#8e8e8e"  # no data, unknown: readable on light and dark
CRITICAL, WARNING, GOOD, NO_DATA = RED, ORANGE, GREEN, GREY

COLOURS: dict[Meaning, str] = {
    "errors": RED,
    "warning": ORANGE,
    "good": GREEN,
    "traffic": BLUE,
    "latency": PURPLE,
    "saturation": YELLOW,
    "neutral": GREY,
}
SHADES = {1: ("{}",), 2: ("light-{}", "dark-{}"), 3: ("light-{}", "{}", "dark-{}")}
MANY_SHADES = ("super-light-{}", "light-{}", "{}", "semi-dark-{}", "dark-{}")


def shades(meaning: Meaning, count: int) -> list[str]:
    """`count` shades of one hue, light to dark (p50 light, p99 dark); more than five start again."""
    hue = COLOURS[meaning]
    if hue.startswith("#"):
        return [hue] * count
    forms = SHADES.get(count, MANY_SHADES)
    return [forms[number % len(forms)].format(hue) for number in range(count)]
