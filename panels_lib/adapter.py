"""Dashboards made with grafanalib itself (`*.dashboard.py`), or with anything that has `to_json_data()`."""

from typing import Any

from panels_lib.modern import modern
from panels_lib.panel import JsonObject
from panels_lib.plain import plain


def adapt(dashboard: Any) -> JsonObject:
    """Return it in today's JSON; a dict passes through the same pass.

    Raises TypeError when it is neither, ValueError when what it turns into isn't a dashboard.
    """
    if not isinstance(dashboard, dict) and not hasattr(dashboard, "to_json_data"):
        raise TypeError(f"expected a grafanalib Dashboard, not {type(dashboard).__name__}")
    found = plain(dashboard)
    if not isinstance(found, dict) or not {"panels", "rows"} & set(found):
        raise ValueError(f"{type(dashboard).__name__} turns into JSON without panels or rows: it is no dashboard")
    return modern(found)
