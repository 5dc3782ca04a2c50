"""Rows of old (spans of twelve, heights in pixels) as panels in the grid, and panels without a place."""

from panels_lib.panel import JsonObject

SPANS = 12
COLUMNS = 24
PIXELS_A_UNIT = 38  # 30 of the cell and 8 of the gap, as Grafana's own migration counts
DEFAULT_HEIGHT = 8


def panels_of_rows(dashboard: JsonObject) -> list[JsonObject]:
    """Return the panels of a dashboard, those of its legacy rows laid out below each other."""
    panels = list(dashboard.get("panels") or [])
    rows = dashboard.get("rows") or []
    titled = any(row.get("showTitle") or row.get("collapse") or row.get("repeat") for row in rows)
    y = 0
    for row in rows:
        inside, bottom = laid_out(row, y + titled)
        if titled:
            title = row.get("title") if row.get("showTitle") else ""
            header = {"type": "row", "title": title or "", "gridPos": {"h": 1, "w": COLUMNS, "x": 0, "y": y}}
            header |= {
                "collapsed": bool(row.get("collapse")),
                "panels": inside if row.get("collapse") else [],
                "repeat": row.get("repeat"),
            }
            panels.append(header)
        if not (titled and row.get("collapse")):
            panels += inside
            y = bottom
        else:
            y += 1
    return numbered(panels)


def laid_out(row: JsonObject, y: int) -> tuple[list[JsonObject], int]:
    """Set a row's panels side by side; spans past twelve wrap."""
    height = units(row.get("height"))
    placed, x, bottom, high = [], 0, y, 0
    for panel in row.get("panels") or []:
        width = max(1, round((panel.get("span") or 4) * COLUMNS / SPANS))
        width = min(width, COLUMNS)
        if x + width > COLUMNS:
            x, y, high = 0, y + high, 0
        tall = units(panel.get("height")) if panel.get("height") else height
        placed.append({**panel, "gridPos": {"h": tall, "w": width, "x": x, "y": y}})
        x, high = x + width, max(high, tall)
        bottom = y + high
    return placed, bottom


def units(height: object) -> int:
    """Return pixels in grid units."""
    digits = "".join(letter for letter in str(height or "") if letter.isdigit())
    return max(3, -(-int(digits) // PIXELS_A_UNIT)) if digits else DEFAULT_HEIGHT


def numbered(panels: list[JsonObject]) -> list[JsonObject]:
    """Give an id to each panel without one, and a place at the end."""
    taken = {panel["id"] for panel in every(panels) if panel.get("id")}
    free = (number for number in range(1, len(taken) + sum(1 for _ in every(panels)) + 1) if number not in taken)
    bottom = max((below(panel) for panel in panels), default=0)
    found = []
    for panel in panels:
        mended = {**panel, "id": panel.get("id") or next(free)}
        if not mended.get("gridPos"):
            mended["gridPos"] = {
                "h": 1 if panel.get("type") == "row" else DEFAULT_HEIGHT,
                "w": COLUMNS,
                "x": 0,
                "y": bottom,
            }
            bottom = below(mended)
        if panel.get("panels"):
            mended["panels"] = [{**inner, "id": inner.get("id") or next(free)} for inner in panel["panels"]]
        found.append(mended)
    return found


def every(panels: list[JsonObject]) -> list[JsonObject]:
    """Return the panels and those inside rows."""
    return [one for panel in panels for one in (panel, *(panel.get("panels") or []))]


def below(panel: JsonObject) -> int:
    """Return the first free line below a panel."""
    place = panel.get("gridPos") or {}
    return int(place.get("y", 0) + place.get("h", 0))
