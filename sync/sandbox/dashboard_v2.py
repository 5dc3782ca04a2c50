"""The content of a v2 dashboard: which fields it may have, and what is wrong with one."""

from __future__ import annotations

from typing import Any

_FIELDS = {
    "annotations", "cursorSync", "description", "editable", "elements", "layout", "links", "liveNow", "preload",
    "revision", "tags", "timeSettings", "title", "variables",
}  # fmt: skip
_ELEMENTS = ("LibraryPanel", "Panel")
_LAYOUTS = ("GridLayout", "RowsLayout", "AutoGridLayout", "TabsLayout")
_TEXTS = ("title", "cursorSync", "description")
_LISTS = ("annotations", "links", "tags", "variables")


def problems(spec: dict[str, Any]) -> list[tuple[str, str]]:
    """List what is wrong, as pairs of field and message; empty when the dashboard is good."""
    found = [
        (f"DashboardSpec.{key}", f"Invalid value: mismatched types, a {expected.__name__} was expected")
        for keys, expected in ((_TEXTS, str), (_LISTS, list))
        for key in keys
        if key in spec and not isinstance(spec[key], expected)
    ]
    if "title" not in spec:
        found.append(("DashboardSpec.title", "Invalid value: incomplete value string"))
    found += _wrong_elements(spec.get("elements", {}))
    found += _wrong_layout(spec.get("layout"))
    return found


def _wrong_elements(elements: Any) -> list[tuple[str, str]]:
    if not isinstance(elements, dict):
        return [("DashboardSpec.elements", "Invalid value: mismatched types, a struct was expected")]
    found = []
    for name, element in elements.items():
        if isinstance(element, dict) and element.get("kind") in _ELEMENTS and isinstance(element.get("spec"), dict):
            continue
        given = "null" if isinstance(element, dict) else type(element).__name__
        field = f"DashboardSpec.elements.{name}"
        for form in ('{kind:"LibraryPanel",spec:LibraryPanelKindSpec}', '{kind:"Panel",spec:PanelSpec}', "{}"):
            message = f"Invalid value: conflicting values {given} and {form} (mismatched types {given} and struct)"
            found.append((field, message))
    return found


def _wrong_layout(layout: Any) -> list[tuple[str, str]]:
    if isinstance(layout, dict) and layout.get("kind") in _LAYOUTS and isinstance(layout.get("spec"), dict):
        return []
    kinds = ", ".join(_LAYOUTS)
    return [("DashboardSpec.layout", f"Invalid value: a layout of one of the kinds {kinds} was expected")]


def known_fields(spec: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Keep the fields that a v2 dashboard has; returns them and a warning for each other one."""
    unknown = sorted(set(spec) - _FIELDS)
    return {key: spec[key] for key in sorted(set(spec) & _FIELDS)}, [f'unknown field "spec.{key}"' for key in unknown]
