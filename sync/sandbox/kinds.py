"""The kinds that the app platform serves, their groups and versions."""

from __future__ import annotations

from dataclasses import dataclass

from sync.sandbox.objects import DASHBOARDS, FOLDERS


@dataclass(frozen=True)
class Kind:
    """A kind of object: `resource` as in the path (`dashboards`), `versions` with the preferred one first."""

    group: str
    resource: str
    name: str
    versions: tuple[str, ...]
    has_status: bool

    def api_version(self, version: str) -> str:
        """Write group and version as `apiVersion` does."""
        return f"{self.group}/{version}"

    @property
    def qualified(self) -> str:
        """The name that messages use: `dashboards.dashboard.grafana.app`."""
        return f"{self.resource}.{self.group}"


DASHBOARD = Kind(
    "dashboard.grafana.app", DASHBOARDS, "Dashboard", ("v1beta1", "v0alpha1", "v2beta1", "v2alpha1"), has_status=True
)
FOLDER = Kind("folder.grafana.app", FOLDERS, "Folder", ("v1beta1",), has_status=False)
KINDS = (DASHBOARD, FOLDER)
