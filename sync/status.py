"""Plan and status: what a push would do, and how files and Grafana stand to each other. Both only read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync import planfile, session
from sync.errors import Changes
from sync.files import read
from sync.owned import run as owned
from sync.plan import DRIFTED, State, counts
from sync.planfile import pinned
from sync.planning import examine_all
from sync.report import Report

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sync.config import Config, Context
    from sync.files import Rendered
    from sync.grafana.connect import Connection
    from sync.options import Common
    from sync.plan import Step
    from sync.planfile import Pins

SHOWN = 20
"""How many dashboards that aren't ours a text lists."""
WORDS = {
    State.CREATE: "missing",
    State.UPDATE: "changed in code",
    State.MOVE: "moved in code",
    State.UNCHANGED: "in step",
}


def status(
    config: Config, contexts: list[Context], directory: Path, run: Common, *, kinds: Sequence[str] = ()
) -> Report:
    """Return how every dashboard stands, and the things of the kinds that are asked for."""
    rendered = read(directory)

    def one(context: Context) -> Report:
        connection, steps = _examined(config, context, rendered, run, kinds, others=True)
        return _shown("status", connection, rendered, steps, run)

    return session.each(contexts, one)


def plan(
    config: Config,
    contexts: list[Context],
    directory: Path,
    run: Common,
    *,
    out: Path | None = None,
    prune: bool = False,
    kinds: Sequence[str] = (),
) -> Report:
    """Return what a push would do with every dashboard, and with the things of these kinds.

    With `out`, pin it in a file, unless a context failed.
    """
    rendered = read(directory)
    pins: list[Pins] = []

    def one(context: Context) -> Report:
        connection, steps = _examined(config, context, rendered, run, kinds, everywhere=prune)
        pins.append(pinned(context, connection.api.name, config.project, steps, prune=prune))
        return _shown("plan", connection, rendered, steps, run)

    try:
        return session.each(contexts, one)
    finally:
        if out is not None and len(pins) == len(contexts):
            planfile.write(out, pins)


def _examined(
    config: Config, context: Context, rendered: Rendered, run: Common, kinds: Sequence[str], **reach: bool
) -> tuple[Connection, Sequence[Step]]:
    connection = session.open_context(context, run)
    steps = examine_all(connection, rendered, run.select, config.project, whole=not run.select, **reach)
    return connection, [*steps, *owned.look(connection, rendered, kinds, config.project, whole=True).steps]


def _shown(kind: str, connection: Connection, rendered: Rendered, steps: Sequence[Step], run: Common) -> Report:
    words = {state: WORDS.get(state, state.value) if kind == "status" else state.value for state in State}
    summary = {words[State(name)]: number for name, number in counts(steps).items()}
    name = connection.context.name
    beside = [step for step in steps if _is_beside(step)]
    hidden = beside[SHOWN:] if run.format == "text" else []
    if hidden:
        run.note(f"note: {len(hidden)} more dashboards that aren't ours; --format json lists them")
    hidden_uids = {step.uid for step in hidden}
    rows = [_row(step, words[step.state], rendered) for step in steps if step.uid not in hidden_uids]
    if kind == "status" and any(step.state in DRIFTED for step in steps):
        run.note(
            "note: `dash-sync diff --live` shows what was changed in Grafana, `dash-sync pull` takes it into files"
        )
    report = Report(kind, {**summary, "context": name, "api": connection.api.name}, rows)
    if run.exit_code and _changes(steps):
        raise Changes(f"{_changes(steps)} not in step", where=name, report=report)
    return report


def _is_beside(step: Step) -> bool:
    """Tell what no file holds and isn't ours: it is listed, and nothing is out of step because of it."""
    return step.wanted is None and step.state in {State.UNMANAGED, State.ANOTHERS}


def _changes(steps: Sequence[Step]) -> int:
    return sum(step.state is not State.UNCHANGED and not _is_beside(step) for step in steps)


def _row(step: Step, word: str, rendered: Rendered) -> dict[str, object]:
    live = step.live
    folder = step.wanted.folder if step.wanted else live.folder if live else ""
    known = rendered.folders.get(folder)
    return {
        "state": word,
        "uid": step.uid,
        "folder": known.path if known else folder or "General",
        "version": (live.generation or None) if live else None,
        "reason": step.reason,
    }
