"""Pruning: what is ours in Grafana and in no file any more is deleted, after a copy of it is kept.

The copies lie as rendered files do, so that `dash-sync push --dir DIR` restores them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sync import errors, generated, layout, library, plan
from sync.plan import State
from sync.writing import Outcome, Writer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sync.grafana.api import Content
    from sync.grafana.connect import Connection
    from sync.layout import Layout
    from sync.plan import Live, Step

DEFAULT_SHARE = 2
"""One in so many of what is owned may be pruned without --prune-limit."""


def require_limit(doomed: int, found: Sequence[Step], project: str, *, limit: int | None, said: str) -> None:
    """Raise Refused where more would be deleted than the limit, or than half of what is owned among `found`."""
    there = sum(step.live is not None and plan.owned(step.live, project) for step in found)
    if doomed <= (there // DEFAULT_SHARE if limit is None else limit):
        return
    than = f"the {limit} that --prune-limit allows" if limit is not None else f"half of the {there} that are ours"
    what = f"{said} would be deleted, more than {than}; nothing is written"
    raise errors.Refused(what, remedy=f"Are all files there? If it is meant, say --prune-limit {doomed}.")


def checked(step: Step, project: str) -> Step:
    """Return the step; refused where somebody has changed the dashboard since our last push."""
    if step.live is None or plan.intact(step.live, project):
        return step
    reason = f"no file holds it any more, but it was saved {plan.saved_by(step.live)}"
    return replace(step, state=State.CHANGED_IN_GRAFANA, reason=reason)


@dataclass
class Deleter:
    """Deletes from one Grafana, each thing after its copy is written below `folder`. Safe to use from threads."""

    writer: Writer
    folder: Path
    layout: Layout

    def delete(self, step: Step) -> Outcome:
        """Delete one dashboard or library panel; an error is an outcome too."""
        return self.writer.attempt(lambda: self._deleted(step))

    def _deleted(self, step: Step) -> Outcome:
        if step.live is not None and step.uid.startswith(library.PREFIX):
            return self._panel_deleted(step.live)
        content = self.writer.connection.api.content(step.uid)
        if content is None or step.live is None:
            return Outcome("deleted", reason="it was gone already")
        kept = self._kept(content)
        self._delete(step.live)
        return Outcome("deleted", step.live.generation, f"kept as {kept}")

    def _delete(self, live: Live) -> None:
        api = self.writer.connection.api
        try:
            api.delete(live)
        except errors.ServerError as error:
            # The answer may be what is lost: then the dashboard is gone.
            try:
                there = api.live(live.uid)
            except errors.ServerError:
                raise error from None
            if there is not None:
                raise

    def _panel_deleted(self, live: Live) -> Outcome:
        def keep(name: str, text: bytes) -> Path:
            return self._written(live.folder, "/".join(["library", self.layout.directory(live.folder), name]), text)

        return library.delete(self.writer.connection, live, keep)

    def _kept(self, content: Content) -> Path:
        return self._written(content.folder, self.layout.path(content), layout.document(content))

    def _written(self, folder: str, path: str, text: bytes) -> Path:
        for said, folder_text in self.layout.folder_files([folder]).items():
            generated.replace(self.folder / said, folder_text)
        file = self.folder / path
        generated.replace(file, text)
        return file


def folder_of_copies(root: Path, context: str, push: str) -> Path:
    """Return where the copies of what a push deletes lie."""
    return root / "deleted" / context / push


def deleter(connection: Connection, folder: Path) -> Deleter:
    """Return what deletes; reads the folders once, so that copies lie where the dashboards were."""
    return Deleter(Writer(connection), folder, layout.Layout(connection.api.folders()))
