"""Dashboards and panels that are named otherwise than by uid: by title, slug or tag, or as what a panel shows again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sync.lint.dashboard import Dashboard
from sync.lint.linked import slug_of
from sync.lint.misspelling import is_a_letter_apart, is_plural, letters_apart
from sync.lint.problem import Finding, Pointer, Severity
from sync.lint.project import Project
from sync.lint.shape import as_dict, as_list, as_plain, as_text

_SIGNS = ('"dashUri"', '"dashboard"', "dashboard/db/", '"dashboards"', '"dashlist"', "-- Dashboard --")
_SLUG = re.compile(r"(?:^|/)dashboard/db/([\w-]+)|^db/([\w-]+)$")
_SHARED = "-- Dashboard --"
"""The data source that gives what another panel of the dashboard has asked for."""


def named_otherwise(dashboard: Dashboard, project: Project) -> Iterator[Finding]:
    """Look up titles, slugs, tags and panels; only slips of those that are there: others may be elsewhere."""
    if not any(sign in dashboard.text for sign in _SIGNS):
        return
    base = len(dashboard.base)
    yield from _listed(dashboard.raw.get("links"), ("links",), project)
    for panel in dashboard.panels:
        here = panel.pointer[base:]
        yield from _listed(panel.raw.get("links"), (*here, "links"), project)
        yield from _listed(panel.defaults.get("links"), (*here, "fieldConfig", "defaults", "links"), project)
        if panel.kind == "dashlist":
            tags = as_list(as_dict(panel.raw.get("options")).get("tags")) or as_list(panel.raw.get("tags"))
            yield from _tags(tags, here, project)
    yield from _shown_again(dashboard)


def _shown_again(dashboard: Dashboard) -> Iterator[Finding]:
    """Look up the panels whose answers other panels show."""
    for target in dashboard.targets:
        asked = as_plain(target.raw.get("panelId"))
        own = as_plain(target.panel.raw.get("id"))
        if not asked or _SHARED not in {target.datasource.uid, target.panel.datasource.uid}:
            continue
        if asked == own or not {asked, ""} & dashboard.panel_ids:
            which = "itself" if asked == own else f"the panel {asked}, which isn't there"
            message = f"the panel shows again what is asked by {which}"
            yield Finding(message, pointer=(*target.pointer[len(dashboard.base) :], "panelId"))


def _listed(links: Any, pointer: Pointer, project: Project) -> Iterator[Finding]:
    for number, link in enumerate(map(as_dict, as_list(links))):
        here = (*pointer, number)
        if link.get("type") == "dashboards":
            yield from _tags(as_list(link.get("tags")), (*here, "tags"), project)
        for key in ("dashUri", "url"):
            found = _SLUG.search(as_text(link.get(key)))
            if found and (said := _missed(found[1] or found[2], project)):
                yield Finding(said, pointer=(*here, key))
        if link.get("type") == "dashboard" and "dashUri" not in link:
            title = as_text(link.get("dashboard"))
            if said := _missed(title, project):
                yield Finding(said, pointer=(*here, "dashboard"))


def _missed(title: str, project: Project) -> str:
    """Say which dashboard a title or slug is a slip of, '' where it is none or may be of another."""
    slugs = {slug_of(each.title): each.title for each in project.dashboards}
    slug = slug_of(title)
    if len(slug) < 6 or slug in slugs:
        return ""
    near = next((each for each in slugs if letters_apart(slug, each) == 1 and _digits(slug) == _digits(each)), "")
    return f"there is no dashboard {title}; did you mean {slugs[near]}?" if near else ""


def _tags(tags: list[Any], pointer: Pointer, project: Project) -> Iterator[Finding]:
    """Look up the tags of a list of dashboards."""
    if not tags:
        return
    known = {as_text(tag) for each in project.dashboards for tag in as_list(each.raw.get("tags"))}
    for tag in map(as_text, tags):
        near = next((each for each in sorted(known) if _is_slip(tag, each)), "") if tag not in known else ""
        if near:
            message = f"no dashboard has the tag {tag}; did you mean {near}?"
            yield Finding(message, pointer=pointer, piece=tag, severity=Severity.WARNING)


def _is_slip(tag: str, other: str) -> bool:
    one, two = tag.lower(), other.lower()
    is_alike = one == two or is_plural(one, two) or (min(len(one), len(two)) > 3 and is_a_letter_apart(one, two))
    return is_alike and _digits(one) == _digits(two)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
