"""Library panels: pushed before the dashboards that show them, by the one API that both kinds of server have.

Grafana keeps neither message nor annotations of a library panel, but all of its model, so our mark stands there under a
key of its own. A save in the UI drops it or raises the version; either shows that somebody has changed the panel.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson

from sync import errors
from sync.canonical import checksum
from sync.migration import SCHEMA_VERSION
from sync.plan import DRIFTED, Base, Live, State, Step, Wanted, decide, saved_by
from sync.substitution import substituted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sync.config import Context
    from sync.files import DashboardFile, LibraryFile
    from sync.grafana.connect import Connection
    from sync.grafana.http import Http

PREFIX = "library/"
MARK = "dashSync"
PATH = "/api/library-elements"
PAGE = 100
PANEL = 1
PLACED = frozenset({MARK, "libraryPanel", "gridPos", "id"})


def used_by(library: Mapping[str, LibraryFile], files: Mapping[str, DashboardFile]) -> dict[str, LibraryFile]:
    """Return the library panels that dashboards show."""
    return {uid: panel for uid, panel in library.items() if any(shows(file, uid) for file in files.values())}


def shows(file: DashboardFile, uid: str) -> bool:
    """Tell whether a dashboard may show a library panel: its uid stands in the file."""
    return orjson.dumps(uid) in file.content


def examine(connection: Connection, library: Mapping[str, LibraryFile], project: str) -> list[Step]:
    """Return a verdict on every library panel of the files, from one paged listing."""
    if not library:
        return []
    present = {element["uid"]: element for element in _listing(connection.http)}
    return [_decided(panel, present.get(uid), connection.context, project) for uid, panel in library.items()]


def _decided(panel: LibraryFile, element: Mapping[str, Any] | None, context: Context, project: str) -> Step:
    model = substituted(panel.model(), context)
    wanted = Wanted(PREFIX + panel.uid, panel.name, panel.folder, _checksum(model, panel.name), _digest(model, panel))
    if element is None:
        return decide(wanted, None, None, project)
    live = _live(element)
    step = decide(wanted, live, Base(live.mark) if live.mark else None, project)
    if step.state is State.UNMANAGED:
        return replace(step, reason=f"it carries no mark of ours; last saved {saved_by(live)}")
    if step.state in DRIFTED and _checksum(element["model"], element["name"]) == wanted.checksum:
        return Step(wanted.uid, State.UPDATE, f"the code says what was saved {saved_by(live)}", wanted, live)
    return step


def _live(element: Mapping[str, Any]) -> Live:
    meta = element.get("meta") or {}
    return Live(
        uid=PREFIX + element["uid"],
        folder=element.get("folderUid") or meta.get("folderUid", ""),
        generation=element["version"],
        revision=str(element["version"]),
        message=str(element["model"].get(MARK, "")),
        title=element["name"],
        author=(meta.get("updatedBy") or {}).get("name", ""),
        at=meta.get("updated", ""),
        stored=_checksum(element["model"], element["name"]),
    )


def _checksum(model: Mapping[str, Any], name: str) -> str:
    """Return the checksum of a panel: that of a dashboard which holds just it, wherever it stands."""
    panel = {key: value for key, value in model.items() if key not in PLACED}
    return checksum({"title": name, "schemaVersion": SCHEMA_VERSION, "panels": [{**panel, "id": 1}]})


def _digest(model: Mapping[str, Any], panel: LibraryFile) -> str:
    return "sha256:" + sha256(orjson.dumps([model, panel.name], option=orjson.OPT_SORT_KEYS)).hexdigest()


def write(connection: Connection, panel: LibraryFile, step: Step, message: str) -> int:
    """Create a library panel, or change it if its version is still the one that was read; returns the version."""
    model = {**substituted(panel.model(), connection.context), MARK: message}
    body: dict[str, Any] = {"name": panel.name, "kind": PANEL, "folderUid": panel.folder, "model": model}
    try:
        if step.live is None:
            answer = connection.http.send("POST", PATH, body={**body, "uid": panel.uid}, subject=step.uid)
        else:
            body["version"] = int(step.live.revision)
            answer = connection.http.send("PATCH", f"{PATH}/{panel.uid}", body=body, subject=step.uid)
    except (errors.Unreachable, errors.TimedOut, errors.BrokenAnswer, errors.NotGrafana, errors.Failing) as error:
        return _found_written(connection.http, panel.uid, message, error)
    except (errors.Conflict, errors.Rejected) as error:
        # An answer that was lost, and a repeated request: then it is there already, and it is ours.
        return _found_written(connection.http, panel.uid, message, error)
    return int(answer.body["result"]["version"])


def _found_written(http: Http, uid: str, message: str, error: errors.ServerError) -> int:
    try:
        found = http.get(f"{PATH}/{uid}", subject=PREFIX + uid, missing=True)
    except errors.ServerError:
        raise error from None
    element = (found or {}).get("result") or {}
    if (element.get("model") or {}).get(MARK) != message:
        raise error
    return int(element["version"])


def _listing(http: Http) -> Iterator[dict[str, Any]]:
    page = 1
    while True:
        found = http.get(f"{PATH}?perPage={PAGE}&page={page}&kind={PANEL}")["result"]["elements"]
        yield from found
        if len(found) < PAGE:
            return
        page += 1
