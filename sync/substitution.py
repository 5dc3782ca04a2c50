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


def taken_out(spec: dict[str, Any], context: Context, file: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a live dashboard as the files would have it: the inverse, as far as there is one.

    Where two uids became one, the first is taken. A variable that the context sets gets the value of `file` back, or
    keeps what is live where there is no file.
    """
    if context.datasources:
        back: dict[str, str] = {}
        for ours, theirs in context.datasources.items():
            back.setdefault(theirs, ours)
        spec = _with_datasources(spec, back)
    if context.variables and file is not None:
        spec = _with_values_of(spec, file, context.variables)
    return spec


def _with_values_of(spec: dict[str, Any], file: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    before = {variable.get("name"): variable for variable in _variables(file)}

    def valued(variable: Any) -> Any:
        known = before.get(variable.get("name")) if isinstance(variable, dict) else None
        if known is None or variable["name"] not in values or variable != _variable({**variable}, values):
            return variable
        kept = {key: value for key, value in variable.items() if key not in {"current", "query"}}
        return {**kept, **{key: known[key] for key in ("current", "query") if key in known}}

    templating = spec.get("templating")
    if not isinstance(templating, dict) or not isinstance(templating.get("list"), list):
        return spec
    return {**spec, "templating": {**templating, "list": [valued(variable) for variable in templating["list"]]}}


def _variables(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    templating = spec.get("templating")
    listed = templating.get("list") if isinstance(templating, dict) else None
    return [variable for variable in listed if isinstance(variable, dict)] if isinstance(listed, list) else []


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
