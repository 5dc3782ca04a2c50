"""v2alpha1 and v2beta1: one dashboard in two spellings; alpha names queries and panels by `kind`, sources by object."""

from __future__ import annotations

from typing import Any


def alpha_from_beta(spec: dict[str, Any]) -> dict[str, Any]:
    """Write a v2beta1 spec as v2alpha1."""
    converted: dict[str, Any] = _walk(spec, _to_alpha)
    return converted


def beta_from_alpha(spec: dict[str, Any]) -> dict[str, Any]:
    """Write a v2alpha1 spec as v2beta1."""
    converted: dict[str, Any] = _walk(spec, _to_beta)
    return converted


def _walk(value: Any, change: Any) -> Any:
    if isinstance(value, dict):
        return change({key: _walk(inner, change) for key, inner in value.items()})
    if isinstance(value, list):
        return [_walk(inner, change) for inner in value]
    return value


def _to_alpha(value: dict[str, Any]) -> dict[str, Any]:
    if value.get("kind") == "VizConfig":
        return {"kind": value["group"], "spec": {"pluginVersion": value.get("version", ""), **value["spec"]}}
    query = value.get("query")
    if isinstance(query, dict) and query.get("kind") == "DataQuery":
        rest = {key: inner for key, inner in value.items() if key != "query"}
        source = {"type": query.get("group", ""), "uid": query.get("datasource", {}).get("name", "")}
        return {"query": {"kind": query.get("group", ""), "spec": query["spec"]}, "datasource": source, **rest}
    return value


def _to_beta(value: dict[str, Any]) -> dict[str, Any]:
    drawing = value.get("vizConfig")
    if isinstance(drawing, dict) and "group" not in drawing:
        inner = dict(drawing.get("spec", {}))
        version = inner.pop("pluginVersion", "")
        value = value | {
            "vizConfig": {"kind": "VizConfig", "group": drawing["kind"], "version": version, "spec": inner}
        }
    query = value.get("query")
    if isinstance(query, dict) and "kind" in query and query["kind"] != "DataQuery":
        source = value.get("datasource") or {}
        named = {"datasource": {"name": source["uid"]}} if source.get("uid") else {}
        rest = {key: inner for key, inner in value.items() if key not in {"query", "datasource"}}
        head = {"kind": "DataQuery", "group": source.get("type") or query["kind"], "version": "v0"}
        return {"query": {**head, **named, "spec": query.get("spec", {})}, **rest}
    return value
