"""Odd surroundings: no home, no git, a full disk, names that are no text, a folder that is gone. Never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sync.project import DASHBOARD, Project

USER = {"SHOP_USER": "admin", "SHOP_PASSWORD": "admin"}
UID = "shop-overview"


@pytest.fixture
def shop(project, sandbox) -> Project:
    project.connect(sandbox.url, api=sandbox.api)
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    return project


def git(project: Project, *arguments: str) -> None:
    author = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", *author, *arguments], cwd=project.root, check=True, capture_output=True)


def test_a_push_from_outside_of_a_repository_says_what_that_means(shop, sandbox):
    done = shop.invoke("push")
    assert done.code == 0, done
    assert "not a git repository" in done.err
    assert "this push is marked as not recoverable from git" in done.err
    # Where nothing is written, nothing is marked.
    assert shop.invoke("push").err == ""


def test_a_push_without_git_says_what_that_means(shop, sandbox):
    done = shop.run("push", environment={**USER, "PATH": "/nonexistent"})
    assert done.code == 0, done
    assert "note: git can't be run; this push is marked as not recoverable from git" in done.err


def test_rendered_files_that_git_ignores_are_in_no_commit(shop, sandbox):
    shop.write(".gitignore", "rendered/\n.home/\n")
    git(shop, "init", "-q")
    git(shop, "add", "-A")
    git(shop, "commit", "-qm", "first")
    refused = shop.invoke("push", environment={"CI": "true"})
    assert refused.code == 5, refused
    assert "rendered/" in refused.err
    assert shop.invoke("push").code == 0
    assert "+dirty (not in git)" in shop.invoke("history", UID).out


def test_what_pull_writes_beside_may_be_ignored(shop, sandbox):
    shop.write(".gitignore", "*.live\n.home/\n")
    git(shop, "init", "-q")
    git(shop, "add", "-A")
    git(shop, "commit", "-qm", "first")
    shop.write("rendered/dashboards/Shop/overview.json.live", "{}")
    assert shop.invoke("push", environment={"CI": "true"}).code == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_result_that_can_not_be_written(shop, sandbox):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sync", "push"],
            cwd=shop.root,
            env={**os.environ, **USER},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "error: stdout: the result can't be written: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_titles_that_the_terminal_can_not_show(shop, sandbox):
    shop.rendered("dashboards/🎉/overview.json", {**DASHBOARD, "uid": "shop-party"})
    done = shop.run("push", environment={**USER, "PYTHONIOENCODING": "latin-1"})
    assert done.code == 0, done
    assert "\\U0001f389" in done.out


def test_a_file_whose_name_is_no_text(shop, sandbox):
    folder = os.fsencode(shop.root / "rendered/dashboards/Shop")
    Path(os.fsdecode(folder + b"/\xff.json")).write_text(json.dumps({**DASHBOARD, "uid": "shop-ff"}))
    done = shop.invoke("push")
    assert done.code == 1, done
    assert "Shop/\\udcff.json: its name is not UTF-8, so it can't be sent\n  Rename it." in done.err


def test_a_folder_that_is_gone(shop, tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    command = f'cd "{gone}" && rmdir "{gone}" && "{sys.executable}" -m sync status'
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1
    assert "the folder that you are in is gone" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("url", ["http://[::1", "http://127.0.0.1:99999"])
def test_an_address_that_is_none(shop, url):
    shop.connect(url)
    done = shop.invoke("status")
    assert done.code == 1, done
    assert "contexts.local.url is no address" in done.err
    variables = {"GRAFANA_URL": url, "GRAFANA_TOKEN": "secret"}
    shop.config("project: shop\n")
    done = shop.invoke("status", environment=variables)
    assert done.code == 1, done
    assert "GRAFANA_URL: it is no address" in done.err


@pytest.mark.parametrize("seconds", ["nan", "inf", "0", "1e9"])
def test_a_timeout_that_is_no_time(shop, seconds):
    assert shop.invoke("status", "--timeout", seconds).code == 2


def test_a_uid_that_is_empty_as_from_a_variable_that_is_not_set(shop):
    done = shop.invoke("pull", "")
    assert done.code == 2, done
    assert "one of the UIDs is empty" in done.err


@pytest.mark.parametrize("name", ["General", "general"])
def test_the_directory_that_is_named_like_the_root(shop, name):
    shop.rendered(f"dashboards/{name}/page.json", {**DASHBOARD, "uid": "shop-page"})
    done = shop.invoke("push")
    assert done.code == 1, done
    assert f"dashboards/{name}: its folder's uid 'general' is Grafana's name for the root" in done.err
