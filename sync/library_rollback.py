"""Library panels put back as they were before a push: from git, since Grafana keeps no versions of them.

A push notes commit and checksum of what it writes over in its mark. What it made is deleted, what it pruned is restored
from the copies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync import errors, library, plan, recovery
from sync.files import LibraryFile
from sync.mark import NO_COMMIT, Mark, replaced
from sync.plan import Live, State, Step
from sync.substitution import substituted
from sync.writing import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from sync.grafana.connect import Connection

LOST = "Grafana keeps no versions of a library panel"


def written_by(connection: Connection, push: str, project: str) -> list[Live]:
    """Return the library panels whose newest mark is that of a push."""
    lives = (library.live_of(element) for element in library.listing(connection.http))
    return [live for live in lives if live.mark and live.mark.push == push and plan.owned(live, project)]


def is_made(live: Live) -> bool:
    """Tell whether the push made the library panel, so that it is to be deleted."""
    return live.mark is not None and live.mark.generation == 1


@dataclass(frozen=True)
class Panels:
    """One rollback's library panels: `push` is its own id, `directory` the rendered files, for git."""

    connection: Connection
    project: str
    push: str
    directory: Path
    text: str

    def back(self, live: Live) -> Outcome:
        """Write what was there before the push; refused where that isn't in git, or somebody has written since."""
        if live.mark is None or not plan.intact(live, self.project):
            return Outcome("refused", live.generation, f"it was written again since: saved {plan.saved_by(live)}")
        if live.mark.before is None:
            raise errors.Refused(f"{LOST}, and what was there before wasn't pushed from a commit", where=live.uid)
        commit, form = live.mark.before
        content = recovery.library_panel(live.uid.removeprefix(library.PREFIX), commit, self.directory, lost=LOST)
        panel = LibraryFile("", live.uid.removeprefix(library.PREFIX), content["name"], b"", live.folder)
        model = substituted(content["model"], self.connection.context)
        if library.checksum_of(model, panel.name) != form:
            raise errors.Refused(f"{LOST}, and {recovery.otherwise(commit)}", where=live.uid)
        mark = Mark(self.push, commit, form, live.generation + 1, text=replaced(live.mark, self.text))
        step = Step(live.uid, State.UPDATE, live=live)
        version = library.write(self.connection, panel, model, step, mark.message())
        return Outcome("updated", version, f"from commit {commit}")

    def restored(self, panel: LibraryFile) -> Outcome:
        """Make a library panel anew from its copy."""
        uid = library.PREFIX + panel.uid
        if library.element(self.connection.http, panel.uid) is not None:
            return Outcome("refused", reason="the push deleted it, and it is there again")
        model = panel.model()
        mark = Mark(self.push, NO_COMMIT, library.checksum_of(model, panel.name), 1, text=self.text)
        version = library.write(self.connection, panel, model, Step(uid, State.CREATE), mark.message())
        return Outcome("restored", version, f"from {panel.path}")
