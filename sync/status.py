"""Plan and status: what a push would do, and how files and Grafana stand to each other. Both only read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync import session
from sync.errors import Changes
from sync.files import read
from sync.plan import State, counts
from sync.planning import examine, select
from sync.report import Report, counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sync.config import Config, Context
    from sync.files import Rendered
    from sync.options import Common
    from sync.plan import Step

WORDS = {
    State.CREATE: "missing",
    State.UPDATE: "changed in code",
    State.MOVE: "moved in code",
    State.UNCHANGED: "in step",
}


def status(config: Config, contexts: list[Context], directory: Path, run: Common) -> Report:
    """Return how every dashboard stands."""
    rendered = read(directory)
    return session.each(contexts, lambda context: _examined("status", config, context, rendered, run))


def plan(config: Config, contexts: list[Context], directory: Path, run: Common) -> Report:
    """Return what a push would do with every dashboard."""
    rendered = read(directory)
    return session.each(contexts, lambda context: _examined("plan", config, context, rendered, run))


def _examined(kind: str, config: Config, context: Context, rendered: Rendered, run: Common) -> Report:
    words = {state: WORDS.get(state, state.value) if kind == "status" else state.value for state in State}
    connection = session.open_context(context, run)
    steps = examine(connection, select(rendered, run.select), config.project, whole=not run.select)
    summary = {words[State(name)]: number for name, number in counts(steps).items()}
    rows = [_row(step, words[step.state]) for step in steps]
    report = Report(kind, {**summary, "context": context.name, "api": connection.api.name}, rows)
    if run.exit_code and _changes(steps):
        raise Changes(f"{counted(_changes(steps), 'dashboard')} not in step", where=context.name, report=report)
    return report


def _changes(steps: Sequence[Step]) -> int:
    return sum(step.state is not State.UNCHANGED for step in steps)


def _row(step: Step, word: str) -> dict[str, object]:
    live = step.live
    return {
        "state": word,
        "uid": step.uid,
        "folder": (step.wanted.folder if step.wanted else live.folder if live else "") or "General",
        "version": live.generation if live else None,
        "reason": step.reason,
    }
