"""What differs in one Grafana: data source uids and the values that variables start with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sync.config import Context


def substituted(spec: dict[str, Any], context: Context) -> dict[str, Any]:
    """Return the dashboard as this context shall have it; `spec` is left as it is."""
    if context.datasources:
        spec = _with_datasources(spec, context.datasources)
    if context.variables:
        spec = _with_variables(spec, context.variables)
    return spec


def _with_datasources(value: Any, uids: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_with_datasources(item, uids) for item in value]
    if not isinstance(value, dict):
        return value
    result = {
        key: _reference(item, uids) if key in {"datasource", "datasourceUid"} else _with_datasources(item, uids)
        for key, item in value.items()
    }
    if result.get("type") == "datasource" and isinstance(result.get("current"), dict):
        result["current"] = _current(result["current"], uids)
    if (
        result.get("kind") == "DatasourceVariable"
        and isinstance(result.get("spec"), dict)
        and isinstance(result["spec"].get("current"), dict)
    ):
        result["spec"] = {**result["spec"], "current": _current(result["spec"]["current"], uids)}
    return result


def _reference(value: Any, uids: Mapping[str, str]) -> Any:
    """Map `datasource: "uid"`, `{type, uid}` (v1) and `{name}` (v2)."""
    if isinstance(value, str):
        return uids.get(value, value)
    if isinstance(value, dict):
        return {
            key: uids.get(item, item) if key in {"uid", "name"} and isinstance(item, str) else item
            for key, item in value.items()
        }
    return value


def _current(current: dict[str, Any], uids: Mapping[str, str]) -> dict[str, Any]:
    value = current.get("value")
    if isinstance(value, str) and value in uids:
        return {**current, "value": uids[value], "text": uids[value]}
    return current


def _with_variables(spec: dict[str, Any], values: Mapping[str, str | list[str]]) -> dict[str, Any]:
    templating = spec.get("templating")
    if isinstance(templating, dict) and isinstance(templating.get("list"), list):
        variables = [_variable(item, values) for item in templating["list"]]
        return {**spec, "templating": {**templating, "list": variables}}
    if isinstance(spec.get("variables"), list) and "elements" in spec:
        variables = [
            {**item, "spec": _variable(item.get("spec"), values)} if isinstance(item, dict) else item
            for item in spec["variables"]
        ]
        return {**spec, "variables": variables}
    return spec


def _variable(variable: Any, values: Mapping[str, str | list[str]]) -> Any:
    if not isinstance(variable, dict) or variable.get("name") not in values:
        return variable
    value = values[variable["name"]]
    if variable.get("multi") and isinstance(value, str):
        value = [value]
    changed = {**variable, "current": {"selected": True, "text": value, "value": value}}
    if variable.get("type") in {"constant", "textbox"}:
        changed["query"] = value
    return changed
