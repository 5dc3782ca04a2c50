"""History: a dashboard's versions with author, time, message and commit; without a uid, the pushes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sync import session
from sync.errors import NotFound
from sync.files import read
from sync.mark import parse
from sync.report import Report

if TYPE_CHECKING:
    from pathlib import Path

    from sync.config import Config, Context
    from sync.grafana.api import Version
    from sync.options import Common

LIMIT = 100


def versions(context: Context, uid: str, run: Common) -> Report:
    """Return the versions of one dashboard, the newest first."""
    connection = session.open_context(context, run)
    found = connection.api.history(uid, limit=LIMIT)
    if not found:
        raise NotFound("there is no such dashboard", server=connection.http.server, subject=uid)
    return Report(
        "history", {"versions": len(found), "uid": uid, "context": context.name}, [_row(version) for version in found]
    )


def pushes(config: Config, context: Context, directory: Path, run: Common) -> Report:
    """Return the pushes that the newest version of each dashboard, or its history, still tells of; the newest first."""
    connection = session.open_context(context, run)
    uids = list(read(directory).dashboards)
    uids = [uid for uid in uids if uid in connection.api.lives(uids)]
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
                    "message": mark.text,
                    "uids": [],
                },
            )
            row["dashboards"] += 1
            row["uids"].append(uid)
    rows = [{**row, "uids": sorted(row["uids"])} for _, row in sorted(found.items(), reverse=True)]
    if run.format == "text":
        rows = [{name: value for name, value in row.items() if name != "uids"} for row in rows]
    return Report("history", {"pushes": len(rows), "project": config.project, "context": context.name}, rows)


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
    if mark is None:
        return ""
    return mark.commit if mark.recoverable else f"{mark.commit}+dirty (not in git)" if mark.dirty else "not in git"
