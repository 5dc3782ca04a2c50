"""How a table draws a cell: values for `overrides.cell` and `Column.cell`."""

from typing import Literal

from panels_lib.panel import JsonObject


def plain() -> JsonObject:
    """Show the text as it comes."""
    return {"type": "auto"}


def coloured_text() -> JsonObject:
    """Write in the colour of its mapping or threshold."""
    return {"type": "color-text"}


def coloured_background(*, whole_row: bool = False, mode: Literal["basic", "gradient"] = "basic") -> JsonObject:
    """Fill the cell with the colour of its mapping or threshold: for a state."""
    return {"type": "color-background", "mode": mode, "applyToRow": whole_row}


def gauge_bar(
    mode: Literal["basic", "gradient", "lcd"] = "basic", value: Literal["color", "text", "hidden"] = "text"
) -> JsonObject:
    """Draw a bar from the column's low to its high, beside the number."""
    return {"type": "gauge", "mode": mode, "valueDisplayMode": value}


def sparkline(*, value: bool = True) -> JsonObject:
    """Draw a small line, with its last value or without; the column must hold a trend (`time_series_table`)."""
    return {"type": "sparkline", "drawStyle": "line", "lineWidth": 1, "fillOpacity": 10, "hideValue": not value}


def data_links() -> JsonObject:
    """Write the field's links out."""
    return {"type": "data-links"}


def pill() -> JsonObject:
    """Show words as pills."""
    return {"type": "pill"}


def json_view() -> JsonObject:
    """Format JSON."""
    return {"type": "json-view"}


def markdown() -> JsonObject:
    """Render Markdown."""
    return {"type": "markdown"}
