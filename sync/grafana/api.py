"""What `sync` asks of a Grafana, whichever of its APIs answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

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
    """One version of a dashboard's history; `folder` None where the API doesn't keep it.

    `spec` is its content where the API tells it along.
    """

    number: int
    message: str
    author: str
    at: str
    folder: str | None = None
    spec: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Content:
    """A dashboard's content as it is stored: plain JSON as `version` "v1", else a spec of that version."""

    uid: str
    spec: dict[str, Any]
    version: str = "v1"
    folder: str = ""


@dataclass(frozen=True)
class LiveFolder:
    """A folder as Grafana has it.

    `revision` is what a write must name, `digest` the state that a push of ours gave it ("" none, or the API keeps
    none), `notes` the annotations that a write keeps.
    """

    uid: str
    title: str
    parent: str = ""
    description: str = ""
    revision: str = ""
    digest: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)


class DashboardApi(Protocol):
    """One of Grafana's dashboard APIs. Every method raises a ServerError that names server, request and dashboard."""

    name: str

    def lives(self, uids: Collection[str], *, beside: Callable[[str, str], bool] | None = None) -> Mapping[str, Live]:
        """Return what is there.

        Where each costs a request, those of `uids` that exist, and those that `beside(uid, folder)` asks for, are
        looked at; the others have generation 0.
        """

    def live(self, uid: str) -> Live | None:
        """Return one dashboard's metadata, None where there is none."""

    def deleted(self) -> Mapping[str, Live]:
        """Return the last state of what Grafana's trash keeps; empty where there is no trash, or none to be seen."""

    def folders(self) -> Mapping[str, LiveFolder]:
        """Return every folder by uid."""

    def create_folder(self, folder: Folder) -> None:
        """Create a folder whose parent exists; one that somebody else made meanwhile is as good."""

    def update_folder(self, folder: Folder, live: LiveFolder, *, revision: str) -> None:
        """Rename, describe or move a folder, only if it is still as it was at that revision."""

    def content(self, uid: str) -> Content | None:
        """Return a dashboard's content, None where there is none."""

    def contents(self) -> Iterator[Content]:
        """Yield the content of every dashboard."""

    def write(self, write: Write) -> int:
        """Write, only if nobody has written since `write.live` was read; returns the generation that it made."""

    def delete(self, live: Live) -> None:
        """Delete a dashboard, only if nobody has written since `live` was read; one that is gone is as good."""

    def history(self, uid: str, *, limit: int) -> list[Version]:
        """Return up to `limit` versions, the newest first."""

    def version_content(self, uid: str, number: int) -> Content | None:
        """Return the content of one version, None where the server has forgotten it."""
