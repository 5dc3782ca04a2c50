"""Where a dashboard departs from Grafana's types: itself, each panel and row, each kind's options and custom fields."""

from functools import cache

from jsonschema import Draft7Validator

from tests.grafana_types.schemas import FILES_BY_KIND, definition


@cache
def validator(name: str, root: str) -> Draft7Validator | None:
    found = definition(name, root)
    return Draft7Validator(found) if found else None


def departures(dashboard: dict) -> list[tuple[str, str, str]]:
    """(what, path, message) of each departure, in the order of the dashboard."""
    found = against("dashboard", validator("dashboard", "Dashboard"), {**dashboard, "panels": []})
    for panel in every_panel(dashboard):
        found += panel_departures(panel)
    return found


def panel_departures(panel: dict) -> list[tuple[str, str, str]]:
    kind = panel.get("type", "?")
    found = against(kind, validator("dashboard", "RowPanel" if kind == "row" else "Panel"), panel)
    file = FILES_BY_KIND.get(kind, kind.replace("-", "").lower())
    found += against(f"{kind}.options", validator(file, "Options"), panel.get("options", {}))
    custom = panel.get("fieldConfig", {}).get("defaults", {}).get("custom", {})
    return found + against(f"{kind}.custom", validator(file, "FieldConfig"), custom)


def every_panel(dashboard: dict):
    for panel in dashboard.get("panels", []):
        yield panel
        if panel.get("type") == "row":
            yield from panel.get("panels", [])


def against(what: str, schema: Draft7Validator | None, instance) -> list[tuple[str, str, str]]:
    if schema is None:
        return []
    found = set()
    pending = list(schema.iter_errors(instance))
    while pending:
        error = pending.pop()
        if error.context:  # of an anyOf's branches, the one that fits best
            branches = {}
            for cause in error.context:
                branches.setdefault(cause.schema_path[0], []).append(cause)
            pending.extend(min(branches.values(), key=len))
        else:
            found.add((what, "/".join(map(str, error.absolute_path)) or ".", error.message[:150]))
    return sorted(found)
