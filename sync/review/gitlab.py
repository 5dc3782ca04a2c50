"""GitLab: notes on a merge request, and the merge request that a pipeline is for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import quote

from sync.diff.values import mapping, text
from sync.errors import DashSyncError
from sync.review.http import Api
from sync.review.sticky import Comment

if TYPE_CHECKING:
    from collections.abc import Iterable

TOKEN = "DASH_SYNC_COMMENT_TOKEN"  # noqa: S105 (the name of a variable)
REMEDY = f"{TOKEN} has to hold a project access token with the scope api and the role Reporter."


class GitLab:
    """A project on GitLab."""

    def __init__(self, project: str, token: str, *, api: str) -> None:
        """Ask whose token it is; DashSyncError where the environment lacks something."""
        if not (project and token and api):
            raise DashSyncError(f"{TOKEN}, CI_PROJECT_ID or CI_API_V4_URL is not set", remedy=REMEDY)
        headers = {"PRIVATE-TOKEN": token}
        self._api = Api(f"{api.rstrip('/')}/projects/{quote(project, safe='')}", headers, remedy=REMEDY)
        self.author = text(mapping(Api(api, headers, remedy=REMEDY).call("GET", "/user")).get("username"))

    def comments(self, number: int) -> Iterable[Comment]:
        """Return the notes on a merge request, the oldest first."""
        for one in self._api.pages(f"/merge_requests/{number}/notes", sort="asc", order_by="created_at"):
            yield Comment(int(one["id"]), text(mapping(one.get("author")).get("username")), text(one.get("body")))

    def create(self, number: int, body: str) -> None:
        """Write a new note."""
        self._api.call("POST", f"/merge_requests/{number}/notes", {"body": body})

    def update(self, number: int, comment: int, body: str) -> None:
        """Replace the text of a note."""
        self._api.call("PUT", f"/merge_requests/{number}/notes/{comment}", {"body": body})

    def delete(self, number: int, comment: int) -> None:
        """Remove a note."""
        self._api.call("DELETE", f"/merge_requests/{number}/notes/{comment}")


def environment() -> GitLab:
    """Return the project that a job runs for."""
    return GitLab(
        os.environ.get("CI_PROJECT_ID", ""), os.environ.get(TOKEN, ""), api=os.environ.get("CI_API_V4_URL", "")
    )
