"""Pruning: what is ours in Grafana and in no file any more is deleted, after a copy of it is kept.

The copies lie as rendered files do, so that `dash-sync push --dir DIR` restores them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sync import errors, generated, layout, plan
from sync.plan import State
from sync.report import counted
from sync.writing import LOST, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sync.grafana.api import Content, LiveFolder
    from sync.grafana.connect import Connection
    from sync.layout import Layout
    from sync.plan import Step

DEFAULT_SHARE = 2
"""One in so many of what is owned may be pruned without --prune-limit."""


def require_limit(doomed: int, found: Sequence[Step], project: str, *, limit: int | None) -> None:
    """Raise Refused where more would be deleted than the limit, or than half of what is owned among `found`."""
    there = sum(step.live is not None and plan.owned(step.live, project) for step in found)
    if doomed <= (there // DEFAULT_SHARE if limit is None else limit):
        return
    than = f"the {limit} that --prune-limit allows" if limit is not None else f"half of the {there} that are ours"
    what = f"{counted(doomed, 'dashboard')} would be deleted, more than {than}; nothing is written"
    raise errors.Refused(what, remedy=f"Are all files there? If it is meant, say --prune-limit {doomed}.")


def checked(step: Step, project: str) -> Step:
    """Return the step; refused where somebody has changed the dashboard since our last push."""
    if step.live is None or plan.intact(step.live, project):
        return step
    reason = f"no file holds it any more, but it was saved {plan.saved_by(step.live)}"
    return replace(step, state=State.CHANGED_IN_GRAFANA, reason=reason)


@dataclass
class Deleter:
    """Deletes dashboards from one Grafana, each after its copy is written below `folder`. Safe to use from threads."""

    connection: Connection
    folder: Path
    layout: Layout
    _lost: int = 0

    def delete(self, step: Step) -> Outcome:
        """Delete one dashboard; an error is an outcome too."""
        if self._lost >= LOST:
            return Outcome("not tried", reason="the server doesn't answer any more")
        assert step.live is not None  # noqa: S101 a step that is deleted in code is there
        try:
            content = self.connection.api.content(step.uid)
            if content is None:
                return Outcome("deleted", reason="it was gone already")
            kept = self._kept(content)
            self._delete(step)
        except errors.DashSyncError as error:
            self._lost += isinstance(error, (errors.Unreachable, errors.TimedOut))
            state = "refused" if isinstance(error, errors.Conflict) else "failed"
            return Outcome(state, reason=error.what, error=error)
        return Outcome("deleted", step.live.generation, f"kept as {kept}")

    def _delete(self, step: Step) -> None:
        assert step.live is not None  # noqa: S101 as above
        try:
            self.connection.api.delete(step.live)
        except errors.ServerError:
            # The answer may be what is lost: then the dashboard is gone.
            try:
                there = self.connection.api.live(step.uid)
            except errors.ServerError:
                there = step.live
            if there is not None:
                raise

    def _kept(self, content: Content) -> Path:
        for path, text in self.layout.folder_files([content.folder]).items():
            generated.replace(self.folder / path, text)
        file = self.folder / self.layout.path(content)
        generated.replace(file, layout.document(content))
        return file


def folder_of_copies(root: Path, context: str, push: str) -> Path:
    """Return where the copies of what a push deletes lie."""
    return root / "deleted" / context / push


def deleter(connection: Connection, folder: Path) -> Deleter:
    """Return what deletes; reads the folders once, so that copies lie where the dashboards were."""
    live: Mapping[str, LiveFolder] = connection.api.folders()
    return Deleter(connection, folder, layout.Layout(live))
