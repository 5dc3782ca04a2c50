"""The way to a Grafana: credentials, trust, and which of its two APIs answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sync import errors
from sync.grafana.app_platform import GROUP, AppPlatform
from sync.grafana.http import Http
from sync.grafana.legacy import Legacy
from sync.grafana.workers import AUTO, Workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.config import Context
    from sync.grafana.api import DashboardApi
    from sync.trust import Credentials

PLAIN_VERSIONS = ("v1", "v1beta1", "v1alpha1")


@dataclass(frozen=True)
class Connection:
    """A Grafana that answered: its API, its organisation, and the means to ask for more."""

    context: Context
    http: Http
    api: DashboardApi
    workers: Workers
    org: dict[str, Any]


def open_http(
    context: Context,
    credentials: Credentials,
    *,
    timeout: float,
    workers: Workers,
    log: Callable[[str], None] | None = None,
) -> Http:
    """Make the session; nothing is sent yet."""
    if context.ca is not None and not context.ca.is_file():
        raise errors.ConfigError(
            f"context {context.name}: tls.ca names {context.ca}, which is no file", path="dash-sync.yaml"
        )
    http = Http(
        context.url,
        credentials,
        timeout=timeout,
        connections=workers.most,
        ca=str(context.ca) if context.ca else None,
        org_id=context.org_id,
        log=log,
    )
    http.busy = workers.slow_down
    return http


def connect(context: Context, http: Http, workers: Workers) -> Connection:
    """Ask who we are, and choose the API: two requests, three on Grafana Cloud."""
    org = http.get("/api/org")
    if not isinstance(org, dict) or "id" not in org:
        raise errors.NotGrafana("JSON that no Grafana sends", server=http.server, request="GET /api/org")
    return Connection(context, http, _api(context, http, workers, org), workers, org)


def workers_of(said: str) -> Workers:
    """Return the workers that --workers asks for."""
    return Workers(AUTO if said == "auto" else int(said))


def _api(context: Context, http: Http, workers: Workers, org: dict[str, Any]) -> DashboardApi:
    if context.api == "legacy":
        return Legacy(http, workers=workers)
    served = _served(http)
    version = next((name for name in PLAIN_VERSIONS if name in served), None)
    if version is not None:
        return AppPlatform(http, namespace=_namespace(context, http, org), version=version, served=served)
    if context.api == "app-platform":
        what = f"it has no {GROUP} in a version that dash-sync writes ({', '.join(PLAIN_VERSIONS)})"
        raise errors.NotFound(
            what,
            server=http.server,
            request=f"GET /apis/{GROUP}",
            remedy="Say `api: auto` in the context, or upgrade to Grafana 12.",
        )
    return Legacy(http, workers=workers)


def _served(http: Http) -> list[str]:
    """Return the versions of the dashboard group; none on servers before 12, which answer 404 or their start page."""
    try:
        group = http.get(f"/apis/{GROUP}", missing=True)
    except (errors.NotGrafana, errors.NotFound, errors.Forbidden):
        return []
    return [item["version"] for item in (group or {}).get("versions", [])]


def _namespace(context: Context, http: Http, org: dict[str, Any]) -> str:
    if (urlsplit(context.url).hostname or "").endswith(".grafana.net"):
        return str(http.get("/api/frontend/settings")["namespace"])
    return "default" if org["id"] == 1 else f"org-{org['id']}"
