"""Plain pages for people: what the sandbox holds. No script, no style from elsewhere, every text escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import orjson
from starlette.responses import HTMLResponse
from starlette.routing import Route

from sync.sandbox.objects import DASHBOARDS, FOLDERS, MESSAGE, UPDATED_AT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from sync.sandbox.store import Row, Store

NOT_GRAFANA = "This is dash-sync's sandbox, not Grafana: it keeps dashboards and draws nothing."

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
.notice { border-left: .3rem solid #d97706; padding: .3rem 1rem; }
table { border-collapse: collapse; } th, td { text-align: left; padding: .2rem 1.2rem .2rem 0; }
pre { overflow: auto; padding: 1rem; border: 1px solid #8886; }
"""


def _page(title: str, body: str, status: int = 200) -> Response:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    text = (
        f'<!doctype html><html lang="en"><head>{head}<style>{_STYLE}</style></head><body><main>'
        f'<h1>{escape(title)}</h1><p class="notice" role="note">{escape(NOT_GRAFANA)}</p>{body}</main></body></html>'
    )
    return HTMLResponse(text, status, headers=_HEADERS)


def _table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


async def overview(request: Request) -> Response:
    """Show folders and dashboards with their versions."""
    store: Store = request.app.state.store
    body = _folder(store, "", "Dashboards at the root", depth=2, seen=set())
    return _page("Sandbox", body)


def _folder(store: Store, uid: str, title: str, *, depth: int, seen: set[str]) -> str:
    rows = [
        (
            f'<a href="/d/{row.name}/">{escape(row.title)}</a>',
            escape(row.name),
            str(row.generation),
            escape(_message(row)),
        )
        for row in sorted(store.inside(DASHBOARDS, uid), key=lambda row: row.title.lower())
    ]
    level = min(depth, 6)
    content = _table(("Dashboard", "uid", "version", "message"), rows) if rows else "<p>No dashboards.</p>"
    parts = [f"<h{level}>{escape(title)}</h{level}>{content}"]
    for folder in sorted(store.inside(FOLDERS, uid), key=lambda row: row.title.lower()):
        if folder.name not in seen:
            seen.add(folder.name)
            named = f"Folder {folder.title} ({folder.name}, version {folder.generation})"
            parts.append(_folder(store, folder.name, named, depth=depth + 1, seen=seen))
    return "".join(parts)


def _message(row: Row) -> str:
    message: str = row.read_metadata()["annotations"].get(MESSAGE, "")
    return message


async def dashboard(request: Request) -> Response:
    """Show a dashboard's versions and its JSON."""
    store: Store = request.app.state.store
    row = store.get(DASHBOARDS, request.path_params["uid"])
    if row is None:
        return _page("No such dashboard", '<p><a href="/">All dashboards</a></p>', 404)
    versions = []
    for old in store.history(DASHBOARDS, row.name):
        metadata = old.read_metadata()
        when = metadata["annotations"].get(UPDATED_AT, metadata["creationTimestamp"])
        versions.append((str(old.generation), escape(when), escape(old.title), escape(_message(old))))
    text = orjson.dumps(row.read_spec(), option=orjson.OPT_INDENT_2).decode()
    body = (
        f'<p><a href="/">All dashboards</a></p><h2>Versions</h2>'
        f"{_table(('version', 'saved', 'title', 'message'), versions)}"
        f'<h2>JSON</h2><pre tabindex="0">{escape(text)}</pre>'
    )
    return _page(row.title, body)


routes = [
    Route("/", overview, methods=["GET"]),
    Route("/d/{uid}", dashboard, methods=["GET"]),
    Route("/d/{uid}/{slug:path}", dashboard, methods=["GET"]),
]
