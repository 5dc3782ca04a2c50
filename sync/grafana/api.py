"""What `sync` asks of a Grafana, whichever of its APIs answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sync.files import Folder
    from sync.plan import Live


@dataclass(frozen=True)
class Write:
    """A dashboard to be written: over `live`, or as a new one where that is None."""

    uid: str
    folder: str
    spec: dict[str, Any]
    version: str
    message: str
    live: Live | None
    source: str
    digest: str
    manager: str
    ui_edits: bool


@dataclass(frozen=True)
class Version:
    """One version of a dashboard's history; `folder` None where the API doesn't keep it."""

    number: int
    message: str
    author: str
    at: str
    folder: str | None = None


class DashboardApi(Protocol):
    """One of Grafana's dashboard APIs. Every method raises a ServerError that names server, request and dashboard."""

    name: str

    def lives(self, uids: Collection[str]) -> Mapping[str, Live]:
        """Return what is there: at least those of `uids` that exist, with their newest message."""

    def live(self, uid: str) -> Live | None:
        """Return one dashboard's metadata, None where there is none."""

    def folders(self) -> Mapping[str, str]:
        """Return the title of every folder by uid."""

    def create_folder(self, folder: Folder) -> None:
        """Create a folder whose parent exists; one that somebody else made meanwhile is as good."""

    def read(self, uid: str) -> dict[str, Any]:
        """Return a dashboard's content."""

    def write(self, write: Write) -> int:
        """Write, only if nobody has written since `write.live` was read; returns the generation that it made."""

    def history(self, uid: str, *, limit: int) -> list[Version]:
        """Return up to `limit` versions, the newest first."""
