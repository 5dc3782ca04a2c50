"""Doctor: what would fail, why, and what to do, found without writing anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sync import datasources, git, session, trust
from sync.errors import DashSyncError, NotAllowed
from sync.files import read
from sync.plan import REFUSED, State
from sync.planning import examine
from sync.report import Report, counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sync.config import Config, Context
    from sync.files import Rendered
    from sync.grafana.connect import Connection
    from sync.options import Common

GOOD, WARNING, BAD = "ok", "warning", "failed"
WRITING = ("dashboards:create", "dashboards:write", "folders:create")


@dataclass
class Findings:
    """The rows of the report; a check that raises is a row too, and what builds on it is left out."""

    rows: list[dict[str, str]] = field(default_factory=list)
    errors: list[DashSyncError] = field(default_factory=list)

    def add(self, check: str, state: str, detail: str, remedy: str = "") -> None:
        """Add a finding."""
        self.rows.append({"state": state, "check": check, "detail": detail, "remedy": f"→ {remedy}" if remedy else ""})

    def attempt(self, check: str, call: Callable[[], Any]) -> Any:
        """Return what the check gives; None, and a row, where it fails."""
        try:
            return call()
        except DashSyncError as error:
            self.add(check, BAD, str(error), error.remedy)
            self.errors.append(error)
            return None

    def report(self) -> Report:
        """Return the report; raises where a check failed, with the exit code of the worst."""
        summary = {state: number for state in (GOOD, WARNING, BAD) if (number := self._count(state))}
        report = Report("doctor", summary, self.rows)
        if not self.errors:
            return report
        failed = DashSyncError(f"{counted(self._count(BAD), 'check')} failed", report=report)
        failed.exit_code = max(error.exit_code for error in self.errors)
        raise failed

    def _count(self, state: str) -> int:
        return sum(row["state"] == state for row in self.rows)


def doctor(config: Config, contexts: list[Context], directory: Path, run: Common) -> Report:
    """Check configuration, files and git, then every context."""
    findings = Findings()
    findings.add("configuration", GOOD, f"{config.path.name}, project {config.project}")
    rendered = findings.attempt("files", lambda: read(directory))
    if rendered is not None:
        findings.add(
            "files",
            GOOD,
            f"{counted(len(rendered.dashboards), 'dashboard')} in {counted(len(rendered.folders), 'folder')}",
        )
        revision = git.revision(directory, config.path)
        state = "not committed: a push is marked as not recoverable from git" if revision.dirty else "all committed"
        detail = (
            "no repository: pushes carry no commit"
            if revision.commit == "none"
            else f"commit {revision.commit}, {state}"
        )
        findings.add("git", GOOD if not revision.dirty and revision.commit != "none" else WARNING, detail)
    for context in contexts:
        _check_context(findings, config, context, rendered, run)
    return findings.report()


def _check_context(
    findings: Findings, config: Config, context: Context, rendered: Rendered | None, run: Common
) -> None:
    name = f"{context.name}: "
    if said := trust.warning(context):
        findings.add(name + "encryption", WARNING, said, "Use https.")
    connection: Connection | None = findings.attempt(name + "connection", lambda: session.open_context(context, run))
    if connection is None:
        return
    health = connection.http.get("/api/health", missing=True) or {}
    findings.add(name + "server", GOOD, f"{context.url}, Grafana {health.get('version', 'of unknown version')}")
    findings.add(name + "organisation", GOOD, f"{connection.org.get('name')} ({connection.org.get('id')})")
    version = getattr(connection.api, "version", "")
    findings.add(name + "api", GOOD, connection.api.name + (f", dashboard.grafana.app/{version}" if version else ""))
    _check_permissions(findings, name, connection)
    if rendered is not None:
        for state, detail, remedy in datasources.check(connection, rendered):
            findings.add(name + "data sources", state, detail, remedy)
        findings.attempt(name + "marks", lambda: _check_marks(findings, name, config, connection, rendered))


def _check_permissions(findings: Findings, name: str, connection: Connection) -> None:
    """Ask what the credentials may do; where the server doesn't tell, only a push will show it."""
    try:
        actions = connection.http.get("/api/access-control/user/permissions", missing=True)
    except DashSyncError:
        actions = None
    if not isinstance(actions, dict):
        findings.add(name + "permissions", WARNING, "this server doesn't tell what the credentials may do")
        return
    missing = [action for action in WRITING if action not in actions]
    if not missing:
        findings.add(name + "permissions", GOOD, "may write dashboards and folders")
        return
    detail = f"may not write: {', '.join(missing)} missing"
    findings.add(name + "permissions", BAD, detail, "Give the service account the role Editor.")
    findings.errors.append(NotAllowed(detail))


def _check_marks(findings: Findings, name: str, config: Config, connection: Connection, rendered: Rendered) -> None:
    steps = examine(connection, rendered.dashboards, config.project, whole=True)
    for step in steps:
        if step.state in REFUSED:
            remedy = "A push refuses it; see --force and --adopt."
            findings.add(name + "marks", WARNING, f"{step.uid}: {step.state}: {step.reason}", remedy)
        if step.state is State.DELETED_IN_CODE:
            findings.add(name + "marks", WARNING, f"{step.uid}: ours, and in no file any more")
    pending = sum(step.state in {State.CREATE, State.UPDATE, State.MOVE} for step in steps)
    findings.add(
        name + "marks", GOOD, f"{sum(step.state is State.UNCHANGED for step in steps)} in step, {pending} to push"
    )
