"""`dash-sync serve`: what the command line asks for, from the first look at the files to Ctrl-C."""

from __future__ import annotations

import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from sync import loopback
from sync.errors import DashSyncError
from sync.report import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from socket import socket

    from sync.loopback_server import LoopbackServer
    from sync.options import Common
    from sync.serve.site import Site

_WHO = "the preview"
_PACKAGES = ("jinja2", "markdown_it", "starlette", "uvicorn", "vl_convert")
_START_SECONDS = 20


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for; `base` "" compares with no revision."""

    port: int = 0
    base: str = "HEAD"
    live: bool = False
    prometheus: str | None = None
    begin: str | None = None
    end: str | None = None
    variables: tuple[str, ...] = ()


def run(common: Common, wanted: Wanted) -> None:
    """Serve until SIGINT or SIGTERM; once it answers, the address is the one line on stdout.

    Raises PackageMissing, PortUnavailable, and what is wrong with the folder, the Prometheus or the context.
    """
    with _prepared(common, wanted) as (listener, site):

        def announce() -> None:
            found = site.shelf.look()
            for trouble in found.troubles:
                common.note(f"{site.shown}/{trouble.where}: {trouble.what}")
            shown = counted(len(found.entries), "dashboard")
            common.note(f"{shown} of {site.shown}, drawn from {site.source}. Ctrl-C ends it. Open:")
            click.echo(loopback.address(listener))

        _server(site, ready=announce).run(sockets=[listener])


@contextmanager
def running(common: Common, wanted: Wanted) -> Iterator[str]:
    """Serve in a thread of this process, for as long as the block; yields the address."""
    with _prepared(common, wanted) as (listener, site):
        ready = threading.Event()
        server = _server(site, ready=ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="serve", daemon=True)
        thread.start()
        try:
            if not ready.wait(_START_SECONDS):
                raise DashSyncError(f"{_WHO} did not start within {_START_SECONDS} seconds")
            yield loopback.address(listener)
        finally:
            server.stop()
            thread.join()


@contextmanager
def _prepared(common: Common, wanted: Wanted) -> Iterator[tuple[socket, Site]]:
    loopback.require(*_PACKAGES, who=_WHO, extra="serve")
    with closing(loopback.listen(wanted.port, who=_WHO)) as listener:
        from sync.preview import converter

        site = _site(common, wanted)
        converter.start(workers=converter.WORKERS)
        yield listener, site


def _server(site: Site, *, ready: Callable[[], None]) -> LoopbackServer:
    from sync.loopback_server import LoopbackServer
    from sync.serve.app import create_app

    return LoopbackServer(create_app(site), ready=ready, stopping=site.stop)


def _site(common: Common, wanted: Wanted) -> Site:
    """Return the site; what would fail at the first page fails here: the folder, the addresses, the credentials."""
    from sync.diff.command import selected
    from sync.serve.changes import Changes
    from sync.serve.shelf import Shelf
    from sync.serve.site import Site
    from sync.serve.studio import Asked, Studio

    folder = common.folder()
    if not folder.is_dir():
        remedy = "Make it with `dash-sync render`, or name a folder of dashboards with --dir."
        raise DashSyncError("there is no such folder", where=str(folder), remedy=remedy)
    shelf = Shelf(folder, selected(common.select))
    asked = Asked(wanted.prometheus, common.timeout, wanted.begin, wanted.end, wanted.variables)
    studio = Studio(shelf, asked)
    return Site(
        shelf,
        studio,
        Changes(common, wanted.base, wanted.live),
        source=studio.check(),
        grafana=_grafana(common) if wanted.live else "",
    )


def _grafana(common: Common) -> str:
    """Return the context's name once its credentials may go where they would go: this is when a terminal can ask."""
    from sync import contexts, session, terminal, trust

    config = common.configuration()
    context = session.only(contexts.chosen(config, common.context), config)
    if trust.credentials(context):
        trust.require_trust(context, ask=terminal.ask if terminal.is_terminal() else None)
    return context.name
