"""Pages as they are read: prose with the table, links and rules that are generated, and an index of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rules_lib.links import Links
    from rules_lib.runbooks.facts import Facts
    from rules_lib.runbooks.page import Page

INDEX = "README.md"
FENCES = 4
"""Rules whose expressions a page shows; of more, those of the first objective are enough to know the others by."""


def alert_page(page: Page, facts: Sequence[Facts], *, links: Links) -> bytes:
    """Return an alert's page: its meaning, when it fires and who is told, its sections, its rules."""
    dashboards = dict.fromkeys(fact.dashboard for fact in facts)
    shown = " · ".join(f"[{uid}]({links.grafana}/d/{uid})" for uid in dashboards)
    return _joined(
        f"# {page.name}",
        _comment(page, "the alert's rules and routes"),
        page.meaning,
        "| severity | fires when | for | told |\n|---|---|---|---|\n" + "\n".join(map(_row, facts)),
        f"Dashboards: {shown}. [All runbooks]({INDEX}).",
        page.body,
        "## Rules",
        *_silenced(facts),
        *(f"Severity {fact.severity}:\n\n```promql\n{fact.expr}\n```" for fact in facts[:FENCES]),
        *(["The rules of the other objectives differ in the label `slo` and in thresholds."] if facts[FENCES:] else []),
    )


def guide(page: Page) -> bytes:
    """Return a guide's page."""
    return _joined(f"# {page.title}", _comment(page), page.meaning, page.body)


def index(
    pages: Iterable[Page], groups: Mapping[str, Sequence[str]], facts: Mapping[str, Sequence[Facts]], *, folder: str
) -> bytes:
    """Return the page that lists all: guides, then alerts by group, each with its severities and what it means."""
    by_name = {page.name: page for page in pages}
    guides = [f"- [{page.title}]({page.name}.md)" for page in by_name.values() if page.is_guide]
    tables = (
        f"## {title}\n\n| alert | severity | meaning |\n|---|---|---|\n"
        + "\n".join(_entry(by_name[name], facts[name]) for name in names)
        for title, names in groups.items()
    )
    comment = f"<!-- Generated from {folder} by dash-sync render; edits here are lost. -->"
    return _joined("# Runbooks", comment, "Guides:", "\n".join(guides), *tables)


def _row(fact: Facts) -> str:
    hold = "at once" if fact.hold == "0s" else fact.hold
    return f"| {fact.severity} | {fact.condition} | {hold} | {fact.told} |"


def _entry(page: Page, facts: Sequence[Facts]) -> str:
    severities = ", ".join(dict.fromkeys(fact.severity for fact in facts))
    first = " ".join(page.meaning.split()).partition(". ")[0].rstrip(".")
    return f"| [{page.name}]({page.name}.md) | {severities} | {first}. |"


def _silenced(facts: Sequence[Facts]) -> list[str]:
    by_severity = {fact.severity: fact.silenced_by for fact in facts if fact.silenced_by}
    causes = {name for names in by_severity.values() for name in names}
    if not causes:
        return []
    some = len(by_severity) < len({fact.severity for fact in facts})
    whom = f" with severity {', '.join(by_severity)}" if some else ""
    listed = ", ".join(f"[{name}]({name}.md)" for name in sorted(causes))
    return [f"Tells nobody{whom} while one of these fires in the same place: {listed}."]


def _comment(page: Page, *others: str) -> str:
    return f"<!-- Generated from {' and '.join((page.path, *others))} by dash-sync render; edits here are lost. -->"


def _joined(*parts: str) -> bytes:
    return ("\n\n".join(part for part in parts if part) + "\n").encode()
