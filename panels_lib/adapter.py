"""Dashboards made with grafanalib itself (`*.dashboard.py`), or with anything else that has `to_json_data()`."""

from typing import Any

from panels_lib.modern import modern
from panels_lib.panel import JsonObject
from panels_lib.plain import plain


def dashboard_json(item: Any) -> JsonObject | None:
    """Return a dashboard in today's JSON; None for what isn't one, so that another adapter can be asked."""
    if not hasattr(item, "to_json_data"):
        return None
    found = plain(item)
    return modern(found) if isinstance(found, dict) and {"panels", "rows"} & found.keys() else None
