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
from sync.plan import DRIFTED, Base, Live, State, Step, Wanted, decide, deleted_in_code, saved_by
from sync.substitution import substituted
from sync.writing import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from sync.config import Context
    from sync.files import DashboardFile, LibraryFile
    from sync.grafana.connect import Connection
    from sync.grafana.http import Http

PREFIX = "library/"
MARK = "dashSync"
PATH = "/api/library-elements"
PAGE = 100
PANEL = 1
FORM = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
PLACED = frozenset({MARK, "libraryPanel", "gridPos", "id"})


def used_by(library: Mapping[str, LibraryFile], files: Mapping[str, DashboardFile]) -> dict[str, LibraryFile]:
    """Return the library panels that dashboards show."""
    return {uid: panel for uid, panel in library.items() if any(shows(file, uid) for file in files.values())}


def shows(file: DashboardFile, uid: str) -> bool:
    """Tell whether a dashboard may show a library panel: its uid stands in the file."""
    return orjson.dumps(uid) in file.content


def examine(
    connection: Connection, library: Mapping[str, LibraryFile], project: str, *, whole: bool = False
) -> list[Step]:
    """Return a verdict on every library panel of the files, from one paged listing.

    With `whole`, also on those that are ours in Grafana and in no file.
    """
    if not (library or whole):
        return []
    present = {element["uid"]: element for element in listing(connection.http)}
    steps = [_decided(panel, present.get(uid), connection.context, project) for uid, panel in library.items()]
    beside = (live_of(element) for uid, element in present.items() if whole and uid not in library)
    return [*steps, *deleted_in_code((), {live.uid: live for live in beside}, project)]


def _decided(panel: LibraryFile, element: Mapping[str, Any] | None, context: Context, project: str) -> Step:
    model = substituted(panel.model(), context)
    wanted = Wanted(PREFIX + panel.uid, panel.name, panel.folder, checksum_of(model, panel.name), _digest(model, panel))
    if element is None:
        return decide(wanted, None, None, project)
    live = live_of(element)
    step = decide(wanted, live, Base(live.mark) if live.mark else None, project)
    if step.state is State.UNMANAGED:
        return replace(step, reason=f"it carries no mark of ours; last saved {saved_by(live)}")
    if step.state in DRIFTED and checksum_of(element["model"], element["name"]) == wanted.checksum:
        return Step(wanted.uid, State.UPDATE, f"the code says what was saved {saved_by(live)}", wanted, live)
    return step


def live_of(element: Mapping[str, Any]) -> Live:
    """Return a library panel as Grafana has it; its mark stands in the model."""
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
        stored=checksum_of(element["model"], element["name"]),
    )


def checksum_of(model: Mapping[str, Any], name: str) -> str:
    """Return the checksum of a panel: that of a dashboard which holds just it, wherever it stands."""
    panel = {key: value for key, value in model.items() if key not in PLACED}
    return checksum({"title": name, "schemaVersion": SCHEMA_VERSION, "panels": [{**panel, "id": 1}]})


def _digest(model: Mapping[str, Any], panel: LibraryFile) -> str:
    return "sha256:" + sha256(orjson.dumps([model, panel.name], option=orjson.OPT_SORT_KEYS)).hexdigest()


def write(connection: Connection, panel: LibraryFile, model: Mapping[str, Any], step: Step, message: str) -> int:
    """Create a library panel, or change it if its version is still the one that was read; returns the version."""
    marked = {**model, MARK: message}
    body: dict[str, Any] = {"name": panel.name, "kind": PANEL, "folderUid": panel.folder, "model": marked}
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
        return _found_written(connection.http, panel.uid, message, error, made=step.live is None)
    return int(answer.body["result"]["version"])


def _found_written(http: Http, uid: str, message: str, error: errors.ServerError, *, made: bool = False) -> int:
    """Return the version of a write whose answer doesn't tell that it is there; raises the error where it isn't.

    Where one was to be `made` and another's is there by now, that is a conflict, whatever status Grafana gave it.
    """
    try:
        found = element(http, uid) or {}
    except errors.ServerError:
        raise error from None
    if (found.get("model") or {}).get(MARK) != message:
        if made and found:
            live = live_of(found)
            what = f"made by {live.author or 'somebody'} at {live.at} while this push ran"
            raise errors.Conflict(what, server=error.server, request=error.request, subject=error.subject) from None
        raise error
    return int(found["version"])


def element(http: Http, uid: str) -> dict[str, Any] | None:
    """Return a library panel as the API gives it, None where there is none."""
    found: dict[str, Any] = http.get(f"{PATH}/{uid}", subject=PREFIX + uid, missing=True) or {}
    return found.get("result")


def delete(connection: Connection, live: Live, keep: Callable[[str, bytes], Path]) -> Outcome:
    """Delete a library panel after a look at its version, once a copy is kept; one that is shown stays.

    `keep(path, content)` keeps a file below the folder of copies and returns its path.
    """
    uid = live.uid.removeprefix(PREFIX)
    found = element(connection.http, uid)
    if found is None:
        return Outcome("deleted", reason="it was gone already")
    now = live_of(found)
    if now.revision != live.revision:
        what = f"saved by {now.author or 'somebody'} at {now.at} while this ran"
        raise errors.Conflict(what, server=connection.http.server, subject=live.uid)
    model = {key: value for key, value in found["model"].items() if key != MARK}
    copy = orjson.dumps({"uid": uid, "name": found["name"], "model": model}, option=FORM)
    kept = keep(f"{uid}.json", copy)
    try:
        connection.http.send("DELETE", f"{PATH}/{uid}", subject=live.uid, allowed={404})
    except errors.Forbidden as error:
        if "connections" not in error.what:
            raise
        raise errors.Refused("dashboards in Grafana still show it", where=live.uid) from None
    return Outcome("deleted", live.generation, f"kept as {kept}")


def listing(http: Http) -> Iterator[dict[str, Any]]:
    """Walk over all library panels of a Grafana."""
    page = 1
    while True:
        found = http.get(f"{PATH}?perPage={PAGE}&page={page}&kind={PANEL}")["result"]["elements"]
        yield from found
        if len(found) < PAGE:
            return
        page += 1
