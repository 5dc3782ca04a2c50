"""History: a dashboard's versions with author, time, message and commit; without a uid, the pushes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sync import session
from sync.errors import NotFound
from sync.files import Rendered, read
from sync.mark import parse
from sync.owned.back import prefixed
from sync.owned.run import marked
from sync.plan import owned
from sync.report import Report, counted

if TYPE_CHECKING:
    from pathlib import Path

    from sync.config import Config, Context
    from sync.grafana.api import Version
    from sync.grafana.connect import Connection
    from sync.mark import Mark
    from sync.options import Common
    from sync.owned.kind import Held

LIMIT = 100


def versions(context: Context, uid: str, run: Common) -> Report:
    """Return the versions of one dashboard, the newest first."""
    connection = session.open_context(context, run)
    if prefixed(uid):
        return _thing(connection, uid)
    found = connection.api.history(uid, limit=LIMIT)
    if not found:
        raise NotFound("there is no such dashboard", server=connection.http.server, subject=uid)
    return Report(
        "history", {"versions": len(found), "uid": uid, "context": context.name}, [_row(version) for version in found]
    )


def pushes(config: Config, context: Context, directory: Path, run: Common) -> Report:
    """Return the pushes that the newest version of each dashboard, or its history, still tells of; the newest first."""
    connection = session.open_context(context, run)
    rendered = read(directory)
    lives = connection.api.lives(rendered.dashboards.keys())
    uids = [uid for uid, live in lives.items() if uid in rendered.dashboards or owned(live, config.project)]
    found: dict[str, dict[str, Any]] = {}
    for uid, history in connection.workers.map(lambda uid: connection.api.history(uid, limit=LIMIT), uids):
        for version in history:
            mark = parse(version.message)
            if mark is None or mark.generation != version.number:
                continue
            row = found.setdefault(
                mark.push,
                {
                    "push": mark.push,
                    "at": version.at,
                    "author": version.author,
                    "commit": _commit(version),
                    "dashboards": 0,
                    "others": 0,
                    "message": mark.text,
                    "uids": [],
                },
            )
            row["dashboards"] += 1
            row["uids"].append(uid)
    for uid, one in marked(connection, rendered, config.project).items():
        for mark, at in told(one):
            row = found.setdefault(mark.push, _begun(mark, at))
            row["others"] += 1
            row["uids"].append(uid)
    rows = [{**row, "uids": sorted(row["uids"])} for _, row in sorted(found.items(), reverse=True)]
    if run.format == "text":
        rows = [_line(row) for row in rows]
    return Report("history", {"pushes": len(rows), "project": config.project, "context": context.name}, rows)


def _line(row: dict[str, Any]) -> dict[str, Any]:
    """Return a push as a line for people: what is counted said with the number, no uids."""
    others = f"and {counted(row['others'], 'other')}" if row["others"] else ""
    told = {"dashboards": counted(row["dashboards"], "dashboard"), "others": others}
    return {name: told.get(name, value) for name, value in row.items() if name != "uids"}


def _thing(connection: Connection, uid: str) -> Report:
    """Return what the marks of an alert rule or a data source tell: its last push, and the one before."""
    one = marked(connection, Rendered(), "").get(uid)
    if one is None:
        raise NotFound("there is no such thing of ours", server=connection.http.server, subject=uid)
    rows = [
        {"version": mark.generation, "at": at, "push": mark.push, "commit": _said(mark), "message": mark.text}
        for mark, at in told(one)
    ]
    return Report("history", {"versions": len(rows), "uid": uid, "context": connection.context.name}, rows)


def told(one: Held) -> list[tuple[Mark, str]]:
    """Return the pushes that a thing tells of, with the time where it tells that too."""
    return [(mark, at) for mark, at in ((one.mark, one.at), (parse(one.before), "")) if mark is not None]


def _begun(mark: Mark, at: str) -> dict[str, Any]:
    facts = {"push": mark.push, "at": at, "author": "", "commit": _said(mark)}
    return {**facts, "dashboards": 0, "others": 0, "message": mark.text, "uids": []}


def _row(version: Version) -> dict[str, Any]:
    mark = parse(version.message)
    own = mark is not None and mark.generation == version.number
    return {
        "version": version.number,
        "at": version.at,
        "author": version.author,
        "push": mark.push if mark and own else "",
        "commit": _commit(version) if own else "",
        "message": (mark.text if own else f"carried forward from version {mark.generation}")
        if mark
        else version.message,
    }


def _commit(version: Version) -> str:
    mark = parse(version.message)
    return _said(mark) if mark else ""


def _said(mark: Mark) -> str:
    return mark.commit if mark.recoverable else f"{mark.commit}+dirty (not in git)" if mark.dirty else "not in git"
