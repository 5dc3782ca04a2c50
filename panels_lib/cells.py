"""How a table draws a cell: values for `overrides.cell` and `Column.cell`."""

from typing import Literal

from panels_lib.panel import JsonObject


def plain() -> JsonObject:
    """Text as it comes."""
    return {"type": "auto"}


def coloured_text() -> JsonObject:
    """Text in the colour of its mapping or threshold."""
    return {"type": "color-text"}


def coloured_background(*, whole_row: bool = False, mode: Literal["basic", "gradient"] = "basic") -> JsonObject:
    """A background in the colour of its mapping or threshold: for a state."""
    return {"type": "color-background", "mode": mode, "applyToRow": whole_row}


def gauge_bar(
    mode: Literal["basic", "gradient", "lcd"] = "basic", value: Literal["color", "text", "hidden"] = "text"
) -> JsonObject:
    """A bar from min to max beside the number."""
    return {"type": "gauge", "mode": mode, "valueDisplayMode": value}


def sparkline(*, value: bool = True) -> JsonObject:
    """A small line, with its last value or without; the column must hold a trend (`time_series_table`)."""
    return {"type": "sparkline", "drawStyle": "line", "lineWidth": 1, "fillOpacity": 10, "hideValue": not value}


def data_links() -> JsonObject:
    """The field's links, written out."""
    return {"type": "data-links"}


def pill() -> JsonObject:
    """Words as pills."""
    return {"type": "pill"}


def json_view() -> JsonObject:
    """Formatted JSON."""
    return {"type": "json-view"}


def markdown() -> JsonObject:
    """Markdown, rendered."""
    return {"type": "markdown"}
