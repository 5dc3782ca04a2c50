"""GitHub: comments on a pull request, and the pull requests that a finished run of the checks was for."""

from __future__ import annotations

import base64
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sync.diff.values import mapping, objects, text
from sync.errors import DashSyncError
from sync.review import compare
from sync.review.http import Api
from sync.review.sticky import Comment

if TYPE_CHECKING:
    from collections.abc import Iterable

BOT = "github-actions[bot]"
REMEDY = "The job needs `permissions: pull-requests: write`, and GITHUB_TOKEN in the step's environment."
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


@dataclass(frozen=True)
class Run:
    """The run that has finished: its address, and the commit and branch that it was for.

    For a fork GitHub does not say which pull request that was; it is looked for by branch and commit.
    """

    url: str
    commit: str
    branch: str
    repository: str


@dataclass(frozen=True)
class Pull:
    """An open pull request: its number, the commit it ends in, and the branch that it goes to."""

    number: int
    head: str
    base: str


class GitHub:
    """A repository on GitHub; `author` is the account whose token it is."""

    def __init__(self, repository: str, token: str, *, api: str, author: str = BOT) -> None:
        """Keep what requests need; DashSyncError where the environment lacks it."""
        if not _REPOSITORY.fullmatch(repository) or not token:
            raise DashSyncError("GITHUB_REPOSITORY or GITHUB_TOKEN is not set", remedy=REMEDY)
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        self.author = author
        self._token = token
        self._repository = repository
        self._api = Api(f"{api.rstrip('/')}/repos/{repository}", headers, remedy=REMEDY)

    def comments(self, number: int) -> Iterable[Comment]:
        """Return the comments on a pull request, the oldest first."""
        for one in self._api.pages(f"/issues/{number}/comments"):
            yield Comment(int(one["id"]), text(mapping(one.get("user")).get("login")), text(one.get("body")))

    def create(self, number: int, body: str) -> None:
        """Write a new comment."""
        self._api.call("POST", f"/issues/{number}/comments", {"body": body})

    def update(self, _number: int, comment: int, body: str) -> None:
        """Replace the text of a comment."""
        self._api.call("PATCH", f"/issues/comments/{comment}", {"body": body})

    def delete(self, _number: int, comment: int) -> None:
        """Remove a comment."""
        self._api.call("DELETE", f"/issues/comments/{comment}")

    def pulls(self, run: Run) -> list[Pull]:
        """Return the open pull requests that a run was for: of its branch, in its repository, at its very commit."""
        owner = run.repository.partition("/")[0]
        asked = urlencode({"state": "open", "head": f"{owner}:{run.branch}", "per_page": 100})
        found = []
        for one in objects(self._api.call("GET", f"/pulls?{asked}")):
            head, base = mapping(one.get("head")), mapping(one.get("base"))
            if head.get("sha") == run.commit and mapping(head.get("repo")).get("full_name") == run.repository:
                found.append(Pull(int(one["number"]), text(head["sha"]), text(base.get("ref"))))
        return found

    def fetched(self, pull: Pull) -> str:
        """Bring a pull request's commits here, as objects alone; return the commit where it left its base."""
        login = base64.b64encode(f"x-access-token:{self._token}".encode()).decode()
        base, head = f"refs/dash-sync/base-{pull.number}", f"refs/dash-sync/head-{pull.number}"
        compare.git(
            "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "origin",
            f"+refs/heads/{pull.base}:{base}", f"+refs/pull/{pull.number}/head:{head}",
            secret=f"Authorization: Basic {login}",
        )  # fmt: skip
        return compare.git("merge-base", base, compare.commit(pull.head))


def environment(author: str) -> GitHub:
    """Return the repository that a job runs for."""
    api = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    return GitHub(os.environ.get("GITHUB_REPOSITORY", ""), os.environ.get("GITHUB_TOKEN", ""), api=api, author=author)


def finished() -> Run:
    """Return the run of whose end this one was told; DashSyncError where it wasn't."""
    try:
        event = json.loads(Path(os.environ.get("GITHUB_EVENT_PATH", "")).read_bytes())
    except (OSError, ValueError):
        event = {}
    run: dict[str, Any] = mapping(mapping(event).get("workflow_run"))
    repository = text(mapping(run.get("head_repository")).get("full_name"))
    if run.get("event") != "pull_request" or not _REPOSITORY.fullmatch(repository):
        remedy = "Start the job `on: workflow_run`, with `if: github.event.workflow_run.event == 'pull_request'`."
        raise DashSyncError("this job was not started by the end of a pull request's checks", remedy=remedy)
    return Run(
        text(run.get("html_url")), compare.commit(text(run.get("head_sha"))), text(run.get("head_branch")), repository
    )
