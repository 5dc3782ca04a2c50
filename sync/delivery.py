"""What a push writes, in its order: folders, then library panels, then the dashboards that show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync import errors, folders, library, plan
from sync.canonical import checksum
from sync.grafana.api import Write
from sync.mark import MARKED_ONLY, Mark, moved, replaced
from sync.planning import is_dashboard
from sync.substitution import substituted
from sync.writing import DONE, UNDER_WAY, Outcome, Writer, failed, noted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sync.files import Rendered
    from sync.git import Revision
    from sync.grafana.connect import Connection
    from sync.plan import Step


@dataclass(frozen=True)
class Delivery:
    """The writes of one push to one Grafana; what becomes of each is noted in `outcomes` as it comes."""

    connection: Connection
    rendered: Rendered
    revision: Revision
    project: str
    push: str
    text: str
    outcomes: dict[str, Outcome]

    def run(self, writes: Sequence[Step], advance: Callable[[], None]) -> None:
        """Write; raises the error of a folder that could not be made or changed, before anything goes into it."""
        self._folders(writes)
        writer = Writer(self.connection)
        panels = [step for step in writes if step.uid.startswith(library.PREFIX)]
        self._each(panels, lambda step: writer.attempt(lambda: self._library_panel(step)), advance)
        dashboards = [step for step in writes if is_dashboard(step)]
        self._each(dashboards, lambda step: self._without_panel(step) or self._dashboard(writer, step), advance)

    def _folders(self, writes: Sequence[Step]) -> None:
        files = self.rendered
        changed = [step for step in writes if step.uid.startswith(folders.PREFIX)]
        needed = [step.wanted.folder for step in writes if step.wanted is not None]
        folders.make(self.connection, files.folders, needed)
        for step in changed:
            self.outcomes[step.uid] = UNDER_WAY
            try:
                folders.update(self.connection, files.folders[step.uid.removeprefix(folders.PREFIX)], step)
            except errors.DashSyncError as error:
                self.outcomes[step.uid] = failed(error)
                raise
            self.outcomes[step.uid] = Outcome("updated", reason=step.reason)

    def _each(self, steps: Sequence[Step], write: Callable[[Step], Outcome], advance: Callable[[], None]) -> None:
        def one(step: Step) -> None:
            noted(self.outcomes, step.uid, lambda: write(step))

        for _ in self.connection.workers.map(one, steps):
            advance()

    def _library_panel(self, step: Step) -> Outcome:
        panel = self.rendered.library[step.uid.removeprefix(library.PREFIX)]
        form = step.wanted.checksum if step.wanted else ""
        text = replaced(step.live.mark if step.live and plan.intact(step.live, self.project) else None, self.text)
        message = self._mark(step.generation, form, text)
        model = substituted(panel.model(), self.connection.context)
        version = library.write(self.connection, panel, model, step, message)
        return Outcome(DONE[step.state], version, step.reason)

    def _without_panel(self, step: Step) -> Outcome | None:
        """Leave a dashboard alone whose new library panel could not be made: it would show a hole."""
        file = self.rendered.dashboards[step.uid]
        for uid in self.rendered.library:
            outcome = self.outcomes.get(library.PREFIX + uid)
            if outcome is not None and outcome.state in {"failed", "not tried"} and library.shows(file, uid):
                return Outcome("not tried", reason=f"its library panel {uid} is not written")
        return None

    def _dashboard(self, writer: Writer, step: Step) -> Outcome:
        return writer.write(step, lambda generation: self._prepared(step, generation))

    def _prepared(self, step: Step, generation: int) -> Write:
        file, context = self.rendered.dashboards[step.uid], self.connection.context
        spec = substituted(file.spec(), context)
        form = (step.wanted.checksum if step.wanted else "") or checksum(spec)
        return Write(
            uid=step.uid,
            folder=file.folder,
            spec=spec,
            version=file.version,
            message=self._message(step, generation, form),
            live=step.live,
            source=file.source or file.path,
            digest=step.wanted.digest if step.wanted else "",
            manager=plan.owner(self.project),
            ui_edits=context.ui_edits == "allow",
        )

    def _message(self, step: Step, generation: int, form: str) -> str:
        text = self.text
        if step.live is not None and generation == step.live.generation:
            text = f"{MARKED_ONLY} {text}"
        elif step.live is not None and step.wanted is not None and step.live.folder != step.wanted.folder:
            text = moved(step.live.folder, text)
        return self._mark(generation, form, text)

    def _mark(self, generation: int, form: str, text: str) -> str:
        return Mark(self.push, self.revision.commit, form, generation, self.revision.dirty, text).message()
