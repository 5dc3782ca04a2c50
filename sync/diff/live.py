"""What a Grafana holds beside what a push would put there, as two sets of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from sync import contexts, planning, session
from sync.diff.filesets import Memory
from sync.files import read
from sync.owned import run as owned
from sync.plan import State
from sync.substitution import substituted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sync.files import DashboardFile, Rendered
    from sync.grafana.api import LiveFolder
    from sync.grafana.connect import Connection
    from sync.options import Common
    from sync.plan import Step


def sides(run: Common, folder: Path, *, kinds: Sequence[str] = ()) -> tuple[Memory, Memory]:
    """Return the dashboards of the context's Grafana, and the rendered ones as the context would have them.

    So are the things of `kinds`, a file each.
    Only those that `status` wouldn't call in step are read and compared; what is neither ours nor in a file is left
    out. Raises what connecting raises.
    """
    config = run.configuration()
    context = session.only(contexts.chosen(config, run.context), config)
    rendered = read(folder)
    connection = session.open_context(context, run)
    files = planning.select(rendered, run.select)
    steps = planning.examine(connection, files, config.project, whole=not run.select)
    differing = [step for step in steps if step.state is not State.UNCHANGED]
    before = _held(connection, differing, rendered)
    after = {files[step.uid].path: _as_pushed(files[step.uid], connection) for step in differing if step.uid in files}
    for found in owned.look(connection, rendered, kinds, config.project, whole=True).examined:
        for step in found.steps:
            uid = step.uid.removeprefix(found.kind.prefix)
            if step.state is State.UNCHANGED:
                continue
            if uid in found.held:
                before |= [found.kind.copy(uid, found.held[uid].content)]
            if uid in found.things:
                after |= [found.kind.copy(uid, found.things[uid].content)]
    return Memory(before, context.name), Memory(after, str(folder), f"{folder}/")


def _as_pushed(file: DashboardFile, connection: Connection) -> bytes:
    """Return a file as it would be sent: its own bytes where the context puts nothing into it."""
    document = orjson.loads(file.content)
    sent = substituted(document, connection.context)
    return file.content if sent == document else orjson.dumps(sent, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)


def _held(connection: Connection, steps: list[Step], rendered: Rendered) -> dict[str, bytes]:
    uids = [step.uid for step in steps if step.live is not None]
    folders = connection.api.folders() if uids else {}
    contents = dict(connection.workers.map(connection.api.content, uids))
    found = {}
    for step in steps:
        content = contents.get(step.uid)
        if step.live is not None and content is not None:
            place = _place(step.live.folder, rendered, folders)
            metadata = {"name": step.uid}
            document = {"apiVersion": "dashboard.grafana.app/v1", "kind": "Dashboard", "metadata": metadata}
            found[f"dashboards/{place}{step.uid}.json"] = orjson.dumps(document | {"spec": content.spec})
    return found


def _place(uid: str, rendered: Rendered, folders: Mapping[str, LiveFolder]) -> str:
    """Return a folder's path with a slash, by the directory that is it, else by its title; "" for the root."""
    known = rendered.folders.get(uid)
    name = known.path if known is not None else folders[uid].title if uid in folders else uid
    return f"{name}/" if name else ""
