"""Addresses followed as far as files go: dashboards by uid, panels by id, runbooks by name, headings by anchor."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sync.lint.dashboard import Dashboard
from sync.lint.known import nearest
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.rule_file import Rule
from sync.lint.runbook import ADDRESS, Runbook
from sync.lint.shape import as_dict, as_list, as_text

_DASHBOARD = re.compile(
    r"/d(?:-solo)?/([A-Za-z0-9_-]{2,40})(?=[/?#&\s\"')]|$)(?:[^\s\"')]*?[?&]viewPanel=(?:panel-)?(\d+))?"
)
DASHBOARD, PANEL = "__dashboardUid__", "__panelId__"
"""The annotations by which Grafana draws an alert into a panel and leads from the alert to it."""


def from_dashboard(dashboard: Dashboard, project: Project) -> Iterable[Finding]:
    """Follow the links of a dashboard, its panels and its fields."""
    own = dashboard.raw
    yield from _listed(own.get("links"), ("links",), project)
    base = len(dashboard.base)
    for panel in dashboard.panels:
        here = panel.pointer[base:]
        yield from _listed(panel.raw.get("links"), (*here, "links"), project)
        yield from _listed(panel.defaults.get("links"), (*here, "fieldConfig", "defaults", "links"), project)
        for number, override in enumerate(as_list(as_dict(panel.raw.get("fieldConfig")).get("overrides"))):
            for index, prop in enumerate(as_list(as_dict(override).get("properties"))):
                if as_dict(prop).get("id") == "links":
                    pointer = (*here, "fieldConfig", "overrides", number, "properties", index, "value")
                    yield from _listed(as_dict(prop).get("value"), pointer, project)


def from_rule(rule: Rule, project: Project) -> Iterable[Finding]:
    """Follow the addresses in an alert's annotations, and the panel that they name for Grafana."""
    yield from from_annotations(rule.annotations, ("annotations",), project)
    for name, value in rule.annotations.items():
        if "/" not in value or " " in value.strip():
            continue
        where: Pointer = ("annotations", name)
        yield from _dashboard(value, where, project)
        if "runbook" in name:
            yield from _runbook(value, where, project)


def from_annotations(annotations: Mapping[str, str], pointer: Pointer, project: Project) -> Iterable[Finding]:
    """Look up the dashboard and panel that an alert's annotations name; other teams' dashboards may be elsewhere."""
    uid, panel = annotations.get(DASHBOARD, ""), annotations.get(PANEL, "")
    if not project.uids or "{{" in uid + panel:
        return
    if panel and not uid:
        yield Finding(f"{PANEL} leads nowhere without {DASHBOARD}", pointer=(*pointer, PANEL))
    elif uid and uid not in project.uids:
        severity = None if _of_a_family(uid, project) else Severity.WARNING
        yield Finding(_no_dashboard(uid, project), pointer=(*pointer, DASHBOARD), piece=uid, severity=severity)
    elif panel and not _has_panel(uid, panel, project):
        yield Finding(_no_panel(uid, panel), pointer=(*pointer, PANEL), piece=panel)


def from_runbook(runbook: Runbook, project: Project) -> Iterable[Finding]:
    """Follow the links of a runbook: to headings, to files beside it, to dashboards."""
    for address, offset in runbook.links:
        if address.startswith("#"):
            if unquote(address[1:]).lower() not in runbook.anchors:
                yield Finding(
                    f"there is no heading {address} here{nearest(address[1:], runbook.anchors)}", piece=offset
                )
        elif re.match(r"[a-z][a-z0-9+.-]*:|//", address):
            for finding in _dashboard(address, (), project):
                yield Finding(finding.message, piece=offset)
        elif not address.startswith(("/", "<", "{", "$")):
            yield from _file(runbook, address, offset, project)


def _listed(links: Any, pointer: Pointer, project: Project) -> Iterable[Finding]:
    for number, link in enumerate(as_list(links)):
        address = as_text(as_dict(link).get("url"))
        if _leads_nowhere(as_dict(link)):
            message, where = "a link without an address leads back to this page", (*pointer, number)
            yield Finding(message, pointer=where, severity=Severity.WARNING)
        elif address:
            yield from _dashboard(address, (*pointer, number, "url"), project)
            if "runbook" in address:
                yield from _runbook(address, (*pointer, number, "url"), project)


_ELSEWHERE = frozenset({"dashboard", "dashUri", "internal", "onClick", "onBuildUrl"})
"""Where a link without a URL may lead: a dashboard by its title in old panels, Explore, a plugin's own code."""


def _leads_nowhere(link: dict[str, Any]) -> bool:
    """Whether a link's address was left empty; a list of dashboards has none."""
    is_list = link.get("type") in {"dashboard", "dashboards"} or any(link.get(key) for key in _ELSEWHERE)
    return link.get("url") == "" and not is_list


def _dashboard(address: str, pointer: Pointer, project: Project) -> Iterable[Finding]:
    found = _DASHBOARD.search(address)
    if found is None or not project.uids:
        return
    uid, panel = found[1], found[2]
    if uid not in project.uids:
        if _of_a_family(uid, project):
            yield Finding(_no_dashboard(uid, project), pointer=pointer, piece=uid)
    elif panel and not _has_panel(uid, panel, project):
        yield Finding(_no_panel(uid, panel), pointer=pointer, piece=panel)


def _of_a_family(uid: str, project: Project) -> bool:
    """Whether a uid shares its first word with a dashboard among the files, so that it should be one of them."""
    return re.split(r"[-_]", uid)[0] in {
        re.split(r"[-_]", known)[0] for known in project.uids if re.search("[-_]", known)
    }


def _has_panel(uid: str, panel: str, project: Project) -> bool:
    return any(panel in dashboard.panel_ids for dashboard in project.uids[uid])


def _no_dashboard(uid: str, project: Project) -> str:
    return f"there is no dashboard with the uid {uid}{nearest(uid, project.uids)}"


def _no_panel(uid: str, panel: str) -> str:
    return f"the dashboard {uid} has no panel {panel}"


def _runbook(address: str, pointer: Pointer, project: Project) -> Iterable[Finding]:
    found = ADDRESS.search(address.split("?", maxsplit=1)[0])
    if found is None or not project.runbooks or "{{" in address:
        return
    name, heading = found[1].lower(), found[2]
    books = project.runbook_names
    if name not in books:
        said = nearest(found[1], (posixpath.basename(path).rpartition(".")[0] for path in project.runbooks))
        home = address[: address.rindex("/")]
        is_slip = difflib.get_close_matches(name, books, n=1, cutoff=0.85)
        if is_slip or ":" not in home or home in project.runbook_homes:
            yield Finding(f"there is no runbook {found[1]}.md{said}", pointer=pointer, piece=found[1])
    elif heading and heading.lower() not in books[name].anchors:
        yield Finding(
            f"the runbook {found[1]}.md has no heading #{heading}{nearest(heading, books[name].anchors)}",
            pointer=pointer,
            piece=heading,
        )


def _file(runbook: Runbook, address: str, offset: int, project: Project) -> Iterable[Finding]:
    path, _, heading = unquote(address).partition("#")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(runbook.path), path.partition("?")[0]))
    if target not in project.paths and not Path(target).exists():
        yield Finding(f"there is no file {path}", piece=offset)
    elif heading and target in project.runbooks and heading.lower() not in project.runbooks[target].anchors:
        yield Finding(
            f"{path} has no heading #{heading}{nearest(heading, project.runbooks[target].anchors)}", piece=offset
        )
