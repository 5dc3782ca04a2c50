"""Terraform, for the grafana/grafana provider: a main.tf, and the JSON beside it, so that no text needs escaping."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import orjson

from sync.export.source import FORM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.export.source import Source

HEAD = """terraform {
  required_providers {
    grafana = {
      source  = "grafana/grafana"
      version = ">= 3.0"
    }
  }
}
"""


def files(source: Source) -> dict[str, bytes]:
    """Return main.tf, dashboards/ and library/."""
    found = {f"dashboards/{dashboard.uid}.json": dashboard.json() for dashboard in source.dashboards}
    found |= {f"library/{panel.uid}.json": orjson.dumps(panel.model, option=FORM) for panel in source.library}
    return {"main.tf": "\n".join([HEAD, *_resources(source)]).encode(), **found}


def _resources(source: Source) -> Iterator[str]:
    for uid, folder in source.folders.items():
        settings = {"uid": _quoted(uid), "title": _quoted(folder.title)}
        if folder.parent:
            settings["parent_folder_uid"] = f"grafana_folder.{_label(folder.parent)}.uid"
        yield _resource("grafana_folder", uid, settings)
    for panel in source.library:
        settings = {"uid": _quoted(panel.uid), "name": _quoted(panel.name), **_within("folder_uid", panel.folder)}
        yield _resource(
            "grafana_library_panel", panel.uid, {**settings, "model_json": _file(f"library/{panel.uid}.json")}
        )
    panels = ", ".join(f"grafana_library_panel.{_label(panel.uid)}" for panel in source.library)
    for dashboard in source.dashboards:
        settings = {**_within("folder", dashboard.folder), "config_json": _file(f"dashboards/{dashboard.uid}.json")}
        if panels:
            settings["depends_on"] = f"[{panels}]"
        yield _resource("grafana_dashboard", dashboard.uid, settings)


def _within(key: str, folder: str) -> dict[str, str]:
    return {key: f"grafana_folder.{_label(folder)}.uid"} if folder else {}


def _resource(kind: str, uid: str, settings: dict[str, str]) -> str:
    """Return a resource as `terraform fmt` would write it: the equals signs below each other."""
    width = max(len(key) for key in settings)
    lines = [f"  {key:{width}} = {value}" for key, value in settings.items()]
    return "\n".join([f'resource "{kind}" "{_label(uid)}" {{', *lines, "}", ""])


def _label(uid: str) -> str:
    """Return a uid as an identifier, which doesn't begin with a digit or a dash."""
    return uid if re.match(r"[A-Za-z_]", uid) else f"_{uid}"


def _file(path: str) -> str:
    return f'file("${{path.module}}/{path}")'


def _quoted(text: str) -> str:
    """Return a text as a string of Terraform's language, in which ${ and %{ begin templates."""
    quoted = orjson.dumps(text).decode()
    return quoted.replace("${", "$${").replace("%{", "%%{")
