"""What the plan needs, read as cheaply as the API allows; every request is a GET."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import TYPE_CHECKING

import orjson

from sync import folders, library
from sync.canonical import checksum
from sync.errors import DashSyncError
from sync.mark import parse
from sync.plan import (
    DRIFTED,
    Base,
    State,
    Step,
    Wanted,
    decide,
    deleted_in_code,
    doubtful,
    forged,
    needs_base,
    owned,
    same_bytes,
    saved_by,
    unmanaged,
)
from sync.substitution import substituted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sync.config import Context
    from sync.files import DashboardFile, Rendered
    from sync.grafana.api import Version
    from sync.grafana.connect import Connection
    from sync.plan import Live

HISTORY = 20
GONE = "gone"
"""Stands for the checksum of what was deleted between two requests: no mark says it."""
SELECT_REMEDY = "It is compared with uids and with folder/name, as in 'phoenix-slo*' or 'Phoenix/SLO/*'."


def select(rendered: Rendered, globs: Sequence[str]) -> dict[str, DashboardFile]:
    """Return the dashboards whose uid or folder/name matches one of the globs; all without globs.

    Raises DashSyncError for a glob that matches none: a typing error must not look like nothing to do.
    """
    files = rendered.dashboards
    if not globs:
        return dict(files)
    found: dict[str, DashboardFile] = {}
    for glob in globs:
        matched = {uid: file for uid, file in files.items() if fnmatchcase(uid, glob) or fnmatchcase(file.place, glob)}
        if not matched:
            raise DashSyncError(f"--select {glob!r} matches no rendered dashboard", remedy=SELECT_REMEDY)
        found |= matched
    return {uid: file for uid, file in files.items() if uid in found}


def digest(file: DashboardFile, context: Context) -> str:
    """Return a checksum of the file's bytes and of what this context puts into them."""
    differs = orjson.dumps([dict(context.datasources), dict(context.variables)], option=orjson.OPT_SORT_KEYS)
    return "sha256:" + sha256(file.content + b"\0" + differs).hexdigest()


def examine_all(
    connection: Connection,
    rendered: Rendered,
    globs: Sequence[str],
    project: str,
    *,
    whole: bool,
    everywhere: bool = False,
    others: bool = False,
    to_write: bool = False,
) -> list[Step]:
    """Return a verdict on the folders that differ, on the library panels, and on the dashboards that are selected.

    With `whole`, also on what is ours in Grafana and in no file; where the API keeps no manager, `everywhere` looks at
    all that there is for it. With `others`, also on what isn't ours. With `to_write`, what is to be created comes
    without a checksum: the write works it out while others are under way.
    """
    files = select(rendered, globs)
    chosen = library.used_by(rendered.library, files) if globs else rendered.library
    needed = [*(file.folder for file in files.values()), *(panel.folder for panel in chosen.values())]
    return [
        *folders.examine(connection, rendered.folders, needed),
        *library.examine(connection, chosen, project, whole=whole and (everywhere or bool(chosen))),
        *examine(connection, files, project, whole=whole, everywhere=everywhere, others=others, to_write=to_write),
    ]


def is_dashboard(step: Step) -> bool:
    """Tell dashboards from folders and library panels, whose steps begin with "folder/" and "library/"."""
    return "/" not in step.uid


def examine(
    connection: Connection,
    files: Mapping[str, DashboardFile],
    project: str,
    *,
    whole: bool,
    everywhere: bool = False,
    others: bool = False,
    to_write: bool = False,
) -> list[Step]:
    """Return a verdict on every file; with `whole`, also on what is ours in Grafana and in no file.

    Where the API keeps no manager, what may be ours is looked for in the folders of the files, and by uids that begin
    with the project's name; with `everywhere`, among all dashboards.
    """
    context, api = connection.context, connection.api
    ours = {file.folder for file in files.values()} - {""}

    def may_be_ours(uid: str, folder: str) -> bool:
        return whole and (everywhere or folder in ours or uid.startswith(f"{project}-"))

    lives = dict(api.lives(files.keys(), beside=may_be_ours))
    believed = [live for live in lives.values() if live.uid in files or (whole and owned(live, project))]
    lives |= proved(connection, believed, project)
    digests = {uid: digest(file, context) for uid, file in files.items()}
    settled: dict[str, Step] = {}
    wanted: dict[str, Wanted] = {}
    for uid, file in files.items():
        live = lives.get(uid)
        if live is not None and live.mark is not None and same_bytes(digests[uid], file.folder, live, project):
            known = Wanted(uid, file.title, file.folder, live.mark.checksum, digests[uid])
            settled[uid] = Step(uid, State.UNCHANGED, "", known, live)
        else:
            form = "" if live is None and to_write else checksum(substituted(file.spec(), context))
            wanted[uid] = Wanted(uid, file.title, file.folder, form, digests[uid])
    asked = [uid for uid, want in wanted.items() if uid in lives and needs_base(want, lives[uid], project)]
    deleted = api.deleted() if any(uid not in lives for uid in wanted) else {}
    histories = dict(connection.workers.map(lambda uid: api.history(uid, limit=HISTORY), asked))
    for uid, want in wanted.items():
        live = named(lives.get(uid), histories.get(uid, []))
        base = base_of(histories.get(uid, []), live)
        settled[uid] = decide(want, live, base, project, deleted=deleted.get(uid))
    steps = _taken_into_the_code(connection, [settled[uid] for uid in files])
    if whole:
        steps += deleted_in_code(files.keys(), lives, project)
    return [*steps, *unmanaged(files.keys(), lives, project)] if whole and others else steps


def _taken_into_the_code(connection: Connection, steps: Sequence[Step]) -> list[Step]:
    """Let what was changed in Grafana be written where the files say the same by now: nothing is lost by it."""
    drifted = [step.uid for step in steps if step.state in DRIFTED]
    contents = dict(connection.workers.map(connection.api.content, drifted))

    def decided(step: Step) -> Step:
        content = contents.get(step.uid)
        if content is None or step.wanted is None or step.live is None or content.folder != step.wanted.folder:
            return step
        if checksum(content.spec) != step.wanted.checksum:
            return step
        return replace(step, state=State.UPDATE, reason=f"the code says what was saved {saved_by(step.live)}")

    return [decided(step) for step in steps]


def proved(connection: Connection, lives: Iterable[Live], project: str) -> dict[str, Live]:
    """Read what is stored under each mark that nothing but its own text says is ours, so that a copy of it shows."""
    doubted = [live for live in lives if doubtful(live, project)]
    found = connection.workers.map(lambda live: connection.api.content(live.uid), doubted)
    return {live.uid: replace(live, stored=checksum(content.spec) if content else GONE) for live, content in found}


def base_of(history: Iterable[Version], live: Live | None = None) -> Base | None:
    """Return what we last pushed: the newest version whose mark is its own, not carried forward by somebody's write.

    The live state's own mark is left out where it is the copy of another's.
    """
    copied = live.generation if live is not None and forged(live) else None
    for version in history:
        mark = parse(version.message)
        if mark is not None and mark.generation == version.number != copied:
            return Base(mark, version.folder)
    return None


def named(live: Live | None, history: Sequence[Version]) -> Live | None:
    """Return the live state with the author's login, which the history knows."""
    if live is None or not history or history[0].number != live.generation:
        return live
    return replace(live, author=history[0].author or live.author)
