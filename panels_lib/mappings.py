"""Value mappings: a number becomes a word and a colour; Grafana takes the first mapping that fits."""

from collections.abc import Mapping, Sequence

from panels_lib.colours import CRITICAL, GOOD, NO_DATA, WARNING
from panels_lib.panel import JsonObject
from panels_lib.thresholds import steps
from signals_lib.thresholds import Thresholds


def words(by_value: Mapping[str | float, str | tuple[str, str]]) -> JsonObject:
    """Name exact values: `{0: ("down", "red"), 1: ("up", "green")}`."""
    options = {
        f"{value:g}" if isinstance(value, float) else str(value): result(word, index)
        for index, (value, word) in enumerate(by_value.items())
    }
    return {"type": "value", "options": options}


def between(low: float | None, high: float | None, word: str | None = None, colour: str | None = None) -> JsonObject:
    """Name a range, both bounds included; None is open."""
    return {"type": "range", "options": {"from": low, "to": high, "result": result((word, colour))}}


def matching(pattern: str, word: str | None = None, colour: str | None = None) -> JsonObject:
    """Name what a JavaScript regular expression finds in the value's text."""
    return {"type": "regex", "options": {"pattern": pattern, "result": result((word, colour))}}


def no_data(word: str = "no data", colour: str = NO_DATA) -> JsonObject:
    """Give missing and NaN values a word of their own, never green and never zero."""
    return {"type": "special", "options": {"match": "null+nan", "result": result((word, colour))}}


def verdict(
    thresholds: Thresholds, good: str = "fine", warning: str = "warning", critical: str = "critical"
) -> list[JsonObject]:
    """Name the bands of thresholds."""
    names = {GOOD: good, WARNING: warning, CRITICAL: critical}
    bands = steps(thresholds)["steps"]
    ends = [band["value"] for band in bands[1:]] + [None]
    return [
        between(band["value"], end, names[band["color"]], band["color"])
        for band, end in reversed(list(zip(bands, ends, strict=True)))
    ]


def result(word: str | tuple[str | None, str | None], index: int = 0) -> JsonObject:
    """Return what a mapping shows: a word, a colour or both."""
    text, colour = (word, None) if isinstance(word, str) else word
    found: JsonObject = {"index": index}
    if text is not None:
        found["text"] = text
    if colour is not None:
        found["color"] = colour
    return found


def indexed(mappings: Sequence[JsonObject]) -> list[JsonObject]:
    """Count the results through, as Grafana's editor does; the legend has their order."""
    index = 0
    numbered = []
    for mapping in mappings:
        options = mapping["options"]
        if mapping["type"] == "value":
            options = {key: {**value, "index": index + place} for place, (key, value) in enumerate(options.items())}
            index += len(options)
        else:
            options = {**options, "result": {**options["result"], "index": index}}
            index += 1
        numbered.append({"type": mapping["type"], "options": options})
    return numbered
