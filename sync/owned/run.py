"""The kinds that a run was asked for: examined, written, deleted."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync import errors
from sync.owned.deliver import Deliverer, job
from sync.owned.provisioned import FILE
from sync.owned.verdict import Examined, examine, is_owned
from sync.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from sync.files import Rendered
    from sync.git import Revision
    from sync.grafana.connect import Connection
    from sync.owned.kind import Held, Kind
    from sync.plan import Step
    from sync.writing import Outcome

DATASOURCES, ALERTS = "datasources", "alerts"
NAMES = (DATASOURCES, ALERTS)
"""Kinds by the option that asks for them. Dashboards come after the first: they name data sources."""
PREFIXES = {"datasource/": DATASOURCES, "correlation/": DATASOURCES, "alert/": ALERTS}


def named(uids: Iterable[str]) -> tuple[str, ...]:
    """Return the kinds that uids are of."""
    found = {PREFIXES.get(uid.partition("/")[0] + "/") for uid in uids}
    return tuple(name for name in NAMES if name in found)


def kinds(connection: Connection, rendered: Rendered, names: Iterable[str]) -> list[Kind]:
    """Return the kinds of these names, in the order in which they are written."""
    found: list[Kind] = []
    if DATASOURCES in names:
        from sync.owned.correlations import Correlations
        from sync.owned.datasources import DataSources

        found += [DataSources(connection), Correlations(connection)]
    if ALERTS in names:
        from sync.owned.alerts import AlertRules

        found.append(AlertRules(connection, rendered))
    return found


def files(rendered: Rendered) -> dict[str, bytes]:
    """Return the files below rendered/ that kinds read, and the dashboards that they look things up in."""
    found = {file.path: file.content for file in rendered.dashboards.values()}
    if rendered.directory is not None:
        paths = [*sorted((rendered.directory / "alerting").glob("*.y*ml")), rendered.directory / FILE]
        for path in paths:
            if path.is_file():
                found[path.relative_to(rendered.directory).as_posix()] = _content(path)
    return found


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise errors.DashSyncError(f"it can't be read: {error.strerror}", where=str(path)) from None


def marked(connection: Connection, rendered: Rendered, project: str) -> dict[str, Held]:
    """Return what carries a project's mark ("" anyone's), by uid; kinds that can't be seen are left out."""
    found: dict[str, Held] = {}
    for kind in kinds(connection, rendered, NAMES):
        with contextlib.suppress(errors.Forbidden, errors.NotFound):
            for uid, held in kind.held(()).items():
                if not project or is_owned(kind, held, project):
                    found[kind.prefix + uid] = held
    return found


@dataclass
class Run:
    """What was found of the kinds that a run is about."""

    connection: Connection
    examined: Sequence[Examined] = ()

    @property
    def steps(self) -> list[Step]:
        """Return a step for each thing."""
        return [step for found in self.examined for step in found.steps]

    def path(self, step: Step) -> str:
        """Return the file that a step's thing is in, "" where it is in none."""
        found = self._of(step)
        thing = found.things.get(step.uid.removeprefix(found.kind.prefix)) if found else None
        return thing.path if thing else ""

    def noun(self, step: Step) -> str:
        """Return what a step's thing is called."""
        found = self._of(step)
        return found.kind.noun if found else "dashboard"

    def write(
        self,
        names: Sequence[str],
        writes: Sequence[Step],
        outcomes: dict[str, Outcome],
        advance: Callable[[], None],
        *,
        push: str,
        revision: Revision,
        text: str,
        copies: Path,
    ) -> None:
        """Write the things of these kinds; what becomes of each is noted in `outcomes`."""
        writer = Writer(self.connection)
        for found in self.examined:
            if PREFIXES[found.kind.prefix] in names:
                mine = [step for step in writes if step.uid.startswith(found.kind.prefix)]
                jobs = [(step, job(found, step, push=push, revision=revision, text=text)) for step in mine]
                Deliverer(found.kind, writer, copies).write(jobs, outcomes, advance)

    def delete(self, step: Step, writer: Writer, copies: Path) -> Outcome | None:
        """Delete a step's thing after its copy is kept; None where it is of no kind here."""
        found = self._of(step)
        if found is None:
            return None
        held = found.held[step.uid.removeprefix(found.kind.prefix)]
        return Deliverer(found.kind, writer, copies).delete(held)

    def _of(self, step: Step) -> Examined | None:
        return next((found for found in self.examined if step.uid.startswith(found.kind.prefix)), None)


def look(connection: Connection, rendered: Rendered, names: Sequence[str], project: str, *, whole: bool) -> Run:
    """Examine the kinds of these names; nothing is asked or read where there are none."""
    if not names:
        return Run(connection)
    contents = files(rendered)
    found = [examine(kind, contents, project, whole=whole) for kind in kinds(connection, rendered, names)]
    return Run(connection, found)
