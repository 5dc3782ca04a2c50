"""Addresses followed as far as files go: dashboards by uid, panels by id, runbooks by name, headings by anchor."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sync.lint.dashboard import Dashboard
from sync.lint.known import nearest
from sync.lint.linked import Address, addresses, panel_of
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.rule_file import Rule
from sync.lint.runbook import ADDRESS, Runbook
from sync.lint.shape import as_dict, as_list, as_text

DASHBOARD, PANEL = "__dashboardUid__", "__panelId__"
"""The annotations by which Grafana draws an alert into a panel and leads from the alert to it."""


def from_dashboard(dashboard: Dashboard, project: Project) -> Iterable[Finding]:
    """Follow the links of a dashboard, its panels and its fields, and all addresses of dashboards in its texts."""
    own = dashboard.raw
    yield from _listed(own.get("links"), ("links",), project)
    base = len(dashboard.base)
    for panel in dashboard.panels:
        here = panel.pointer[base:]
        fields = panel.place(("fieldConfig",))[base:]
        yield from _listed(panel.raw.get("links"), (*here, "links"), project)
        yield from _listed(panel.defaults.get("links"), (*fields, "defaults", "links"), project)
        for number, override in enumerate(as_list(as_dict(panel.raw.get("fieldConfig")).get("overrides"))):
            for index, prop in enumerate(as_list(as_dict(override).get("properties"))):
                if as_dict(prop).get("id") == "links":
                    pointer = (*fields, "overrides", number, "properties", index, "value")
                    yield from _listed(as_dict(prop).get("value"), pointer, project)
    if _may_be_lost(dashboard.text, project):
        for pointer, text, title in _texts(own, (), ""):
            followed = text.strip().replace(" ", "-") if pointer[-1:] == ("url",) else text  # a slug may have spaces
            yield from _dashboard(followed, pointer, project, title=title, own=dashboard.uid)
            panel_id = panel_of(text) if text.startswith("?") else ""
            if panel_id and dashboard.uid and not _has_panel(dashboard.uid, panel_id, project):
                yield Finding(_no_panel(dashboard.uid, panel_id), pointer=pointer, piece=panel_id)


def _may_be_lost(text: str, project: Project) -> bool:
    """Whether a dashboard's text, before each value in it is looked at, has an address worth it."""
    has_panel = "Panel=" in text or "panelId=" in text or "var-" in text
    return bool(project.uids) and (has_panel or any(each.uid not in project.uids for each in addresses(text)))


_NO_TEXT = frozenset({"targets", "data", "templating", "variables", "annotations"})
"""What of a dashboard holds queries, and no addresses that a reader follows."""


def _texts(value: Any, pointer: Pointer, title: str) -> Iterator[tuple[Pointer, str, str]]:
    """Yield every text of a value with its place, and the title of the link that it stands in."""
    match value:
        case str():
            yield pointer, value, title
        case dict():
            title = as_text(value.get("title")) if "url" in value else ""
            for key, each in value.items():
                if key not in _NO_TEXT:
                    yield from _texts(each, (*pointer, key), title)
        case list():
            for number, each in enumerate(value):
                yield from _texts(each, (*pointer, number), "")


def from_rule(rule: Rule, project: Project) -> Iterable[Finding]:
    """Follow the addresses in an alert's annotations, and the panel that they name for Grafana."""
    yield from from_annotations(rule.annotations, ("annotations",), project)
    for name, value in rule.annotations.items():
        if ("runbook" in name or ".md" in value) and "/" in value and " " not in value.strip():
            yield from _runbook(value.strip(), ("annotations", name), project)


def from_annotations(annotations: Mapping[str, str], pointer: Pointer, project: Project) -> Iterable[Finding]:
    """Look up the dashboard and panel that an alert's annotations name; other teams' dashboards may be elsewhere."""
    uid, panel = annotations.get(DASHBOARD, ""), annotations.get(PANEL, "")
    for name, value in annotations.items():
        yield from _dashboard(value, (*pointer, name), project)
        if "runbook" not in name:
            yield from _misspelt(value, (*pointer, name))
    if not project.uids or "{{" in uid + panel:
        return
    if panel and not uid:
        yield Finding(f"{PANEL} leads nowhere without {DASHBOARD}", pointer=(*pointer, PANEL))
    elif uid and uid not in project.uids:
        missed = project.linked.missed(Address(uid))
        message, severity = missed or (f"there is no dashboard with the uid {uid}", Severity.WARNING)
        yield Finding(message, pointer=(*pointer, DASHBOARD), piece=uid, severity=severity)
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
                yield replace(finding, piece=offset)
        elif not address.startswith(("/", "<", "{", "$")):
            yield from _file(runbook, address, offset, project)
    for address, offset in runbook.dashboards:
        yield from (replace(finding, piece=offset) for finding in _dashboard(address, (), project))


def _listed(links: Any, pointer: Pointer, project: Project) -> Iterable[Finding]:
    for number, link in enumerate(as_list(links)):
        address = as_text(as_dict(link).get("url"))
        if _leads_nowhere(as_dict(link)):
            message, where = "a link without an address leads back to this page", (*pointer, number)
            yield Finding(message, pointer=where, severity=Severity.WARNING)
        else:
            yield from _misspelt(address, (*pointer, number, "url"))
        if "runbook" in address:
            yield from _runbook(address, (*pointer, number, "url"), project)


