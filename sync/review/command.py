"""The command line of `python -m sync.review`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from sync.errors import DashSyncError
from sync.options import show_error

FOLDER = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("rendered"),
    show_default=True,
    metavar="DIR",
    help="Folder of rendered files.",
)


class _Commands(click.Group):
    """An error becomes its message, its remedy and its exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DashSyncError as error:
            show_error(error)
            ctx.exit(error.exit_code)


@click.group(cls=_Commands)
def review() -> None:
    """Keep one comment on a pull request that says what it changes."""


@review.command()
@FOLDER
@click.option("--author", default="github-actions[bot]", show_default=True, help="The account whose token it is.")
def github(*, folder: Path, author: str) -> None:
    """Comment on the pull request whose checks have finished; for a job started `on: workflow_run`."""
    from sync.review import compare, sticky
    from sync.review import github as forge

    run = forge.finished()
    repository = forge.environment(author)
    pulls = repository.pulls(run)
    if not pulls:
        click.echo(f"no open pull request ends in {run.commit[:12]} now; its next run comments")
    server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
    link = f"{server}/{run.repository}/blob/{run.commit}"
    for pull in pulls:
        base = repository.fetched(pull)
        found = compare.text(base, pull.head, folder=folder, link=link, pictures_at=run.url)
        done = sticky.post(repository, pull.number, found.body, changed=found.changed)
        click.echo(f"pull request {pull.number}: {done}")


@review.command()
@FOLDER
@click.option("--pictures-at", default="", metavar="URL", help="Where pictures can be looked at.")
def gitlab(*, folder: Path, pictures_at: str) -> None:
    """Comment on the merge request that the pipeline is for."""
    from sync.review import compare, sticky
    from sync.review import gitlab as forge

    names = ("CI_MERGE_REQUEST_IID", "CI_MERGE_REQUEST_DIFF_BASE_SHA", "CI_COMMIT_SHA")
    number, base, head = (os.environ.get(name, "") for name in names)
    if not number.isdecimal():
        raise DashSyncError("this pipeline is not for a merge request", remedy="Run it by `rules` of merge requests.")
    head = os.environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or head
    link = f"{os.environ.get('CI_PROJECT_URL', '')}/-/blob/{head}"
    found = compare.text(base, head, folder=folder, link=link, pictures_at=pictures_at)
    done = sticky.post(forge.environment(), int(number), found.body, changed=found.changed)
    click.echo(f"merge request {number}: {done}")


@review.command()
@click.argument("number", type=click.IntRange(min=1))
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--author", default="github-actions[bot]", show_default=True, help="The account whose token it is.")
def comment(*, number: int, file: Any, author: str) -> None:
    """Make the comment on pull request NUMBER say what stands in FILE, on the forge that runs this job."""
    from sync.review import github, gitlab, sticky

    forge = gitlab.environment() if os.environ.get("GITLAB_CI") else github.environment(author)
    click.echo(f"{number}: {sticky.post(forge, number, file.read())}")
