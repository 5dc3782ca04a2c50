"""Things of a kind written and deleted: what the answer, or its absence, says of whether it was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync import errors, generated
from sync.mark import Mark, parse
from sync.owned.kind import CREATED, UNMARKED, Job
from sync.writing import DONE, UNDER_WAY, Outcome, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sync.git import Revision
    from sync.owned.kind import Held, Kind
    from sync.owned.verdict import Examined
    from sync.plan import Step

PERHAPS_DONE = (
    errors.Unreachable,
    errors.TimedOut,
    errors.BrokenAnswer,
    errors.NotGrafana,
    errors.Failing,
    errors.Conflict,
    errors.Rejected,
)
"""What is raised where the write may be carried out: its answer is lost, or it was sent twice."""


@dataclass
class Deliverer:
    """Writes and deletes things of one kind in one run; before what git can't give back goes, a copy is kept."""

    kind: Kind
    writer: Writer
    copies: Path

    def write(
        self, jobs: Sequence[tuple[Step, Job]], outcomes: dict[str, Outcome], advance: Callable[[], None]
    ) -> None:
        """Write; what becomes of each is noted in `outcomes`."""
        steps = {job.thing.uid: step for step, job in jobs}
        for batch in self.kind.batches([job for _, job in jobs]):
            outcomes |= {steps[job.thing.uid].uid: UNDER_WAY for job in batch}
            outcome = self.writer.attempt(lambda batch=batch: self._written(batch))  # type: ignore[misc]
            for job in batch:
                step = steps[job.thing.uid]
                done = Outcome(DONE[step.state], step.generation, step.reason)
                outcomes[step.uid] = done if outcome.state == "done" else outcome
                advance()

    def _written(self, batch: Sequence[Job]) -> Outcome:
        for job in batch:
            if job.held is not None and job.held.fixed:
                raise errors.Refused(job.held.fixed)
            if job.held is not None and not recoverable(job.held):
                self._keep(job.held)
        try:
            self.kind.write(batch)
        except errors.Refusing:
            raise
        except PERHAPS_DONE as error:
            try:
                there = self.kind.held([job.thing.uid for job in batch])
            except errors.ServerError:
                raise error from None
            if not all(job.thing.uid in there and there[job.thing.uid].message == job.message for job in batch):
                raise
        return Outcome("done")

    def delete(self, held: Held) -> Outcome:
        """Delete one thing after its copy is kept; an error is an outcome too."""
        return self.writer.attempt(lambda: self._deleted(held))

    def _deleted(self, held: Held) -> Outcome:
        kept = self._keep(held)
        try:
            self.kind.delete(held)
        except errors.Refusing:
            raise
        except PERHAPS_DONE as error:
            try:
                there = self.kind.held([held.uid])
            except errors.ServerError:
                raise error from None
            if held.uid in there:
                raise
        return Outcome("deleted", reason=f"kept as {kept}")

    def _keep(self, held: Held) -> Path:
        path, content = self.kind.copy(held.uid, held.content)
        generated.replace(self.copies / path, content)
        return self.copies / path


def recoverable(held: Held) -> bool:
    """Tell whether git has what is there: it is as a push from a commit left it."""
    return held.intact and held.mark is not None and held.mark.recoverable


def job(found: Examined, step: Step, *, push: str, revision: Revision, text: str) -> Job:
    """Return the write of a step that is to be carried out."""
    thing = found.things[step.uid.removeprefix(found.kind.prefix)]
    form = step.wanted.checksum if step.wanted else ""
    mark = Mark(push, revision.commit, form, step.generation, revision.dirty, plain(text))
    return Job(thing, found.held.get(thing.uid), mark.message(), before(found.held.get(thing.uid)))


def before(held: Held | None) -> str:
    """Return what is noted of the state that a write replaces."""
    if held is None:
        return CREATED
    mark = parse(held.message) if held.intact else None
    return Mark(mark.push, mark.commit, mark.checksum, mark.generation, mark.dirty).message() if mark else UNMARKED


def plain(text: str) -> str:
    """Return a message that no template takes for its own: Grafana expands annotations."""
    return text.replace("{{", "{ {")