def _misspelt(text: str, pointer: Pointer) -> Iterable[Finding]:
    for found in _MISSPELT.finditer(text):
        said = f"{found[0]} is no address: how does it begin?"
        yield Finding(said, pointer=pointer, piece=found[0], severity=Severity.WARNING)


_MISSPELT = re.compile(r"(?<![\w./-])(?:https?(?://|;//|:/(?=[\w.]))|(?!https?:)(?:h+t+p*s*|ttps?)://)[\w.-]+")
"""How an address begins that nothing opens."""


_ELSEWHERE = frozenset({"dashboard", "dashUri", "internal", "onClick", "onBuildUrl"})
"""Where a link without a URL may lead: a dashboard by its title in old panels, Explore, a plugin's own code."""


def _leads_nowhere(link: dict[str, Any]) -> bool:
    """Whether a link's address was left empty; a list of dashboards has none."""
    is_list = as_text(link.get("type")) in {"dashboard", "dashboards"} or any(link.get(key) for key in _ELSEWHERE)
    return link.get("url") == "" and not is_list


def _dashboard(text: str, pointer: Pointer, project: Project, *, title: str = "", own: str = "") -> Iterable[Finding]:
    """Look up the dashboards and panels whose addresses stand in a text, `title` of a link, `own` of a dashboard."""
    if not project.uids:
        return
    for address in addresses(f"/{text}" if text.startswith("d/") else text):
        uid = address.uid
        if uid in project.uids:
            if address.panel and not _has_panel(uid, address.panel, project):
                yield Finding(_no_panel(uid, address.panel), pointer=pointer, piece=address.panel)
            yield from _given(address, pointer, project)
            if re.search(rf"/{re.escape(uid)}(?:/[\w-]+)?&\w", text):
                message = "what an address is given begins with ?, and goes on with &"
                yield Finding(message, pointer=pointer, piece=uid)
        elif missed := project.linked.missed(address, title, own):
            message, severity = missed
            yield Finding(message, pointer=pointer, piece=uid, severity=severity)


def _given(address: Address, pointer: Pointer, project: Project) -> Iterable[Finding]:
    """Look up the variables that a link gives values for: one that isn't there leaves the dashboard as it was."""
    there = {variable.name for dashboard in project.uids[address.uid] for variable in dashboard.variables}
    for name in address.variables if there else ():
        if name not in there:
            said = nearest(name, there - set(address.variables))
            message = f"the dashboard {address.uid} has no variable {name}{said}"
            yield Finding(message, pointer=pointer, piece=name, severity=Severity.WARNING if said else Severity.INFO)


def _has_panel(uid: str, panel: str, project: Project) -> bool:
    """Whether a dashboard has a panel; one without a number gets it from Grafana, and may be the one."""
    return any({panel, ""} & dashboard.panel_ids for dashboard in project.uids[uid])


def _no_panel(uid: str, panel: str) -> str:
    return f"the dashboard {uid} has no panel {panel}"


def _runbook(address: str, pointer: Pointer, project: Project) -> Iterable[Finding]:
    path, _, heading = address.partition("#")
    path = path.partition("?")[0]
    found = ADDRESS.search(path + (f"#{heading}" if heading else ""))
    if not project.runbooks or "{{" in address:
        return
    if found is None:
        yield from _heading(path, heading, pointer, project)
        return
    name = found[1].lower()
    books = project.runbook_names
    if name not in books:
        said = nearest(found[1], (posixpath.basename(each).rpartition(".")[0] for each in project.runbooks))
        home = address[: address.rindex("/")]
        is_slip = difflib.get_close_matches(name, books, n=1, cutoff=0.85)
        if is_slip or ":" not in home or home in project.runbook_homes:
            yield Finding(f"there is no runbook {found[1]}.md{said}", pointer=pointer, piece=found[1])
    elif heading and not any(heading.lower() in book.anchors for book in books[name]):
        yield _no_heading(f"the runbook {found[1]}.md", heading, pointer, books[name])


def _heading(path: str, heading: str, pointer: Pointer, project: Project) -> Iterable[Finding]:
    """Look up the heading of a file that an address names by its path's end, in a repository, say.

    Another repository may have a file of that name: it is this one where a heading is nearly what is asked for, or
    where other alerts find theirs.
    """
    books = project.named(path) if heading else []
    anchors = {anchor for book in books for anchor in book.anchors}
    if not anchors or heading.lower() in anchors:
        return
    if project.headings_asked.get(path, set()) & anchors or difflib.get_close_matches(
        heading.lower(), anchors, n=1, cutoff=0.85
    ):
        yield _no_heading(posixpath.basename(path), heading, pointer, books)


def _no_heading(name: str, heading: str, pointer: Pointer, books: Iterable[Runbook]) -> Finding:
    said = nearest(heading.lower(), (anchor for book in books for anchor in book.anchors))
    return Finding(f"{name} has no heading #{heading}{said}", pointer=pointer, piece=heading)


def _file(runbook: Runbook, address: str, offset: int, project: Project) -> Iterable[Finding]:
    path, _, heading = unquote(address).partition("#")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(runbook.path), path.partition("?")[0]))
    if target not in project.paths and not Path(target).exists():
        yield Finding(f"there is no file {path}", piece=offset)
    elif heading and target in project.runbooks and heading.lower() not in project.runbooks[target].anchors:
        yield Finding(
            f"{path} has no heading #{heading}{nearest(heading, project.runbooks[target].anchors)}", piece=offset
        )
