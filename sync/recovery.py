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
    kept = f"`dash-sync history {uid}` lists those that it keeps."
    if mark is None:
        raise Refused(f"{forgotten}, and no mark tells from which commit it was pushed", remedy=kept)
    reason = _not_recoverable(mark)
    if reason:
        raise Refused(f"{forgotten}, and {reason}", remedy=kept)
    document = _from_git("dashboards/", uid, mark.commit, directory, lost=forgotten)
    version = str(document.get("apiVersion", "/v1")).partition("/")[2]
    spec = substituted(identity.spec_of(document), connection.context)
    if checksum(spec) != mark.checksum:
        raise Refused(f"{forgotten}, and {otherwise(mark.commit)}")
    return Content(uid, spec, version), mark, f"from commit {mark.commit}"


def library_panel(uid: str, commit: str, directory: Path, *, lost: str) -> dict[str, Any]:
    """Return `{uid, name, model}` as a commit's files hold it; raises Refused, `lost` and why git doesn't help."""
    return _from_git("library/", uid, commit, directory, lost=lost)


def otherwise(commit: str) -> str:
    """Say that a commit's file has another checksum than the mark."""
    return f"the file of commit {commit} is not what was pushed then: the context put in something else"


def mark_of(number: int, history: Sequence[Version]) -> Mark | None:
    """Return the mark of a version: its own, or the one that a later write by hand carried forward."""
    marks = (parse(version.message) for version in history)
    return next((mark for mark in marks if mark is not None and mark.generation == number), None)


def _not_recoverable(mark: Mark) -> str:
    if mark.dirty:
        return f"git can't have it: it was pushed from files that were not committed (after {mark.commit})"
    return "" if mark.recoverable else "git can't have it: it was pushed from outside of a repository"


def _from_git(below: str, uid: str, commit: str, directory: Path, *, lost: str) -> dict[str, Any]:
    """Return the document with a uid as the commit's files hold it; raises Refused where there is none."""
    from sync.diff.revision import revision

    try:
        files = revision(commit, directory)
        paths = [path for path in files.sizes if path.startswith(below) and path.endswith(".json")]
        contents = files.read(paths).values()
    except GitError as error:
        if git.is_shallow(directory):
            what = f"this clone is shallow and lacks commit {commit}"
            raise Refused(f"{lost}, and {what}", remedy="Fetch it: `git fetch --unshallow`.") from None
        raise Refused(f"{lost}, and git doesn't have it: {error.what}", remedy=error.remedy) from None
    quoted = orjson.dumps(uid)
    for content in contents:
        document: dict[str, Any] = orjson.loads(content) if quoted in content else {}
        if document and identity.name_of(document) == uid:
            return document
    what = "dashboard" if below == "dashboards/" else "library panel"
    raise Refused(f"{lost}, and commit {commit} holds no {what} {uid} in {directory.name}/")
