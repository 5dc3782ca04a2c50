"""The one comment: the whole command as the job runs it, against a double of the forge and a real repository."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.diff.markdown import MARK
from tests.automation.forge import BOT, REPOSITORY, TOKEN, Forge, Repository, dashboard, forge, git

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def hub() -> Iterator[Forge]:
    with forge() as held:
        yield held


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "sync.review", *arguments],
        cwd=folder,
        env={**clean, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert TOKEN not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def pull(head: str, *, number: int = 7, fork: str = "stranger/dashboards", branch: str = "change") -> dict[str, Any]:
    return {
        "number": number,
        "head": {"sha": head, "ref": branch, "repo": {"full_name": fork}},
        "base": {"ref": "main", "sha": "0" * 40},
    }


def github(
    hub: Forge, repository: Repository, head: str, *, fork: str = "stranger/dashboards", branch: str = "change"
) -> subprocess.CompletedProcess[str]:
    """Run the job that the end of a pull request's checks starts."""
    event = {
        "workflow_run": {
            "event": "pull_request",
            "head_sha": head,
            "head_branch": branch,
            "head_repository": {"full_name": fork},
            "html_url": "https://github.com/shop/dashboards/actions/runs/1",
        }
    }
    file = repository.checkout.parent / "event.json"
    file.write_text(json.dumps(event))
    return run(
        repository.checkout,
        "github",
        GITHUB_EVENT_PATH=str(file),
        GITHUB_API_URL=hub.url,
        GITHUB_REPOSITORY=REPOSITORY,
        GITHUB_TOKEN=TOKEN,
    )


def proposed(hub: Forge, repository: Repository, content: str = dashboard("ops")) -> str:
    head = repository.propose(content)
    hub.pulls = [pull(head)]
    return head


def test_a_change_is_commented_with_links_to_its_commit_and_its_pictures(hub: Forge, repository: Repository) -> None:
    head = proposed(hub, repository)
    done = github(hub, repository, head)

    assert done.returncode == 0, done.stderr
    assert done.stdout == "pull request 7: commented\n"
    (body,) = hub.bodies()
    assert body.startswith(MARK)
    assert "unit `reqps` → `ops`" in body
    assert f"https://github.com/stranger/dashboards/blob/{head}/rendered/dashboards/Shop/shop.json" in body
    assert "[Pictures, before and after](https://github.com/shop/dashboards/actions/runs/1)" in body


def test_a_further_commit_updates_the_same_comment(hub: Forge, repository: Repository) -> None:
    github(hub, repository, proposed(hub, repository))
    done = github(hub, repository, proposed(hub, repository, dashboard("short")))

    assert done.stdout == "pull request 7: updated\n"
    (body,) = hub.bodies()
    assert "`short`" in body
    assert "`ops`" not in body


def test_the_same_run_again_writes_nothing(hub: Forge, repository: Repository) -> None:
    head = proposed(hub, repository)
    github(hub, repository, head)
    hub.requests.clear()

    assert github(hub, repository, head).stdout == "pull request 7: up to date\n"
    assert hub.writes() == []


def test_without_a_change_there_is_no_comment_and_an_old_one_says_so(hub: Forge, repository: Repository) -> None:
    unchanged = dashboard("reqps")
    assert github(hub, repository, proposed(hub, repository, unchanged)).stdout == (
        "pull request 7: no change, no comment\n"
    )
    github(hub, repository, proposed(hub, repository))
    github(hub, repository, proposed(hub, repository, unchanged))
    assert "no change" in hub.bodies()[0]
    assert len(hub.bodies()) == 1


def test_what_the_base_branch_did_since_is_not_the_change(hub: Forge, repository: Repository) -> None:
    head = proposed(hub, repository, dashboard("reqps"))
    repository.advance()
    assert github(hub, repository, head).stdout == "pull request 7: no change, no comment\n"


def test_comments_of_others_are_left_alone_whatever_they_begin_with(hub: Forge, repository: Repository) -> None:
    hub.comment(f"{MARK}\nmine", author="stranger")
    hub.comment("a word of the same bot's")
    github(hub, repository, proposed(hub, repository))
    assert hub.bodies()[:2] == [f"{MARK}\nmine", "a word of the same bot's"]
    assert len(hub.bodies()) == 3


def test_ours_is_found_behind_many_others_and_doubles_are_removed(hub: Forge, repository: Repository) -> None:
    for number in range(230):
        hub.comment(f"talk {number}", author="stranger")
    hub.comment(f"{MARK}\nfirst")
    hub.comment(f"{MARK}\nsecond")
    assert github(hub, repository, proposed(hub, repository)).stdout == "pull request 7: updated\n"
    ours = [body for body in hub.bodies() if body.startswith(MARK)]
    assert len(ours) == 1
    assert "`ops`" in ours[0]


def test_a_pull_request_that_has_moved_on_is_left_to_its_next_run(hub: Forge, repository: Repository) -> None:
    old = proposed(hub, repository)
    proposed(hub, repository, dashboard("short"))
    done = github(hub, repository, old)
    assert done.returncode == 0
    assert "its next run comments" in done.stdout
    assert hub.writes() == []


def test_only_the_repository_that_ran_is_commented_for(hub: Forge, repository: Repository) -> None:
    head = repository.propose(dashboard("ops"))
    hub.pulls = [pull(head, fork="stranger/other")]
    assert "no open pull request" in github(hub, repository, head).stdout
    assert hub.bodies() == []


