"""The singlestat panel of old as a stat."""

from panels_lib.panel import JsonObject

CALCULATIONS = {"avg": "mean", "current": "lastNotNull", "total": "sum"}
COLOURS = ["green", "orange", "red"]


def stat(panel: JsonObject) -> JsonObject:
    """Return the singlestat's settings as those of a stat."""
    calculation = panel.get("valueName") or "mean"
    options = {
        "colorMode": "background" if panel.get("colorBackground") else "value" if panel.get("colorValue") else "none",
        "graphMode": "area" if (panel.get("sparkline") or {}).get("show") else "none",
        "reduceOptions": {"calcs": [CALCULATIONS.get(calculation, calculation)], "fields": "", "values": False},
    }
    said = {
        "unit": None if panel.get("format") == "none" else panel.get("format"),
        "decimals": panel.get("decimals"),
        "mappings": words(panel.get("valueMaps") or []),
        "thresholds": bands(str(panel.get("thresholds") or ""), panel.get("colors") or COLOURS),
    }
    config = panel["fieldConfig"]
    defaults = {**config["defaults"], **{key: value for key, value in said.items() if value is not None}}
    return {**panel, "options": options, "fieldConfig": {**config, "defaults": defaults}}


def words(maps: list[JsonObject]) -> list[JsonObject] | None:
    """Return value maps as mappings; the word for null is Grafana's own affair now."""
    found = {
        str(one["value"]): {"index": place, "text": one["text"]}
        for place, one in enumerate(maps)
        if one.get("value") not in {None, "null"} and one.get("text")
    }
    return [{"type": "value", "options": found}] if found else None


def bands(thresholds: str, colours: list[str]) -> JsonObject | None:
    """Return "1,2" and three colours as steps."""
    bounds = [float(part) for part in thresholds.split(",") if is_number(part)]
    if not bounds or len(colours) <= len(bounds):
        return None
    steps = zip(colours, [None, *bounds], strict=False)
    return {"mode": "absolute", "steps": [{"color": colour, "value": value} for colour, value in steps]}


def is_number(text: str) -> bool:
    """Whether a part of the thresholds is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
