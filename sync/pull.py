"""Pull: live dashboards into files, so that an edit made in the UI becomes a change that can be reviewed.

What a module makes is written beside its rendered file, as NAME.json.live, for the module is what has to change; every
other file is written over. The context's data sources and variables are taken out again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from sync import errors, files, generated, layout, session, terminal
from sync.canonical import canonical, checksum
from sync.errors import DashSyncError
from sync.migration import SCHEMA_VERSION
from sync.plan import DRIFTED
from sync.planning import examine
from sync.report import Report
from sync.substitution import substituted, taken_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from sync.config import Config, Context
    from sync.files import DashboardFile, Rendered
    from sync.grafana.api import Content
    from sync.grafana.connect import Connection
    from sync.options import Common

LIVE = ".live"
WRITTEN = frozenset({"written", "new", "beside"})
STATES = ("written", "new", "beside", "moved", "in step", "failed")


@dataclass
class Pull:
    """One pull from one Grafana into one folder."""

    config: Config
    context: Context
    directory: Path
    common: Common
    rows: list[dict[str, Any]] = field(default_factory=list)
    failures: list[DashSyncError] = field(default_factory=list)

    def run(self, uids: Sequence[str], *, everything: bool) -> Report:
        """Pull the named dashboards, everything, or what was changed in Grafana since the last push."""
        rendered = files.read_if_any(self.directory)
        connection = session.open_context(self.context, self.common)
        try:
            if everything:
                self._write(connection, rendered, self._selected(rendered, connection.api.contents()))
            else:
                wanted = list(uids) or self._drifted(connection, rendered)
                self._write(connection, rendered, self._read(connection, wanted))
        except KeyboardInterrupt:
            raise terminal.interrupted(lambda: self._report(connection)) from None
        except DashSyncError as error:
            raise self._stopped(error, self._report(connection)) from None
        report = self._report(connection)
        if failed := [row for row in self.rows if row["state"] == "failed"]:
            what = f"{len(failed)} not pulled"
            if len(failed) < len(self.rows):
                raise errors.Partial(what, where=self.context.name, remedy="The list says why.", report=report)
            raise self._stopped(self.failures[0], report)
        return report

    def _stopped(self, error: DashSyncError, report: Report) -> DashSyncError:
        """Return what ends a pull before its end: partial where files are written already, which the list says."""
        if any(row["state"] in WRITTEN for row in self.rows):
            error = errors.Partial(str(error), remedy=error.remedy)
        error.report = report
        return error

    def _drifted(self, connection: Connection, rendered: Rendered) -> list[str]:
        steps = examine(connection, rendered.dashboards, self.config.project, whole=False)
        return [step.uid for step in steps if step.state in DRIFTED]

    def _selected(self, rendered: Rendered, contents: Iterable[Content]) -> Iterator[Content]:
        globs = self.common.select
        for content in contents:
            file = rendered.dashboards.get(content.uid)
            names = (content.uid, file.place) if file else (content.uid,)
            if not globs or any(fnmatchcase(name, glob) for name in names for glob in globs):
                yield content

    def _read(self, connection: Connection, uids: Sequence[str]) -> Iterator[Content]:
        def read(uid: str) -> Content | DashSyncError:
            try:
                found = connection.api.content(uid)
            except errors.ServerError as error:
                return error
            missing = errors.NotFound("there is no such dashboard", server=connection.http.server, subject=uid)
            return missing if found is None else found

        with terminal.progress(f"pull from {self.context.name}", len(uids), shown=not self.common.quiet) as advance:
            for uid, found in connection.workers.map(read, uids):
                advance()
                if not isinstance(found, DashSyncError):
                    yield found
                    continue
                self.failures.append(found)
                self._row("failed", uid, "", found.what)

    def _write(self, connection: Connection, rendered: Rendered, contents: Iterable[Content]) -> None:
        places: layout.Layout | None = None
        folders: set[str] = set()
        for content in contents:
            file = rendered.dashboards.get(content.uid)
            if file is None and places is None:
                taken = {known.path for known in rendered.dashboards.values()}
                places = layout.Layout(connection.api.folders(), rendered.folders, taken)
            try:
                if file is not None:
                    self._over(file, content)
                elif places is not None:
                    self._new(places.path(content), content)
                    folders.add(content.folder)
            except errors.FileProblem as error:
                self.failures.append(error)
                self._row("failed", content.uid, "", str(error))
        if places is not None:
            for path, text in places.folder_files(sorted(folders)).items():
                generated.replace(self.directory / path, text)

    def _new(self, path: str, content: Content) -> None:
        generated.replace(self.directory / path, layout.document(content, self._form(content, None)))
        self._row("new", content.uid, path, "")

    def _over(self, file: DashboardFile, content: Content) -> None:
        beside = self.directory / f"{file.path}{LIVE}"
        moved = "" if content.folder == file.folder else f"it is in the folder {content.folder or 'General'!r} there"
        if checksum(content.spec) == checksum(substituted(file.spec(), self.context)):
            if not moved:
                beside.unlink(missing_ok=True)
            self._row("moved" if moved else "in step", content.uid, file.path, _change(file, moved))
            return
        text = layout.document(content, self._form(content, file))
        if file.source:
            generated.replace(beside, text)
            self._row("beside", content.uid, f"{file.path}{LIVE}", _change(file, moved))
        else:
            generated.replace(self.directory / file.path, text)
            self._row("written", content.uid, file.path, moved)

    def _form(self, content: Content, file: DashboardFile | None) -> dict[str, Any]:
        """Return the content as a file has it: canonical, without what the context puts in; v2 is left as stored."""
        spec = taken_out(content.spec, self.context, file.spec() if file else None)
        return {**canonical(spec), "schemaVersion": SCHEMA_VERSION} if content.version == "v1" else spec

    def _row(self, state: str, uid: str, path: str, reason: str) -> None:
        self.rows.append({"state": state, "uid": uid, "file": path, "reason": reason})

    def _report(self, connection: Connection) -> Report:
        self.rows.sort(key=lambda row: str(row["uid"]))
        counts = {state: sum(row["state"] == state for row in self.rows) for state in STATES}
        facts = {"context": self.context.name, "api": connection.api.name}
        return Report("pull", {**{state: number for state, number in counts.items() if number}, **facts}, self.rows)


def _change(file: DashboardFile, moved: str) -> str:
    """Say what a person has to change."""
    change = f"change {file.source}, then render" if file.source else ""
    return ": ".join(part for part in (moved, change) if part)