def test_nothing_of_the_pull_request_is_checked_out_or_run(hub: Forge, repository: Repository) -> None:
    work = repository.checkout.parent / "work"
    git(work, "checkout", "-q", "main")
    for name in ("dash-sync.yaml", "sitecustomize.py", "sync/__init__.py", "click.py"):
        (work / name).parent.mkdir(exist_ok=True)
        (work / name).write_text("import pathlib; pathlib.Path('ran').touch()\n")
    (work / ".gitattributes").write_text("* filter=evil\n")
    head = proposed(hub, repository)
    assert github(hub, repository, head).stdout == "pull request 7: commented\n"
    assert sorted(one.name for one in repository.checkout.iterdir()) == [".git", "rendered"]
    assert git(repository.checkout, "status", "--porcelain") == ""


def test_no_module_is_taken_from_the_folder_that_the_command_is_started_in(hub: Forge, repository: Repository) -> None:
    head = proposed(hub, repository)
    for name in ("click.py", "sync/__init__.py", "json/__init__.py", "yaml.py", "promql_parser.py"):
        file = repository.checkout / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("import pathlib; pathlib.Path('ran').touch(); raise SystemExit('not ours')\n")
    done = github(hub, repository, head)
    assert done.stdout == "pull request 7: commented\n", done.stderr
    assert not (repository.checkout / "ran").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "Not compared"), ("[]", "Not compared"), ('{"title": "@everyone ![x](http://x)", "panels": []}', "changed")],
)
def test_a_broken_or_hostile_file_is_told_in_the_comment(
    hub: Forge, repository: Repository, content: str, said: str
) -> None:
    done = github(hub, repository, proposed(hub, repository, content))
    assert done.returncode == 0, done.stderr
    assert said in hub.bodies()[0]
    assert "@everyone" not in re.sub(r"`[^`]*`", "", hub.bodies()[0])


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [(403, 3, "pull-requests: write"), (401, 3, "it answered 401"), (404, 3, "404"), (500, 1, "it answered 500"),
     (301, 1, "it answered 301")],
)  # fmt: skip
def test_a_refusal_says_what_to_do(hub: Forge, repository: Repository, status: int, code: int, words: str) -> None:
    head = proposed(hub, repository)
    hub.faults = [(status, {"Location": f"{hub.url}/elsewhere"} if status == 301 else {})]
    done = github(hub, repository, head)
    assert done.returncode == code
    assert words in done.stderr
    assert [path for _, path in hub.requests if "elsewhere" in path] == []


def test_what_passes_by_itself_is_tried_again(hub: Forge, repository: Repository) -> None:
    head = proposed(hub, repository)
    hub.faults = [(502, {}), (429, {"Retry-After": "0"})]
    assert github(hub, repository, head).stdout == "pull request 7: commented\n"


def test_a_forge_that_is_down_is_told(repository: Repository) -> None:
    with forge() as hub:
        head = proposed(hub, repository)
    done = github(hub, repository, head)
    assert done.returncode == 1
    assert "no answer: Connection refused" in done.stderr


def test_a_job_that_was_started_otherwise_is_refused(hub: Forge, repository: Repository) -> None:
    done = run(repository.checkout, "github", GITHUB_API_URL=hub.url, GITHUB_REPOSITORY=REPOSITORY, GITHUB_TOKEN=TOKEN)
    assert done.returncode == 1
    assert "not started by the end of a pull request's checks" in done.stderr
    assert hub.requests == []


def gitlab(hub: Forge, repository: Repository, base: str, head: str, **more: str) -> subprocess.CompletedProcess[str]:
    own = {
        "CI_API_V4_URL": hub.url,
        "CI_PROJECT_ID": "42",
        "CI_PROJECT_URL": "https://gitlab.example/shop/dashboards",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        "CI_COMMIT_SHA": head,
        "DASH_SYNC_COMMENT_TOKEN": TOKEN,
    }
    return run(repository.checkout, "gitlab", "--pictures-at", "https://gitlab.example/p/1", **{**own, **more})


def test_gitlab_gets_one_note_too(hub: Forge, repository: Repository) -> None:
    head = ""
    for unit, done in (("ops", "commented"), ("short", "updated"), ("", "up to date")):
        head = repository.propose(dashboard(unit)) if unit else head
        git(repository.checkout, "fetch", "-q", "origin", "refs/pull/7/head")
        assert gitlab(hub, repository, repository.base, head).stdout == f"merge request 7: {done}\n"
    (body,) = hub.bodies()
    assert "https://gitlab.example/shop/dashboards/-/blob/" in body
    assert "](https://gitlab.example/p/1)" in body


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"CI_MERGE_REQUEST_IID": ""}, "not for a merge request"),
        ({"DASH_SYNC_COMMENT_TOKEN": ""}, "DASH_SYNC_COMMENT_TOKEN"),
        ({"CI_MERGE_REQUEST_DIFF_BASE_SHA": "--output=x"}, "is no commit"),
        ({"CI_API_V4_URL": "file:///etc"}, "is no address"),
    ],
)
def test_gitlab_without_what_it_needs_says_so(
    hub: Forge, repository: Repository, more: dict[str, str], words: str
) -> None:
    done = gitlab(hub, repository, repository.base, repository.base, **more)
    assert done.returncode == 1
    assert words in done.stderr
    assert hub.writes() == []


def test_a_file_is_posted_as_it_is(hub: Forge, tmp_path: Path) -> None:
    own = {"GITHUB_API_URL": hub.url, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_TOKEN": TOKEN}
    for text, code in ((f"{MARK}\nhello", 0), ("no mark", 1), (MARK + "x" * 70_000, 1)):
        (tmp_path / "comment.md").write_text(text)
        assert run(tmp_path, "comment", "7", "comment.md", **own).returncode == code
    assert [(one["body"], one["user"]["login"]) for one in hub.comments] == [(f"{MARK}\nhello", BOT)]
