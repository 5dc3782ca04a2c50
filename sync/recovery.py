"""A dashboard's earlier content: from Grafana's history; where that has forgotten it, from git by the mark's commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from sync import git, identity
from sync.canonical import checksum
from sync.errors import GitError, Refused
from sync.grafana.api import Content
from sync.mark import parse
from sync.substitution import substituted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sync.grafana.api import Version
    from sync.grafana.connect import Connection
    from sync.mark import Mark


def content_of(
    connection: Connection, uid: str, number: int, history: Sequence[Version], directory: Path
) -> tuple[Content, Mark | None, str]:
    """Return a version's content, the mark that it was pushed with (None: by hand), and where it was found.

    Raises Refused where neither Grafana nor git has it, with the reason.
    """
    mark = mark_of(number, history)
    content = connection.api.version_content(uid, number)
    if content is not None:
        return content, mark, ""
    forgotten = f"Grafana has forgotten version {number}"
    oldest = min((version.number for version in history), default=0)
    if oldest:
        forgotten += f" (the oldest that it keeps is {oldest})"
    if mark is None:
        raise Refused(f"{forgotten}, and no mark tells from which commit it was pushed")
    reason = _not_recoverable(mark)
    if reason:
        raise Refused(f"{forgotten}, and {reason}")
    try:
        found = _from_git(uid, mark, directory)
    except GitError as error:
        if git.is_shallow(directory):
            what = f"this clone is shallow and lacks commit {mark.commit}"
            raise Refused(f"{forgotten}, and {what}", remedy="Fetch it: `git fetch --unshallow`.") from None
        raise Refused(f"{forgotten}, and git doesn't have it: {error.what}", remedy=error.remedy) from None
    if found is None:
        raise Refused(f"{forgotten}, and commit {mark.commit} holds no dashboard {uid} in {directory.name}/")
    spec = substituted(found.spec, connection.context)
    if checksum(spec) != mark.checksum:
        what = f"the file of commit {mark.commit} is not what was pushed then: the context put in something else"
        raise Refused(f"{forgotten}, and {what}")
    return Content(uid, spec, found.version, found.folder), mark, f"from commit {mark.commit}"


def mark_of(number: int, history: Sequence[Version]) -> Mark | None:
    """Return the mark of a version: its own, or the one that a later write by hand carried forward."""
    marks = (parse(version.message) for version in history)
    return next((mark for mark in marks if mark is not None and mark.generation == number), None)


def _not_recoverable(mark: Mark) -> str:
    if mark.dirty:
        return f"git can't have it: it was pushed from files that were not committed (after {mark.commit})"
    return "" if mark.recoverable else "git can't have it: it was pushed from outside of a repository"


def _from_git(uid: str, mark: Mark, directory: Path) -> Content | None:
    """Return the dashboard as the commit's files hold it; raises GitError where the clone lacks the commit."""
    from sync.diff.revision import revision

    files = revision(mark.commit, directory)
    paths = [path for path in files.sizes if path.startswith("dashboards/") and path.endswith(".json")]
    quoted = orjson.dumps(uid)
    for content in files.read(paths).values():
        if quoted not in content:
            continue
        document: dict[str, Any] = orjson.loads(content)
        if identity.name_of(document) == uid:
            version = str(document.get("apiVersion", "/v1")).partition("/")[2]
            return Content(uid, identity.spec_of(document), version)
    return None
