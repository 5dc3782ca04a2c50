"""What pages load: pictures, the places of panels, style, script, and the events that say that files changed."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from sync.diff import read
from sync.preview.colours import THEMES as DRAWN
from sync.serve.board import stylesheet
from sync.serve.pages import scene_of
from sync.serve.site import THEME_COOKIE, THEMES, look, of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from sync.serve.scene import Scene
    from sync.serve.shelf import Stamps
    from sync.serve.site import Site

ASSETS = {"style.css": "text/css", "script.js": "text/javascript", "icon.svg": "image/svg+xml"}
SIZES = ("wide", "narrow", "large")
_TICK_SECONDS = 0.25
_MOST_NAMED = 50
_LONGEST_FORM = 8192
_YEAR = "private, max-age=31536000, immutable"


def _scene(request: Request) -> tuple[Scene, bool]:
    """Return the scene that a page was made of, or else its present state, and whether it is the one asked for."""
    site = of(request)
    mark = request.query_params.get("v", "")
    snapshot = look(request)
    entry = snapshot.entries.get(request.path_params["name"])
    known = site.studio.known(mark)
    if known is not None and (entry is None or known.entry.file == entry.file):
        return known, True
    if entry is None:
        raise HTTPException(404)
    found = scene_of(site, entry, snapshot, request)
    return found, found.mark == mark


def picture(request: Request) -> Response:
    """Answer with a panel as SVG."""
    theme, _, size = request.path_params["form"].partition("-")
    scene, exact = _scene(request)
    index = request.path_params["index"]
    if theme not in DRAWN or size not in SIZES or index >= len(scene.page.panels):
        raise HTTPException(404)
    drawn = of(request).studio.picture(scene, index, theme=theme, size=size)
    return _svg(drawn, kept=exact)


def difference(request: Request) -> Response:
    """Answer with a dashboard before and after as one SVG."""
    site, theme = of(request), request.path_params["form"]
    against = request.path_params["against"]
    version = look(request).version
    if against == "changes" and site.changes.base:
        compared = site.changes.against_base(version)
    elif against == "live" and site.changes.live:
        compared = site.changes.against_live(version, again=False)
    else:
        raise HTTPException(404)
    item = compared.changed.get(request.query_params.get("of", ""))
    if item is None or theme not in DRAWN:
        raise HTTPException(404)
    try:
        sides = compared.pictured(item)
    except (read.UnreadableError, read.NoDashboardError) as error:
        raise HTTPException(404, error.what) from None
    mark = f"{compared.mark} {item.side.uid or item.side.file}"
    drawn = site.studio.before_and_after(sides, theme=theme, mark=mark)
    if drawn is None:
        raise HTTPException(404, "No panel of it changed")
    return _svg(drawn, kept=request.query_params.get("v") == compared.mark)


def _svg(drawn: str, *, kept: bool) -> Response:
    return Response(drawn, media_type="image/svg+xml", headers={"Cache-Control": _YEAR if kept else "no-store"})


def places(request: Request) -> Response:
    """Answer with the stylesheet that puts a dashboard's panels where they stand."""
    scene, exact = _scene(request)
    headers = {"Cache-Control": _YEAR if exact else "no-store"}
    return Response(stylesheet(scene.page), media_type="text/css", headers=headers)


@cache
def _asset(name: str) -> bytes:
    return resources.files("sync.serve").joinpath("assets", name).read_bytes()


def asset(request: Request) -> Response:
    """Answer with style, script or icon: names of a list, no paths."""
    name = request.path_params["name"]
    if name not in ASSETS:
        raise HTTPException(404)
    return Response(_asset(name), media_type=ASSETS[name], headers={"Cache-Control": "no-cache"})


async def choose_theme(request: Request) -> Response:
    """Keep the theme that a reader chose, and go back to the page."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_FORM:
            raise HTTPException(413)
    form = dict(parse_qsl(body.decode(errors="replace")))
    chosen, back = form.get("theme", ""), urlsplit(form.get("back", ""))
    # Only a path of ours: never another server, however it is written.
    path = "/" + back.path.lstrip("/\\") + (f"?{back.query}" if back.query else "")
    answer = RedirectResponse(path, 303)
    if chosen in THEMES:
        answer.set_cookie(THEME_COOKIE, chosen, max_age=31_536_000, samesite="strict", httponly=True)
    return answer


async def events(request: Request) -> Response:
    """Stream what changes: the first event says which version is served, each later one which files are others."""
    return StreamingResponse(_events(of(request)), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _events(site: Site) -> AsyncIterator[str]:
    known = await run_in_threadpool(site.shelf.look)
    yield _event(known.version, [])
    while not site.stopping:
        await asyncio.sleep(_TICK_SECONDS)
        now = await run_in_threadpool(site.shelf.look)
        if now.version != known.version:
            yield _event(now.version, _changed(known.stamps, now.stamps))
            known = now


def _changed(before: Stamps, after: Stamps) -> list[str]:
    return sorted(file for file in before.keys() | after.keys() if before.get(file) != after.get(file))


def _event(version: str, files: list[str]) -> str:
    data = {"version": version, "files": files[:_MOST_NAMED], "all": len(files) > _MOST_NAMED}
    return f"data: {json.dumps(data)}\n\n"


routes = [
    Route("/d/{name}/places.css", places),
    Route("/d/{name}/{index:int}/{form}.svg", picture),
    Route("/difference/{against}/{form}.svg", difference),
    Route("/assets/{name}", asset),
    Route("/theme", choose_theme, methods=["POST"]),
    Route("/events", events),
]
