"""The pages: the list of dashboards, a dashboard, a panel, a dashboard as text, the differences."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse
from starlette.routing import Route

from sync.diff import page as difference_page
from sync.diff import read
from sync.diff.sentences import counts, gist
from sync.errors import DashSyncError
from sync.preview.colours import DARK
from sync.serve import listing
from sync.serve.board import items
from sync.serve.reading import reading
from sync.serve.site import Site, look, of, theme

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from sync.diff.change import Item
    from sync.serve.changes import Compared
    from sync.serve.reading import Reading
    from sync.serve.scene import Scene
    from sync.serve.shelf import Entry, Snapshot

RANGES = {
    "": "The dashboard's range", "now-15m": "Last 15 minutes", "now-1h": "Last hour", "now-6h": "Last 6 hours",
    "now-24h": "Last 24 hours", "now-7d": "Last 7 days", "now-30d": "Last 30 days",
}  # fmt: skip


def _answer(
    request: Request, template: str, *, status: int = 200, watch: tuple[str, ...] = ("",), **more: Any
) -> Response:
    """Return a page; `watch` are the beginnings of the paths whose change makes it another."""
    site = of(request)
    shown = site.templates.get_template(template).render(
        theme=theme(request),
        path=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        version=look(request).version,
        watch=watch,
        **more,
    )
    return HTMLResponse(shown, status)


def browse(request: Request) -> Response:
    """Show the folders and what is in them, or what a search finds."""
    site = of(request)
    snapshot = look(request)
    wanted = request.query_params.get("q", "")[:200]
    compared = site.changes.against_base(snapshot.version) if site.changes.base else None
    found = listing.listed(site, snapshot, wanted, compared)
    return _answer(
        request, "browse.html", page="browse", query=wanted, found=found, total=len(snapshot.entries),
        troubles=snapshot.troubles,
    )  # fmt: skip


def dashboard(request: Request) -> Response:
    """Show a dashboard: its panels where they stand, drawn as they come into view."""
    site = of(request)
    entry, scene, snapshot = _scene(request)
    compared = site.changes.against_base(snapshot.version) if site.changes.base else None
    return _answer(
        request, "dashboard.html", watch=_watched(entry), page="dashboard", entry=entry, scene=scene,
        items=items(scene.page), asked=_asked(request, mark=scene.mark), ranges=RANGES,
        begin=request.query_params.get("from", ""), variables=site.studio.variables(scene),
        changed=compared.changed.get(entry.uid or entry.file) if compared else None,
    )  # fmt: skip


def panel(request: Request) -> Response:
    """Show one panel large, its queries, and its values as tables."""
    entry, scene, _ = _scene(request)
    index = _index(request, scene)
    return _answer(
        request, "panel.html", watch=_watched(entry), page="panel", entry=entry, scene=scene, index=index,
        read=_reading(scene, index), asked=_asked(request, mark=scene.mark), kept=_asked(request),
    )  # fmt: skip


def as_text(request: Request) -> Response:
    """Show a dashboard without pictures: every panel's words and values."""
    entry, scene, _ = _scene(request)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda index: _reading(scene, index), range(len(scene.page.panels))))
    return _answer(
        request, "text.html", watch=_watched(entry), page="text", entry=entry, scene=scene,
        items=items(scene.page), readings=found, kept=_asked(request),
    )  # fmt: skip


def changes(request: Request) -> Response:
    """Show what the files change against the revision."""
    site = of(request)
    if not site.changes.base:
        raise HTTPException(404)
    compared = site.changes.against_base(look(request).version)
    return _difference(request, compared, page="changes", title=f"Changes since {site.changes.base}")


def live(request: Request) -> Response:
    """Show what a push would change in Grafana."""
    site = of(request)
    if not site.changes.live:
        raise HTTPException(404)
    compared = site.changes.against_live(look(request).version, again=True)
    return _difference(request, compared, page="live", title=f"Compared with {site.grafana}")


def _difference(request: Request, compared: Compared, *, page: str, title: str) -> Response:
    found = compared.difference
    names = {entry.uid or entry.file: entry.name for entry in look(request).entries.values()}

    def address(item: Item) -> str:
        name = names.get(item.after.uid or item.after.file) if item.after else None
        return f"/d/{quote(name, safe='')}" if name else ""

    return _answer(
        request, "difference.html", page=page, title=title, compared=compared,
        counts=counts(found) if found else "", gist=gist,
        # It escapes what it is made of, as a page of its own does.
        content=Markup(difference_page.content(found, address=address)) if found else "",  # noqa: S704
    )  # fmt: skip


def problem(request: Request, error: Exception) -> Response:
    """Show what is wrong, and what to do about it."""
    status, said, remedy = 404, "There is no such page", ""
    if isinstance(error, HTTPException):
        status = error.status_code
        said = error.detail if error.detail not in {"Not Found", ""} else said
    elif isinstance(error, DashSyncError):
        status, said, remedy = 400, str(error), error.remedy
    return _answer(
        request, "problem.html", status=status, page="problem", said=said, remedy=remedy,
        troubles=look(request).troubles,
    )  # fmt: skip


def _scene(request: Request) -> tuple[Entry, Scene, Snapshot]:
    """Return the dashboard that an address names; HTTPException where there is none by now."""
    site = of(request)
    snapshot = look(request)
    name = request.path_params["name"]
    entry = snapshot.entries.get(name)
    if entry is None:
        raise HTTPException(404, f"There is no dashboard “{name[:100]}”, or its file can't be read")
    return entry, scene_of(site, entry, snapshot, request), snapshot


def scene_of(site: Site, entry: Entry, snapshot: Snapshot, request: Request) -> Scene:
    """Return a dashboard with the data of the range that an address asks for."""
    asked = request.query_params
    try:
        return site.studio.scene(entry, snapshot, begin=asked.get("from") or None, end=asked.get("to") or None)
    except (OSError, read.UnreadableError, read.NoDashboardError) as error:
        raise HTTPException(404, f"{entry.file} was changed just now and can't be read: {error}") from None


def _index(request: Request, scene: Scene) -> int:
    index: int = request.path_params["index"]
    if index >= len(scene.page.panels):
        raise HTTPException(404, "There is no such panel on this dashboard any more")
    return index


def _reading(scene: Scene, index: int) -> Reading:
    return reading(scene.ready(index, DARK))


def _watched(entry: Entry) -> tuple[str, ...]:
    """Return what a dashboard's page depends on: its file, the catalogue and the rules that samples are made after."""
    return entry.file, "catalogue.json", "rules/"


def _asked(request: Request, *, mark: str = "") -> str:
    """Return the query of addresses that go on from a page: its range, and which state of the data is meant."""
    kept = {name: request.query_params[name] for name in ("from", "to") if request.query_params.get(name)}
    return urlencode(kept | ({"v": mark} if mark else {}))


routes = [
    Route("/", browse),
    Route("/d/{name}", dashboard),
    Route("/d/{name}/text", as_text),
    Route("/d/{name}/{index:int}", panel),
    Route("/changes", changes),
    Route("/live", live),
]
